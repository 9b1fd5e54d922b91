import { join } from 'node:path';
import type { Dataset, DatasetFormat, Datasets } from '../../datasets/datasets.js';
import { CliError } from '../../errors.js';
import type { Files, Report } from '../../host.js';
import type { Table } from '../../model/table.js';
import type { DataFolder } from './data-folder.js';
import type { LocalData, LocalFile } from './local-data.js';
import { createSafePaths } from './safe-paths.js';

/** All rows of one collection in one file. */
export interface MergedTable {
  readonly collection: string;
  /** v1: the table is of this model and version alone, which its rows do not always tell. Null for v2. */
  readonly model: string | null;
  readonly modelVersion: string | null;
  /** Below the folder; null if there was nothing to write. */
  readonly file: string | null;
  readonly rows: number;
  readonly bytes: number;
  /** Lines that are no rows. */
  readonly rejected: number;
  /** Where they are, with file, line and reason; null without any. */
  readonly rejectedFile: string | null;
}

export interface MergePorts {
  readonly datasets: Datasets;
  readonly files: Files;
  readonly signal: AbortSignal;
  readonly report: Pick<Report, 'note' | 'warn'>;
  readonly step: (message: string) => void;
}

/** Beside the data, written anew each time. */
const TABLES = 'tables';

/**
 * Writes a table for each collection of the data; of v1 for each version of a model. Each has its name once it is whole.
 *
 * @throws {CliError} `usage` if a file cannot be written, `unsupported` without DuckDB
 */
export async function mergeTables(
  data: LocalData,
  format: DatasetFormat,
  folder: DataFolder,
  ports: MergePorts,
): Promise<readonly MergedTable[]> {
  const paths = createSafePaths();
  for (const { path } of folder.manifest.placed()) paths.take(path);
  const merged: MergedTable[] = [];
  for (const group of groupsOf(data.files)) {
    const [first] = group;
    if (!first) continue;
    const { api, part, model, modelVersion, collection } = first;
    const place = api === 'v2' ? [] : [part, model, modelVersion].filter((one) => one !== null);
    const pathOf = (ending: string) =>
      paths.place([TABLES, ...place, collection + ending], collection + ending).path;
    const [table, rejectedFile] = [pathOf(`.${format}`), pathOf('.rejected.jsonl')];
    ports.step(`Writing ${table}`);
    const dataset = await ports.datasets.open(
      { format: api, files: group.map(({ path }) => path), references: data.references },
      ports.signal,
    );
    for (const note of dataset.notes) ports.report.note(`${collection}: ${note}`);
    const { rows, rejected } = dataset.counts;
    await folder.makeFolders(folder.pathOf({ path: join(table, '..') }));
    const written =
      dataset.columns.length === 0
        ? null
        : await dataset.write(folder.pathOf({ path: table }), format, ports.signal);
    await keepRejected(dataset, folder.pathOf({ path: rejectedFile }), ports.files);
    const named = api === 'v2' ? { model: null, modelVersion: null } : { model, modelVersion };
    merged.push({
      collection,
      ...named,
      file: written && table,
      rows,
      bytes: written?.sizeBytes ?? 0,
      rejected,
      rejectedFile: rejected > 0 ? rejectedFile : null,
    });
  }
  sayRejected(merged, ports.report);
  return merged;
}

function groupsOf(files: readonly LocalFile[]): readonly (readonly LocalFile[])[] {
  const groups = new Map<string, LocalFile[]>();
  for (const file of files) {
    const { api, part, model, modelVersion, collection } = file;
    const key = JSON.stringify(
      api === 'v2' ? [collection] : [part, model, modelVersion, collection],
    );
    const group = groups.get(key);
    if (group) group.push(file);
    else groups.set(key, [file]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** Lines that are no rows, each with where it stood and why: none is lost. */
async function keepRejected(dataset: Dataset, path: string, files: Files): Promise<void> {
  if (dataset.counts.rejected === 0) return files.remove(path);
  const file = await files.create(path);
  try {
    for await (const line of jsonLines(await dataset.rejected())) await file.write(line);
    await file.keep();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function* jsonLines({ columns, rows }: Table): AsyncGenerator<string> {
  for await (const row of rows) {
    const members = columns.map(({ name }, at) => {
      const cell = row[at] ?? null;
      return [name, typeof cell === 'bigint' ? Number(cell) : cell] as const;
    });
    yield `${JSON.stringify(Object.fromEntries(members))}\n`;
  }
}

function sayRejected(merged: readonly MergedTable[], report: Pick<Report, 'warn'>): void {
  for (const { collection, rejected, rejectedFile } of merged) {
    if (rejectedFile === null) continue;
    const lines = rejected === 1 ? 'A line is' : `${rejected} lines are`;
    report.warn(`${lines} no row of "${collection}": kept in "${rejectedFile}" with the reason.`);
  }
}

const FORMATS = ['parquet', 'csv', 'jsonl'] as const;

/** @throws {CliError} `usage` if tables cannot have this format */
export function tableFormat(typed: string | undefined): DatasetFormat {
  const known = FORMATS.find((one) => one === (typed ?? 'parquet'));
  if (known) return known;
  throw new CliError('usage', `Tables cannot have the format "${typed}".`, {
    hint: `With --merge, -o is their format: ${FORMATS.join(', ')}.`,
  });
}
