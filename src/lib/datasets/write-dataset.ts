import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Connection } from '../duckdb/ask.js';
import { copyToFile } from '../duckdb/copy-to-file.js';
import { quoteName, quoteText } from '../duckdb/quote.js';
import { uniqueNames } from '../duckdb/rows-file.js';
import type { WrittenFile } from '../duckdb/write-parquet.js';
import { CliError } from '../errors.js';
import { told } from '../file-errors.js';
import { makeFolders } from '../make-folders.js';
import type { DatasetFormat } from './datasets.js';
import type { Source, SourceColumn } from './source.js';

export interface Writing {
  readonly path: string;
  readonly format: DatasetFormat;
  readonly signal?: AbortSignal | undefined;
}

/** See `Dataset.write`. */
export async function writeDataset(
  source: Source,
  connection: Connection,
  { path, format, signal }: Writing,
): Promise<WrittenFile> {
  if (source.columns.length === 0) {
    throw new CliError('unsupported', `"${path}" has no columns to write: nothing was collected.`);
  }
  await told(path, 'written', makeFolders(dirname(path)));
  await copyToFile(connection, { path, signal, ...COPIES[format](source) });
  return { rowCount: source.counts.rows, sizeBytes: (await stat(path)).size };
}

interface Copied {
  readonly select: string;
  readonly options: string;
}

const COPIES: Readonly<Record<DatasetFormat, (source: Source) => Copied>> = {
  parquet({ columns, from }) {
    const names = uniqueNames(columns);
    const values = columns.map(({ sql, type }, index) => {
      const value = type === 'dynamic' ? `CAST(${sql} AS JSON)` : sql;
      return `${value} AS ${quoteName(names[index] ?? '')}`;
    });
    const options = 'FORMAT parquet, COMPRESSION zstd';
    return { select: `SELECT ${values.join(', ')} FROM ${from}`, options };
  },
  csv({ columns, from }) {
    // DuckDB's own header tells no names apart that differ only in case.
    const header = columns.map(({ name }, index) => `${quoteText(name)} AS c${index}`);
    const values = columns.map((column) => csvText(column));
    const select = `SELECT ${header.join(', ')} UNION ALL SELECT ${values.join(', ')} FROM ${from}`;
    return { select, options: 'FORMAT csv, HEADER false' };
  },
  jsonl({ columns, from }) {
    const names = columns.map(({ name }) => JSON.stringify(name));
    const members = columns.map((column, index) => {
      return `${quoteText(`${index === 0 ? '' : ','}${names[index]}:`)} || coalesce(${jsonText(column)}, 'null')`;
    });
    const select = `SELECT '{' || ${members.join(' || ')} || '}' FROM ${from}`;
    return { select, options: `FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER ''` };
  },
};

function csvText({ text, sql, type }: SourceColumn): string {
  return text ?? textOf(sql, type);
}

/** SQL of a value as text: times in ISO 8601, UTC. */
function textOf(sql: string, type: SourceColumn['type']): string {
  const text = `CAST(${sql} AS VARCHAR)`;
  switch (type) {
    case 'string':
    case 'dynamic':
      return sql;
    case 'datetime':
      return `replace(${text}, ' ', 'T') || 'Z'`;
    case 'decimal':
      return `CASE WHEN contains(${text}, '.') THEN rtrim(rtrim(${text}, '0'), '.') ELSE ${text} END`;
    default:
      return text;
  }
}

/** SQL of a value as JSON: NaN and the infinities, which JSON lacks, as text. */
function jsonText({ sql, type }: SourceColumn): string {
  const text = textOf(sql, type);
  switch (type) {
    case 'bool':
    case 'int':
    case 'long':
    case 'decimal':
    case 'timespan':
      return text;
    case 'real': {
      const other = `CASE WHEN isnan(${sql}) THEN '"NaN"' WHEN ${sql} > 0 THEN '"Infinity"' ELSE '"-Infinity"' END`;
      return `CASE WHEN isfinite(${sql}) THEN CAST(to_json(${sql}) AS VARCHAR) WHEN ${sql} IS NOT NULL THEN ${other} END`;
    }
    case 'dynamic':
      return `replace(replace(${sql}, chr(10), ' '), chr(13), ' ')`;
    default:
      return `CAST(to_json(${text}) AS VARCHAR)`;
  }
}
