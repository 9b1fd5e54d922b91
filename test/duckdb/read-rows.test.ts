import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/lib/duckdb/database.js';
import { type FileRows, readRows } from '../../src/lib/duckdb/read-rows.js';
import { streamRows } from '../../src/lib/duckdb/rows.js';
import type { StoredColumn } from '../../src/lib/duckdb/stored.js';
import { PRELUDE } from '../../src/lib/kql/prelude.js';
import type { Column, KustoType, Row } from '../../src/lib/model/table.js';
import { parseDatetime } from '../../src/lib/model/ticks.js';
import { temporaryFolder } from '../support/host.js';

let database: Database;
let folder: string;

beforeAll(async () => {
  database = await openDatabase(PRELUDE);
  folder = await temporaryFolder();
});

afterAll(() => database.close());

async function parquet(name: string, select: string): Promise<string> {
  const path = join(folder, `${name}.parquet`);
  const connection = await database.connect();
  await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  return path;
}

async function read(sets: readonly FileRows[], columns: readonly Column[]): Promise<Row[]> {
  const sql = readRows(sets, columns);
  const rows: Row[] = [];
  const connection = await database.connect();
  for await (const row of await streamRows(connection, { sql, columns })) rows.push(row);
  return rows;
}

async function plan(sql: string): Promise<string> {
  const connection = await database.connect();
  const result = await connection.runAndReadAll(`EXPLAIN ${sql}`);
  connection.closeSync();
  return JSON.stringify(result.getRowsJson());
}

const NOON = parseDatetime('2026-03-01T12:00:00.123456Z') ?? 0n;

describe('a column of Parquet becomes its Kusto type', () => {
  test.each<[string, string, KustoType, Row]>([
    ['BIGINT', '638000000000000001::BIGINT', 'datetime', [638000000000000001n]],
    ['TIMESTAMP', "'2026-03-01 12:00:00.123456'::TIMESTAMP", 'datetime', [NOON]],
    [
      'TIMESTAMP WITH TIME ZONE',
      "'2026-03-01 13:00:00.123456+01'::TIMESTAMPTZ",
      'datetime',
      [NOON],
    ],
    ['TIMESTAMP_NS', "'2026-03-01 12:00:00.1234567'::TIMESTAMP_NS", 'datetime', [NOON + 7n]],
    ['TIMESTAMP', "'2026-03-01 12:00:00.123'::TIMESTAMP_MS", 'datetime', [NOON - 4560n]],
    ['DATE', "'0001-01-02'::DATE", 'datetime', [864_000_000_000n]],
    ['VARCHAR', "'2026-03-01T12:00:00.1234567Z'", 'datetime', [NOON + 7n]],
    ['BIGINT', '-1::BIGINT', 'timespan', [-1n]],
    ['INTERVAL', "INTERVAL '1 day 2 seconds'", 'timespan', [864_020_000_000n]],
    ['TIME', "'00:00:10'::TIME", 'timespan', [100_000_000n]],
    ['VARCHAR', "'1.00:00:00.5'", 'timespan', [864_005_000_000n]],
    ['JSON TEXT', `'{"a":1e5}'`, 'dynamic', ['{"a":1e5}']],
    ['VARCHAR', `'{ "a" : [ 1, "x y" ] }'`, 'dynamic', ['{"a":[1,"x y"]}']],
    ['STRUCT(a INTEGER, b VARCHAR)', "{ 'a': 1, 'b': 'x' }", 'dynamic', ['{"a":1,"b":"x"}']],
    ['INTEGER[]', '[1, 2]', 'dynamic', ['[1,2]']],
    ['MAP(VARCHAR, INTEGER)', "MAP { 'a': 1 }", 'dynamic', ['{"a":1}']],
    ['BOOLEAN', 'true', 'bool', [true]],
    ['BOOLEAN', 'false', 'string', ['False']],
    ['VARCHAR', "'True'", 'bool', [true]],
    ['DOUBLE', '3.0::DOUBLE', 'long', [3n]],
    ['UBIGINT', '18446744073709551615::UBIGINT', 'long', [null]],
    ['SMALLINT', '7::SMALLINT', 'int', [7]],
    ['FLOAT', '0.5::FLOAT', 'real', [0.5]],
    ['DECIMAL(10,2)', '1.50::DECIMAL(10, 2)', 'decimal', ['1.5']],
    [
      'UUID',
      "'74be27de-1e4e-49d9-b579-fe0b331d3642'::UUID",
      'guid',
      ['74be27de-1e4e-49d9-b579-fe0b331d3642'],
    ],
    ['VARCHAR', 'NULL::VARCHAR', 'string', ['']],
    ['BLOB', "'text'::BLOB", 'string', ['text']],
    ['BIGINT', 'NULL::BIGINT', 'datetime', [null]],
  ])('%s %s as %s', async (type, value, kusto, row) => {
    const path = await parquet('one', `SELECT ${value} AS "Old Name"`);
    const stored: Record<string, StoredColumn> = { a: { name: 'Old Name', type } };
    const rows: FileRows = { format: 'parquet', files: [path], stored };
    expect(await read([rows], [{ name: 'a', type: kusto }])).toEqual([row]);
  });
});

test('sets of files stand one behind the other; what a set lacks is null, or the empty text', async () => {
  const columns: readonly Column[] = [
    { name: 'n', type: 'long' },
    { name: 's', type: 'string' },
    { name: 'kind', type: 'string' },
  ];
  const [one, two] = [await parquet('n', 'SELECT 1::BIGINT n'), await parquet('s', "SELECT 'x' s")];
  const sets: readonly FileRows[] = [
    { format: 'parquet', files: [one], stored: { n: { name: 'n', type: 'BIGINT' } } },
    {
      format: 'parquet',
      files: [two],
      stored: { s: { name: 's', type: 'VARCHAR' }, kind: { text: 'trace' } },
    },
  ];
  expect(await read(sets, columns)).toEqual([
    [1n, '', ''],
    [null, 'x', 'trace'],
  ]);
});

test('of Parquet only the wanted columns and row groups are read', async () => {
  const path = await parquet('ticks', "SELECT i AS timestamp, 'm' AS message FROM range(10) t(i)");
  const columns: readonly Column[] = [
    { name: 'timestamp', type: 'datetime' },
    { name: 'message', type: 'string' },
  ];
  const rows = readRows([{ format: 'parquet', files: [path] }], columns);
  const shown = await plan(`SELECT "message" FROM (${rows}) WHERE "timestamp" >= 5`);
  expect(shown).toMatch(/Filters:[^│]*timestamp>=5/);
  const counted = await plan(`SELECT count(*) FROM (${rows}) WHERE "timestamp" >= 5`);
  expect(counted).not.toContain('message');
});
