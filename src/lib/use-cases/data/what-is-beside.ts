import { sizeText } from '../../model/size.js';
import type { CollectedEnding, Tally } from './list-collected.js';
import type { Summary } from './summarize-collected.js';

/** What is not of the layout, not to be found, or of which it cannot be told whose it is, as sentences. */
export function whatIsUnclear({
  strays,
  shared,
  missing,
}: Pick<CollectedEnding, 'strays' | 'shared' | 'missing'>): readonly string[] {
  return [
    ...missing.map(({ message }) => message),
    strays.files > 0 &&
      `Left out, not in the layout of collected data: ${tallyText(strays)}, such as ${strays.example}.`,
    shared.files > 0 &&
      `Of ${tallyText(shared)} it cannot be told which deployment they are of: their folder is not that of one alone.`,
  ].filter((sentence) => sentence !== false);
}

/** What the lines of a list do not show, as sentences. */
export function whatIsBeside(
  { lines, rowsAreCounted, malformed, referring, uncounted }: Summary,
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
    uncounted.length > 0 &&
      `Of ${uncounted.length} ${uncounted.length === 1 ? 'file' : 'files'} the rows are not counted: ${uncounted[0]?.message}`,
    !rowsAreCounted && `Rows are not counted, which would read ${sizeText(bytes)}: --rows does.`,
  ].filter((sentence) => sentence !== false);
}

/** `3 files (5 kB)`, behind a verb if there is one for one and for more. */
export function tallyText({ files, bytes }: Tally, one = '', more = ''): string {
  const verb = files === 1 ? one : more;
  return `${verb ? `${verb} ` : ''}${files} ${files === 1 ? 'file' : 'files'} (${sizeText(bytes)})`;
}
