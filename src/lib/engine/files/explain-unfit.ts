import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { ask, type Connection } from '../../duckdb/ask.js';
import { type FoundFile, readStart } from '../../duckdb/find-files.js';
import { quotePaths } from '../../duckdb/quote.js';
import { type FileRows, readCsv } from '../../duckdb/read-rows.js';
import { isZipped } from '../../duckdb/zipped.js';
import { CliError } from '../../errors.js';
import type { Column, KustoType } from '../../model/table.js';
import { parseDatetime, parseTimespan } from '../../model/ticks.js';
import { lookInto, unfit } from './look-into.js';

/** Work on files; if it fails because of one of them, that is said with its line. */
export async function explainUnfit<T>(
  work: () => Promise<T>,
  files: readonly FoundFile[],
  connection: Connection,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CliError)) for (const file of files) await findUnfit(file, connection);
    throw error;
  }
}

/** What a file has to hold, by the names of its own columns. */
export type Expected = ReadonlyMap<string, KustoType>;

/** Which types a set's own columns have to have. */
export function expectedOf({ stored = {} }: FileRows, columns: readonly Column[]): Expected {
  const typed = Object.entries(stored).flatMap(([name, place]): [string, KustoType][] => {
    const type = columns.find((column) => column.name === name)?.type;
    return type && 'name' in place ? [[place.name, type]] : [];
  });
  return new Map(typed);
}

/** @throws {CliError} `usage` with file, line and reason for the first line that does not fit, if one does not */
export async function findUnfit(
  file: FoundFile,
  connection: Connection,
  expected: Expected = new Map(),
): Promise<void> {
  if (file.kind === 'parquet') {
    throw new CliError('usage', `${file.shown}: its Parquet data is damaged.`);
  }
  if (file.kind === 'csv') return findUnfitCsv(file, connection, expected);
  const start = await readStart(file);
  if (/^\s*(\[|\{\s*"tables")/.test(start)) {
    throw new CliError('usage', `${file.shown}: it is no JSON, or its rows are not alike.`);
  }
  const plain = createReadStream(file.path);
  const input = isZipped(file.path) ? plain.pipe(createGunzip()) : plain;
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    const why = text.trim() === '' ? undefined : misfit(text.replace(/^\ufeff/, ''), expected);
    if (why !== undefined) unfit(file, line, why);
  }
}

function misfit(text: string, expected: Expected): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is no JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'it is no JSON object';
  }
  for (const [name, member] of Object.entries(value)) {
    const type = expected.get(name);
    if (type && member !== null && member !== undefined && !fits(member, type)) {
      return `${name} is ${JSON.stringify(member)}, which is no ${type}`;
    }
  }
  return undefined;
}

function fits(value: unknown, type: KustoType): boolean {
  const text = typeof value === 'string' ? value : '';
  switch (type) {
    case 'bool':
      return typeof value === 'boolean' || /^(true|false)$/i.test(text);
    case 'int':
      return Number.isInteger(Number(value)) && Math.abs(Number(value)) < 2 ** 31;
    case 'long':
      return Number.isInteger(Number(value)) && Math.abs(Number(value)) <= 2 ** 63;
    case 'real':
    case 'decimal':
      return !Number.isNaN(Number(value)) || text === 'NaN';
    case 'datetime':
      return text === '' || parseDatetime(text) !== undefined;
    case 'timespan':
      return text === '' || parseTimespan(text) !== undefined;
    case 'guid':
      return text === '' || /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
    case 'string':
    case 'dynamic':
      return true;
  }
}

const CSV_REASONS: Readonly<Record<string, string>> = {
  'MISSING COLUMNS': 'it has fewer values than the first line has headings',
  'TOO MANY COLUMNS': 'it has more values than the first line has headings',
  'UNQUOTED VALUE': 'a quote is not closed',
  'INVALID ENCODING': 'it is not UTF-8',
  'LINE SIZE OVER MAXIMUM': 'it is longer than 64 MB',
};

async function findUnfitCsv(file: FoundFile, connection: Connection, expected: Expected) {
  const [layout] = await lookInto(file, connection);
  if (layout?.format !== 'csv') return;
  const paths = quotePaths([file.path]);
  await ask(connection, 'DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans');
  const counted = readCsv(paths, layout, ', store_rejects = true');
  await ask(connection, `SELECT count(*) FROM (SELECT COLUMNS(*) FROM ${counted})`);
  const [broken] = await ask(
    connection,
    'SELECT line, error_type FROM reject_errors ORDER BY line LIMIT 1',
  );
  if (broken) {
    unfit(file, Number(broken.line), CSV_REASONS[String(broken.error_type)] ?? 'it is no CSV');
  }
  let line = 2;
  const result = await connection.stream(`SELECT * FROM ${readCsv(paths, layout)}`);
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; ) {
    for (const row of chunk.getRows()) {
      for (const [index, name] of layout.header.entries()) {
        const type = expected.get(name);
        const value = row[index];
        if (type && typeof value === 'string' && value !== '' && !fits(value, type)) {
          unfit(file, line, `${name} is ${JSON.stringify(value)}, which is no ${type}`);
        }
      }
      line += 1 + row.join('').split('\n').length - 1;
    }
    chunk = await result.fetchChunk();
  }
}
