import { ask } from '../duckdb/ask.js';
import { quotePaths } from '../duckdb/quote.js';
import type { Workshop } from './dataset.js';
import { columnsOfJson } from './json-columns.js';
import type { Source } from './source.js';

/** Lines that are JSON objects, a row each. */
export async function openJsonl(
  files: readonly string[],
  { connection }: Workshop,
): Promise<Source> {
  const lines = `(SELECT line FROM ${readLines(files)} WHERE line IS NOT NULL)`;
  const [counted] = await ask(
    connection,
    `SELECT count(*) FILTER (json_valid(line)) AS "rows", count(*) AS "all" FROM ${lines}`,
  );
  const rows = Number(counted?.rows);
  const { columns, from } = await columnsOfJson(connection, lines, 'line');
  return {
    columns,
    from,
    counts: { rows, rejected: Number(counted?.all) - rows },
    notes: [],
    isStored: false,
  };
}

/** SQL that reads text files line by line: `line`, null for an empty one, and `filename`. */
export function readLines(files: readonly string[], options = 'ignore_errors = true'): string {
  return `read_csv(${quotePaths(files)}, auto_detect = false, header = false, delim = '', quote = '', escape = '',
    columns = {'line': 'VARCHAR'}, strict_mode = false, filename = true, max_line_size = 67108864,
    hive_partitioning = false, ${options})`;
}
