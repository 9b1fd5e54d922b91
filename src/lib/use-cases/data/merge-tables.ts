import { basename, join } from 'node:path';
import type { Dataset, DatasetFormat, Datasets } from '../../datasets/datasets.js';
import { CliError } from '../../errors.js';
import type { Files, Report } from '../../host.js';
import type { Table } from '../../model/table.js';
import { type DataFolder, ownPath, TABLES } from './data-folder.js';
import type { LocalData, LocalFile } from './local-data.js';

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

/**
 * Writes a table for each collection of the data; of v1 for each version of a model. Each has its name once it is whole.
 * Only who has the folder's lock may.
 *
 * @throws {CliError} `usage` if a file cannot be written, `unsupported` without DuckDB
 */
export async function mergeTables(
  data: LocalData,
  format: DatasetFormat,
  folder: DataFolder,
  ports: MergePorts,
): Promise<readonly MergedTable[]> {
  const merged: MergedTable[] = [];
  for (const group of groupsOf(data.files)) {
    merged.push(await mergeGroup({ ...data, files: group }, format, folder, ports));
  }
  sayRejected(merged, ports.report);
  return merged;
}

/** Files that are one table, at least one. */
async function mergeGroup(
  { files, references }: Pick<LocalData, 'files' | 'references'>,
  format: DatasetFormat,
  folder: DataFolder,
  ports: MergePorts,
): Promise<MergedTable> {
  const [first] = files;
  if (!first) throw new Error('No file is no table.');
  const { api, part, model, modelVersion, collection } = first;
  const place = api === 'v2' ? [] : [part, model, modelVersion].filter((one) => one !== null);
  const within = [TABLES, ...place];
  const table = await folder.placeTable([...within, `${collection}.${format}`]);
  const rejectedFile = await folder.placeTable([...within, `${collection}.rejected.jsonl`]);
  ports.step(`Writing ${table.path}`);
  const dataset = await ports.datasets.open(
    { format: api, files: files.map(({ path }) => path), references },
    ports.signal,
  );
  for (const note of dataset.notes) ports.report.note(`${collection}: ${note}`);
  const { rows, rejected } = dataset.counts;
  await folder.makeFolders(folder.pathOf({ path: within.join('/') }));
  const bytes = await put(table.path, folder, ports, async (path) => {
    if (dataset.columns.length === 0) return null;
    return (await dataset.write(path, format, ports.signal)).sizeBytes;
  });
  await put(rejectedFile.path, folder, ports, (path) =>
    rejected > 0 ? writeRejected(dataset, path, ports.files) : Promise.resolve(null),
  );
  if (bytes !== null && table.change === 'told-apart') {
    const name = `${within.join('/')}/${collection}.${format}`;
    ports.report.note(`"${name}" is taken: the table is "${table.path}".`);
  }
  return {
    collection,
    model: api === 'v2' ? null : model,
    modelVersion: api === 'v2' ? null : modelVersion,
    file: bytes === null ? null : table.path,
    rows,
    bytes: bytes ?? 0,
    rejected,
    rejectedFile: rejected > 0 ? rejectedFile.path : null,
  };
}

/**
 * A file of the folder, in place of what the merge before left there. The manifest knows the one and the other while it
 * gets its name: whatever a kill leaves there is a merge's.
 *
 * @param write answers the bytes, null without any: there is to be no such file
 */
async function put(
  path: string,
  { root, pathOf, manifest }: DataFolder,
  { files }: MergePorts,
  write: (path: string) => Promise<number | null>,
): Promise<number | null> {
  const place = pathOf({ path });
  const part = join(ownPath(root, 'parts'), basename(path));
  const bytes = await write(part);
  if (bytes !== null) {
    manifest.setTable(path, bytes, (await files.look(place))?.sizeBytes);
    await manifest.commit();
    await files.rename(part, place);
    manifest.setTable(path, bytes);
  } else if (manifest.tableSizes(path).length > 0) {
    await files.remove(place);
    manifest.setTable(path, null);
  }
  await manifest.commit();
  return bytes;
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
async function writeRejected(dataset: Dataset, path: string, files: Files): Promise<number> {
  const file = await files.create(path);
  try {
    for await (const line of jsonLines(await dataset.rejected())) await file.write(line);
    return await file.keep();
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
