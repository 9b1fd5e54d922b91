import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruptOnAbort } from '../duckdb/rows.js';
import { openCsv } from './csv-source.js';
import { createDataset, type Explain } from './dataset.js';
import type {
  Dataset,
  DatasetColumn,
  DatasetLimits,
  DatasetRelation,
  DatasetSource,
  Datasets,
  StatisticsOptions,
} from './datasets.js';
import { openJsonl } from './jsonl-source.js';
import { openParquet } from './parquet-source.js';
import { shortage, shortageOf } from './shortage.js';
import type { Source } from './source.js';
import { openV2 } from './v2-source.js';
import type { Workshop } from './workshop.js';

/** Datasets on DuckDB, which is loaded when the first one is opened. */
export function openDatasets(limits: DatasetLimits = {}): Datasets {
  let opened: Promise<Opened> | undefined;
  const made = new WeakMap<Dataset, { readonly source: Source; readonly explain: Explain }>();
  const madeOf = (dataset: Dataset) => {
    const one = made.get(dataset);
    if (one) return one;
    throw new Error('The dataset was opened elsewhere.');
  };

  /** Work in the workshop, which ends when the signal says so. */
  async function inWorkshop<T>(
    signal: AbortSignal | undefined,
    work: (workshop: Workshop) => Promise<T>,
    explain: Explain = (error) => error,
  ): Promise<T> {
    signal?.throwIfAborted();
    opened ??= openWorkshop(limits);
    const { workshop } = await opened;
    const stopInterrupting = interruptOnAbort(workshop.connection, signal);
    try {
      return await work({ ...workshop, signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw explain(error);
    } finally {
      stopInterrupting();
    }
  }

  /** @param more what a dataset of this kind tells beside its rows */
  function toDataset<More extends object>(
    source: Source,
    workshop: Workshop,
    explain: Explain,
    more: More,
  ): Dataset & More {
    const dataset = { ...createDataset(source, workshop, explain), ...more };
    made.set(dataset, { source, explain });
    return dataset;
  }

  /** Rows of a dataset as another one; `make` tells more of them than where they are. */
  function derive<Made extends { readonly source: Source }>(
    dataset: Dataset,
    signal: AbortSignal | undefined,
    make: (source: Source, workshop: Workshop) => Promise<Made>,
  ): Promise<Dataset & Omit<Made, 'source'>> {
    const { source: whole, explain } = madeOf(dataset);
    return inWorkshop(
      signal,
      async (workshop) => {
        const { source, ...more } = await make(whole, workshop);
        return toDataset(source, workshop, explain, more);
      },
      explain,
    );
  }

  return {
    async open(source, signal) {
      const explain = (error: unknown) => shortageOf(source.files, error) ?? error;
      return inWorkshop(
        signal,
        async (workshop) => toDataset(await openSource(source, workshop), workshop, explain, {}),
        explain,
      );
    },
    async find(patterns, cwd, signal) {
      const { findSource } = await import('./find-source.js');
      return inWorkshop(signal, ({ connection }) => findSource(patterns, cwd, connection, signal));
    },
    join({ left, right, names }, signal) {
      const explain = (error: unknown) =>
        shortage(error, 'Joining the rows', 'Ask for a shorter time, or for fewer files.') ?? error;
      return inWorkshop(
        signal,
        async (workshop) => {
          const { joinSources } = await import('./join-sources.js');
          const sides = {
            left: { source: madeOf(left).source, name: names.left },
            right: { source: madeOf(right).source, name: names.right },
          };
          const { source, unmatched } = await joinSources(sides, workshop);
          return toDataset(source, workshop, explain, { unmatched });
        },
        explain,
      );
    },
    async within(dataset, span, signal) {
      const { rowsWithin } = await import('./rows-within.js');
      return derive(dataset, signal, (source, workshop) => rowsWithin(source, span, workshop));
    },
    async newest(dataset, count, signal) {
      const { newestRows } = await import('./newest-rows.js');
      return derive(dataset, signal, (source, workshop) => newestRows(source, count, workshop));
    },
    async describe(dataset, options = {}) {
      const { describe } = await import('./statistics/describe.js');
      return describe(await chosenColumns(dataset, options), options);
    },
    async compare({ baseline, target }, options = {}) {
      const { compare } = await import('./statistics/compare.js');
      const sides = {
        baseline: await chosenColumns(baseline, options),
        target: await chosenColumns(target, options),
      };
      return compare(sides, options);
    },
    close: async () => (await opened?.catch(() => undefined))?.close(),
  };
}

/** A dataset with the columns alone that figures are of. */
async function chosenColumns(
  dataset: Dataset,
  { columns, signal }: StatisticsOptions,
): Promise<DatasetRelation> {
  const relation = await dataset.relation(signal);
  const isChosen = ({ name, role }: DatasetColumn) =>
    columns === undefined ? role === 'feature' : columns.includes(name);
  const sheets = relation.sheets
    .map(({ sql, columns: some }) => ({ sql, columns: some.filter(isChosen) }))
    .filter(({ columns: some }, at) => at === 0 || some.length > 0);
  return { ...relation, sheets };
}

function openSource(source: DatasetSource, workshop: Workshop): Promise<Source> {
  switch (source.format) {
    case 'parquet':
      return openParquet(source.files, workshop);
    case 'csv':
    case 'v1':
      return openCsv(source.files, source.format, workshop);
    case 'jsonl':
      return openJsonl(source.files, workshop);
    case 'v2':
      return openV2(source, workshop);
  }
}

interface Opened {
  readonly workshop: Workshop;
  readonly close: () => Promise<void>;
}

async function openWorkshop(limits: DatasetLimits): Promise<Opened> {
  const { openDatabase } = await import('../duckdb/database.js');
  const database = await openDatabase([], limits);
  const connection = await database.connect();
  let scratch: string | undefined;
  let count = 0;
  const uniqueName = (stem: string) => {
    count += 1;
    return `${stem}${count}`;
  };
  return {
    workshop: {
      connection,
      connect: () => database.connect(),
      async scratchFile(ending) {
        scratch ??= await mkdtemp(join(limits.spillFolder ?? tmpdir(), 'datasets-'));
        return join(scratch, `${uniqueName('rows')}.${ending}`);
      },
      uniqueName,
      signal: undefined,
    },
    async close() {
      connection.closeSync();
      database.close();
      if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
    },
  };
}
