import { ask } from '../duckdb/ask.js';
import { assertFiles } from '../duckdb/files.js';
import { parquetColumns, type StoredAs } from '../duckdb/parquet-columns.js';
import { quoteName, quotePaths } from '../duckdb/quote.js';
import { CliError } from '../errors.js';
import { UNIX_EPOCH_TICKS } from '../model/ticks.js';
import { roleOf } from './marks.js';
import type { Source, SourceColumn } from './source.js';
import type { Workshop } from './workshop.js';

/** Files of Parquet as they are; of several with other columns, all columns by name. */
export async function openParquet(
  files: readonly string[],
  { connection, signal }: Workshop,
): Promise<Source> {
  await assertFiles(files, signal);
  try {
    const stored = await parquetColumns(files, connection);
    const from = `read_parquet(${quotePaths(files)}, union_by_name = ${files.length > 1}, hive_partitioning = false)`;
    const [counted] = await ask(connection, `SELECT count(*) AS "rows" FROM ${from}`);
    return {
      columns: stored.map(columnOf),
      from,
      counts: { rows: Number(counted?.rows), rejected: 0, unresolved: 0 },
      notes: await notesOn(files, connection),
      isTyped: true,
    };
  } catch (cause) {
    const shown = files.length === 1 ? `"${files[0]}" is` : 'One of the files is';
    throw new CliError('usage', `${shown} no Parquet file.`, {}, cause);
  }
}

async function notesOn(
  files: readonly string[],
  connection: Workshop['connection'],
): Promise<readonly string[]> {
  if (files.length === 1) return [];
  const [counted] = await ask(
    connection,
    `SELECT count(DISTINCT names) AS "kinds" FROM (SELECT list_sort(list(name)) AS names
     FROM parquet_schema(${quotePaths(files)}) WHERE type IS NOT NULL GROUP BY file_name)`,
  );
  if (Number(counted?.kinds) <= 1) return [];
  return ['The files do not have the same columns: what a file lacks has no value in its rows.'];
}

function columnOf({ name, stored, type }: StoredAs): SourceColumn {
  const x = quoteName(name);
  const role = roleOf(name);
  const from = stored.replace(/\(.*/s, '');
  const as = (storedAs: string, sql = x): SourceColumn => {
    return { name, type, role, stored: storedAs, sql: stored === storedAs ? x : sql };
  };
  switch (type) {
    case 'bool':
      return as('BOOLEAN');
    case 'int':
      return as('INTEGER', `CAST(${x} AS INTEGER)`);
    case 'long':
      return as('BIGINT', `CAST(${x} AS BIGINT)`);
    case 'real':
      return as('DOUBLE', `CAST(${x} AS DOUBLE)`);
    case 'decimal':
      return as(from === 'DECIMAL' ? stored : 'DECIMAL(38,0)', `CAST(${x} AS DECIMAL(38,0))`);
    case 'datetime':
      // What this tool writes of an answer has ticks.
      if (from === 'BIGINT')
        return as('TIMESTAMP', `make_timestamp((${x} - ${UNIX_EPOCH_TICKS}) // 10)`);
      return as('TIMESTAMP', `CAST(${x} AS TIMESTAMP)`);
    case 'timespan':
      return as('BIGINT', `epoch_us(${x}) * 10`);
    case 'guid':
      return as('UUID');
    case 'string':
      return as('VARCHAR', `CAST(${x} AS VARCHAR)`);
    case 'dynamic':
      if (stored === 'JSON TEXT') return { name, type, role, stored: 'VARCHAR', sql: x };
      return as('VARCHAR', `CAST(${stored === 'JSON' ? x : `to_json(${x})`} AS VARCHAR)`);
  }
}
