import { type FileHandle, open } from 'node:fs/promises';
import { told } from '../file-errors.js';
import type { Cell, Column, KustoType, RowBatch, Table } from '../model/table.js';
import { batchLines } from './batch-lines.js';
import { quoteName, quotePaths } from './quote.js';
import { CARRIERS, checked } from './stored.js';

/** Rows as text: an array of JSON a line, which DuckDB reads as lists of texts faster than it takes values. */
export interface RowsFile {
  readonly rowCount: number;
  readonly sizeBytes: number;
  /** Bytes of the longest line. */
  readonly longest: number;
  /** Columns, by index, with a value that the carrier of their type cannot hold. */
  readonly unfit: ReadonlySet<number>;
}

/** Text is written in pieces of about this many characters. */
const PIECE = 262_144;

/** Writes the rows of a table as they come. The file is the caller's to remove, also if this fails. */
export async function writeRowsFile(
  path: string,
  table: Table,
  signal?: AbortSignal,
): Promise<RowsFile> {
  const file = await told(path, 'written', open(path, 'w'));
  try {
    const write = (content: string | Uint8Array) => writeAll(file, path, content);
    // Values that need a look are not copied.
    const mayCopy = table.columns.every(({ type }) => type !== 'decimal' && type !== 'guid');
    return table.batches && mayCopy
      ? await copyBatches(table.columns, table.batches, write, signal)
      : await writeRows(table, write, signal);
  } finally {
    await file.close();
  }
}

type Write = (content: string | Uint8Array) => Promise<number>;

async function writeAll(file: FileHandle, path: string, content: string | Uint8Array) {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  await told(path, 'written', file.writeFile(bytes));
  return bytes.length;
}

async function copyBatches(
  columns: readonly Column[],
  batches: AsyncIterable<RowBatch>,
  write: Write,
  signal: AbortSignal | undefined,
): Promise<RowsFile> {
  const line = lineOf(columns, () => undefined);
  const lines = batchLines(columns, line);
  let [rowCount, sizeBytes, longest] = [0, 0, 0];
  for await (const batch of batches) {
    const copied = lines(batch);
    sizeBytes += await write(copied.bytes);
    signal?.throwIfAborted();
    rowCount += batch.rowCount;
    longest = Math.max(longest, copied.longest);
  }
  return { rowCount, sizeBytes, longest, unfit: new Set() };
}

async function writeRows(
  { columns, rows }: Table,
  write: Write,
  signal: AbortSignal | undefined,
): Promise<RowsFile> {
  const unfit = new Set<number>();
  const lineText = lineOf(columns, (column) => unfit.add(column));
  let [rowCount, sizeBytes, longest] = [0, 0, 0];
  let piece = '';
  for await (const row of rows) {
    const line = lineText(row);
    rowCount += 1;
    // A character has at most 3 bytes.
    if (line.length * 3 > longest) longest = Math.max(longest, Buffer.byteLength(line));
    piece += line;
    if (piece.length < PIECE) continue;
    sizeBytes += await write(piece);
    piece = '';
    signal?.throwIfAborted();
  }
  sizeBytes += await write(piece);
  return { rowCount, sizeBytes, longest, unfit };
}

/** A row as its line. */
function lineOf(
  columns: readonly Column[],
  onUnfit: (column: number) => void,
): (row: readonly Cell[]) => string {
  const texts = columns.map(({ type }, index) => textOf(type, () => onUnfit(index)));
  return (row) => {
    const line = JSON.stringify(texts.map((text, index) => text(row[index] ?? null)));
    return line.includes('\\ud') ? `${wellFormed(line)}\n` : `${line}\n`;
  };
}

/** `JSON.stringify` writes halves of a pair as escapes; UTF-8, and so Parquet, has no place for them. */
function wellFormed(line: string): string {
  return line.replaceAll(/\\(?:u(d[89a-f][\da-f]{2})|.)/gs, (whole, half) =>
    half === undefined ? whole : '\ufffd',
  );
}

function textOf(type: KustoType, onUnfit: () => void): (cell: Cell) => string | null {
  switch (type) {
    case 'string':
      return (cell) => (cell === null ? '' : String(cell));
    case 'real':
      return (cell) => (cell === null ? null : Object.is(cell, -0) ? '-0.0' : String(cell));
    case 'decimal':
      return fitting(/^-?0*\d{1,20}(\.\d{1,18}0*)?$/, onUnfit);
    case 'guid':
      return fitting(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i, onUnfit);
    default:
      return (cell) => (cell === null ? null : String(cell));
  }
}

function fitting(fits: RegExp, onUnfit: () => void): (cell: Cell) => string | null {
  return (cell) => {
    if (cell === null) return null;
    const text = String(cell);
    if (!fits.test(text)) onUnfit();
    return text;
  };
}

/** SQL of the typed rows of such a file. */
export function selectRows(
  path: string,
  columns: readonly Column[],
  { longest, unfit }: RowsFile,
): string {
  const names = uniqueNames(columns);
  const values = columns.map(({ type }, index) => {
    const text = `"row"[${index + 1}]`;
    return `${unfit.has(index) ? text : typed(text, type)} AS ${quoteName(names[index] ?? '')}`;
  });
  const shape = `columns = {'row': 'VARCHAR[]'}, maximum_object_size = ${Math.max(1_000_000, longest + 1)}`;
  return `SELECT ${values.join(', ')} FROM read_json(${quotePaths([path])}, format = 'newline_delimited',
    records = false, compression = 'uncompressed', hive_partitioning = false, ${shape})`;
}

function typed(text: string, type: KustoType): string {
  switch (type) {
    case 'string':
      return `coalesce(${text}, '')`;
    case 'dynamic':
      return compactJson(text);
    case 'datetime':
      return `CASE WHEN substring(${text}, 5, 1) <> '-' THEN CAST(nullif(${text}, '') AS BIGINT)
        WHEN length(${text}) = 28 THEN kql_ticks(CAST(left(${text}, 26) AS TIMESTAMP)) + CAST(substring(${text}, 27, 1) AS BIGINT)
        ELSE ${checked(`kql_todatetime(${text})`, text, type)} END`;
    case 'timespan':
      return `CASE WHEN contains(${text}, ':') THEN ${checked(`kql_totimespan(${text})`, text, type)}
        ELSE CAST(nullif(${text}, '') AS BIGINT) END`;
    default:
      return `CAST(nullif(${text}, '') AS ${CARRIERS[type]})`;
  }
}

/** JSON as it was sent but for blanks between its parts; what is no JSON, a bare text, as one of JSON. */
function compactJson(text: string): string {
  return `CASE WHEN NOT json_valid(${text}) THEN CAST(to_json(${text}) AS VARCHAR)
    WHEN CAST(json(${text}) AS VARCHAR) = ${text} THEN ${text}
    ELSE regexp_replace(${text}, '("(?:[^"\\\\]|\\\\.)*")|\\s+', '\\1', 'gs') END`;
}

/** The columns' names, no two alike but for case: few readers would tell them apart. */
export function uniqueNames(columns: readonly Column[]): readonly string[] {
  const taken = new Set<string>();
  return columns.map(({ name }, index) => {
    const base = name === '' ? `Column${index + 1}` : name;
    let unique = base;
    for (let number = 1; taken.has(unique.toLowerCase()); number++) unique = `${base}_${number}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}
