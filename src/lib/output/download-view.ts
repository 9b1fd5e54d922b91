import { sizeText } from '../model/size.js';
import type { Downloaded } from '../use-cases/data/download.js';
import type { FetchProgress } from '../use-cases/data/fetch-collected.js';
import type { MergedTable } from '../use-cases/data/merge-tables.js';
import { escapeControls } from './escape.js';
import {
  countText,
  durationText,
  firstThatFits,
  type PacedProgress,
  type ProgressPlace,
  pacedProgress,
  shareText,
} from './paced-progress.js';
import type { Style } from './style.js';
import type { TextView } from './view.js';

export const downloadView: TextView<Downloaded> = {
  text(downloaded, style) {
    return [sentenceOf(downloaded, style), ...downloaded.tables.map(tableText)].join('\n');
  },
};

function sentenceOf(
  { service, folder, files, references, bytes, dryRun }: Downloaded,
  style: Style,
): string {
  const { fetched, grown, kept } = files;
  const name = style.bold(escapeControls(service));
  const where = escapeControls(folder);
  const came = [
    fetched > 0 && fileText(fetched),
    grown > 0 && `what ${fileText(grown)} ${grown === 1 ? 'has' : 'have'} grown by`,
    references.fetched > 0 && `${countText(references.fetched)} that they refer to`,
  ].filter((part) => part !== false);
  const there = kept > 0 && `${fileText(kept)} ${kept === 1 ? 'was' : 'were'} there already`;
  if (came.length === 0) return `${name}: ${there ? `${there}, in ${where}` : 'nothing came'}.`;
  const verb = dryRun ? 'would fetch' : 'fetched';
  const rest = there ? `; ${there}` : '';
  return `${name}: ${verb} ${listed(came)}, ${sizeText(bytes)}, into ${where}${rest}.`;
}

/** `  request: 4,200 rows, 84 kB, in tables/request.parquet; 2 lines in tables/request.rejected.jsonl`. */
function tableText({ collection, model, modelVersion, file, rows, bytes, ...left }: MergedTable) {
  const { rejected, rejectedFile } = left;
  const name = [model, modelVersion, collection].filter((one) => one !== null).join('/');
  const what = file === null ? 'no rows' : `${amount(rows, 'row')}, ${sizeText(bytes)}, in ${file}`;
  const rest = rejectedFile === null ? '' : `; ${amount(rejected, 'line')} in ${rejectedFile}`;
  return `  ${escapeControls(`${name}: ${what}${rest}`)}`;
}

function fileText(count: number): string {
  return amount(count, 'file');
}

function amount(count: number, what: string): string {
  return `${countText(count)} ${what}${count === 1 ? '' : 's'}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** How far a download is, in the line of what is being waited for. */
export function downloadProgress(
  place: ProgressPlace,
): FetchProgress & Pick<PacedProgress, 'step' | 'done'> {
  const state = {
    listed: 0,
    listedBytes: 0,
    isAllListed: false,
    files: 0,
    bytes: 0,
    came: 0,
    since: place.clock.now().getTime(),
  };
  const { tick, sayNow, step, done } = pacedProgress(
    'Listing what was collected',
    (now, width) => downloadText(state, now, width),
    place,
  );
  return {
    onListed({ sizeBytes }) {
      state.listed += 1;
      state.listedBytes += sizeBytes;
      tick();
    },
    onAllListed() {
      state.isAllListed = true;
      sayNow();
    },
    onDone({ sizeBytes }) {
      state.files += 1;
      state.bytes += sizeBytes;
      tick();
    },
    onBytes(bytes) {
      state.came += bytes;
      tick();
    },
    step,
    done,
  };
}

export interface DownloadState {
  /** What is known to be there, all of it if `isAllListed`. */
  readonly listed: number;
  readonly listedBytes: number;
  readonly isAllListed: boolean;
  /** What is here, whether it came now or was here before. */
  readonly files: number;
  readonly bytes: number;
  /** Bytes that came now. */
  readonly came: number;
  readonly since: number;
}

/**
 * `█████░░░░░░░░░░░  35 %  420 of 1,200 files  84 MB of 240 MB  12 MB/s  13 s left`; while it is not known how many there
 * are, `420 of more than 1,000 files  84 MB  12 MB/s`.
 *
 * @param width what a line of the terminal holds: the rate, then the size, make room; undefined on a pipe
 */
export function downloadText(
  { listed, listedBytes, isAllListed, files, bytes, came, since }: DownloadState,
  now: number,
  width: number | undefined,
): string {
  const seconds = Math.max(1, now - since) / 1000;
  const share = listedBytes > 0 ? bytes / listedBytes : listed > 0 ? files / listed : 1;
  const rate = came > 0 ? [`${sizeText(came / seconds)}/s`] : [];
  if (!isAllListed) {
    const many = [`${countText(files)} of more than ${countText(listed)} files`];
    const parts = [...many, sizeText(bytes), ...rate];
    return firstThatFits([parts.join('  '), many.join('')], width);
  }
  const done = [
    shareText(Math.min(1, share), width).trim(),
    `${countText(files)} of ${fileText(listed)}`,
  ];
  const size = [`${sizeText(bytes)} of ${sizeText(listedBytes)}`];
  const isTold = came > 0 && bytes < listedBytes && seconds > 1;
  const left = isTold ? [`${durationText((listedBytes - bytes) / (came / seconds))} left`] : [];
  const texts = [[...size, ...rate], size, []].map((more) =>
    [...done, ...more, ...left].join('  '),
  );
  return firstThatFits(texts, width);
}
