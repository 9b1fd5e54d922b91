import { openDatabase } from '../../src/lib/duckdb/database.js';
import { quoteText } from '../../src/lib/duckdb/quote.js';
import { readRows } from '../../src/lib/duckdb/read-rows.js';
import { PARQUET_KEY } from '../../src/lib/duckdb/stored.js';
import { PRELUDE } from '../../src/lib/kql/prelude.js';
import type { Column } from '../../src/lib/model/table.js';

/** JSON lines of a table as Parquet, as an export holds them: by time, ticks, compact JSON, the types in the metadata. */
export async function exportParquet(
  lines: string,
  columns: readonly Column[],
  path: string,
): Promise<void> {
  const database = await openDatabase(PRELUDE);
  const connection = await database.connect();
  const rows = readRows([{ format: 'jsonl', files: [lines] }], columns);
  const types = JSON.stringify(Object.fromEntries(columns.map(({ name, type }) => [name, type])));
  await connection.run(
    `COPY (SELECT * FROM (${rows}) ORDER BY timestamp) TO ${quoteText(path)}
     (FORMAT parquet, COMPRESSION zstd, KV_METADATA { '${PARQUET_KEY}': ${quoteText(types)} })`,
  );
  connection.closeSync();
  database.close();
}
