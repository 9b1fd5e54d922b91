import { sizeText } from '../../model/size.js';
import type { CollectedEnding, Tally } from './list-collected.js';
import type { Summary } from './summarize-collected.js';

/** What is not of the layout, or of which it cannot be told whose it is, as sentences. */
export function whatIsUnclear({
  strays,
  shared,
}: Pick<CollectedEnding, 'strays' | 'shared'>): readonly string[] {
  return [
    strays.files > 0 &&
      `Left out, not in the layout of collected data: ${tallyText(strays)}, such as ${strays.example}.`,
    shared.files > 0 &&
      `Of ${tallyText(shared)} it cannot be told which deployment they are of: several share a folder.`,
  ].filter((sentence) => sentence !== false);
}

/** What the lines of a list do not show, as sentences. */
export function whatIsBeside(
  { lines, rowsAreCounted, malformed, referring }: Summary,
  { payloads, ...unclear }: CollectedEnding,
): readonly string[] {
  const bytes = lines.reduce((sum, line) => sum + line.bytes, 0);
  return [
    payloads.files > 0 &&
      `Beside the lines ${tallyText(payloads, 'lies', 'lie')}: payloads that were too big for theirs. data download fetches those that lines refer to.`,
    ...whatIsUnclear(unclear),
    malformed > 0 &&
      `Not counted: ${malformed} ${malformed === 1 ? 'line is' : 'lines are'} not JSON.`,
    referring > 0 &&
      `${referring} ${referring === 1 ? 'line has its' : 'lines have their'} rows in another blob, counted as one each.`,
    !rowsAreCounted && `Rows are not counted, which would read ${sizeText(bytes)}: --rows does.`,
  ].filter((sentence) => sentence !== false);
}

function tallyText({ files, bytes }: Tally, one = '', more = ''): string {
  const verb = files === 1 ? one : more;
  return `${verb ? `${verb} ` : ''}${files} ${files === 1 ? 'file' : 'files'} (${sizeText(bytes)})`;
}
