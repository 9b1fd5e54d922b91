import type { CollectedFile } from '../../model/collected-file.js';
import { createDataFilter, type DataWish } from './data-filter.js';
import type { LocalData, LocalFile } from './local-data.js';
import type { CollectionPorts, Found } from './open-collection.js';

/** The end of what is in a folder: as many of the newest files are opened as hold the rows, if there are. */
export function localEnd(
  { files, references }: LocalData,
  wish: DataWish,
  { datasets, signal }: CollectionPorts,
): Found<LocalFile> {
  const { takes } = createDataFilter({ ...wish, collections: undefined });
  return {
    files: files.filter(takes),
    async open(chosen, rows) {
      const format = chosen.at(-1)?.api ?? 'v2';
      let count = chosen.filter(isAsNew(chosen.at(-1))).length;
      for (;;) {
        const paths = chosen.slice(-count).map(({ path }) => path);
        const dataset = await datasets.open({ format, files: paths, references }, signal);
        if (dataset.counts.rows >= rows || count >= chosen.length) return dataset;
        count *= 8;
      }
    },
  };
}

function isAsNew(last: CollectedFile | undefined): (file: CollectedFile) => boolean {
  return ({ from }) => from.getTime() === last?.from.getTime();
}
