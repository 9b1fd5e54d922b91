import type { Dataset, Datasets } from '../../datasets/datasets.js';
import type { Report } from '../../host.js';
import type { CollectedFile } from '../../model/collected-file.js';
import { type CollectionWish, chooseCollection } from './choose-collection.js';
import type { DataWish } from './data-filter.js';
import type { LocalData, LocalFile } from './local-data.js';
import { openSides, reportUnmatched } from './open-sides.js';
import { isOpen, reportTimeless } from './rows-of-span.js';

/** Collected files, and the way to the rows at their end: so many at least, if there are. */
export interface Found<File extends CollectedFile> {
  readonly files: readonly File[];
  readonly open: (files: readonly File[], rows: number) => Promise<Dataset>;
}

export interface EndWish extends DataWish, CollectionWish {
  readonly rows: number;
}

export interface EndPorts {
  readonly datasets: Datasets;
  readonly report: Pick<Report, 'note' | 'warn'>;
  readonly signal: AbortSignal;
}

/** Of what is joined, more is looked at than is shown: both sides do not end with the same request. */
const LOOK_BACK = 4;
const GROWTH = 8;

/**
 * The end of one collection, of the span of time that is wished for: so many rows at least, if there are.
 *
 * @throws {CliError} as `chooseCollection` and `openSides` do; `usage` if rows of a span do not tell their time
 */
export async function openEnd<File extends CollectedFile>(
  { files, open }: Found<File>,
  wish: EndWish,
  ports: EndPorts,
): Promise<Dataset> {
  const { datasets, report, signal } = ports;
  const sides = chooseCollection(files, wish, report);
  const openLast = (count: number) => {
    const looked = wish.join ? count * LOOK_BACK : count;
    return openSides(sides, (chosen) => open(chosen.files, looked), ports);
  };
  if (isOpen(wish)) {
    const dataset = await openLast(wish.rows);
    reportUnmatched(dataset, sides, 'looked-at', report);
    return dataset;
  }
  let [count, before] = [wish.rows, -1];
  for (;;) {
    const dataset = await openLast(count);
    const within = await datasets.within(dataset, wish, signal);
    // Files end with rows that are too new; where it has as many more, there are no others.
    const enough = wish.rows + within.outside.after;
    const isAll = dataset.counts.rows === before;
    if (within.counts.rows >= wish.rows || count >= enough || isAll) {
      reportUnmatched(dataset, sides, 'looked-at', report);
      reportTimeless(within, report);
      return within;
    }
    before = dataset.counts.rows;
    count = Math.max(count * GROWTH, enough);
  }
}

/** The end of files of this machine: as many of the newest are opened as hold the rows, if there are. */
export function localEnd(
  files: readonly LocalFile[],
  references: LocalData['references'],
  { datasets, signal }: EndPorts,
): Found<LocalFile> {
  return {
    files,
    async open(chosen, rows) {
      const format = chosen.at(-1)?.api ?? 'v2';
      let count = chosen.filter(isAsNew(chosen.at(-1))).length;
      for (;;) {
        const paths = chosen.slice(-count).map(({ path }) => path);
        const dataset = await datasets.open({ format, files: paths, references }, signal);
        if (dataset.counts.rows >= rows || count >= chosen.length) return dataset;
        count *= GROWTH;
      }
    },
  };
}

function isAsNew(last: CollectedFile | undefined): (file: CollectedFile) => boolean {
  return ({ from }) => from.getTime() === last?.from.getTime();
}
