import { open } from 'node:fs/promises';
import { told } from '../file-errors.js';
import type { Cell, Column, KustoType, Table } from '../model/table.js';
import { quoteName, quotePaths } from './quote.js';
import { CARRIERS } from './stored.js';

/** Rows as text: an array of JSON a line, every value a text or null, as DuckDB reads them fastest. */
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
  { columns, rows }: Table,
  signal?: AbortSignal,
): Promise<RowsFile> {
  const unfit = new Set<number>();
  const texts = columns.map(({ type }, index) => textOf(type, () => unfit.add(index)));
  const file = await told(path, 'written', open(path, 'w'));
  let [rowCount, sizeBytes, longest] = [0, 0, 0];
  let piece = '';
  const flush = async () => {
    // `write` may stop half-way, where a disk is nearly full.
    const bytes = Buffer.from(piece);
    await told(path, 'written', file.appendFile(bytes));
    sizeBytes += bytes.length;
    piece = '';
  };
  try {
    for await (const row of rows) {
      const line = JSON.stringify(texts.map((text, index) => text(row[index] ?? null)));
      rowCount += 1;
      // A character has at most 3 bytes.
      if (line.length * 3 > longest) longest = Math.max(longest, Buffer.byteLength(line));
      piece += line.includes('\\ud') ? `${wellFormed(line)}\n` : `${line}\n`;
      if (piece.length < PIECE) continue;
      await flush();
      signal?.throwIfAborted();
    }
    await flush();
  } finally {
    await file.close();
  }
  return { rowCount, sizeBytes, longest, unfit };
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
      return checked(/^-?0*\d{1,20}(\.\d{1,18}0*)?$/, onUnfit);
    case 'guid':
      return checked(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i, onUnfit);
    default:
      return (cell) => (cell === null ? null : String(cell));
  }
}

function checked(fits: RegExp, onUnfit: () => void): (cell: Cell) => string | null {
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
  if (type === 'string') return text;
  return type === 'dynamic' ? compactJson(text) : `CAST(${text} AS ${CARRIERS[type]})`;
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
