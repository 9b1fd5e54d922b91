import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Dataset, DatasetSource } from '../../src/lib/datasets/datasets.js';
import { openDatasets } from '../../src/lib/datasets/open-datasets.js';
import type { Cell, Row, Table } from '../../src/lib/model/table.js';
import { temporaryFolder } from '../support/host.js';

/** The datasets of a test file. */
export const datasets = openDatasets();
afterAll(() => datasets.close());

/** Files in a folder of their own, in the order of the entries. */
export async function filesOf(
  contents: Readonly<Record<string, string | Uint8Array>>,
): Promise<readonly string[]> {
  const folder = await temporaryFolder();
  return Promise.all(
    Object.entries(contents).map(async ([name, content]) => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    }),
  );
}

export async function opened(
  format: DatasetSource['format'],
  contents: Readonly<Record<string, string | Uint8Array>>,
): Promise<Dataset> {
  return datasets.open({ format, files: await filesOf(contents) });
}

export const shapeOf = ({ columns }: Dataset) =>
  columns.map(({ name, type }) => `${name}: ${type}`);
export const featuresOf = ({ columns }: Dataset) =>
  columns.filter(({ role }) => role === 'feature').map(({ name }) => name);

export async function rowsOf(dataset: Dataset, count = 100_000): Promise<readonly Row[]> {
  return all(await dataset.rows(count));
}

/** The rows as objects of the columns that are named, without those that have no value. */
export async function cellsOf(
  dataset: Dataset,
  names: readonly string[] = featuresOf(dataset),
): Promise<readonly Readonly<Record<string, Cell>>[]> {
  const places = names.map((name) => dataset.columns.findIndex((column) => column.name === name));
  return (await rowsOf(dataset)).map((row) =>
    Object.fromEntries(
      names.flatMap((name, index): [string, Cell][] => {
        const cell = row[places[index] ?? -1] ?? null;
        return cell === null ? [] : [[name, cell]];
      }),
    ),
  );
}

/** Line, reason and text of what was rejected. */
export async function rejectedOf(dataset: Dataset): Promise<readonly Row[]> {
  return (await all(await dataset.rejected())).map((row) => row.slice(1));
}

async function all(table: Table): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const row of table.rows) rows.push(row);
  return rows;
}
