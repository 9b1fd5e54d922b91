import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../src/lib/engine/duckdb-engine.js';
import type { Engine, SourceTable } from '../../src/lib/engine/engine.js';
import { formatDatetime, UNIX_EPOCH_TICKS } from '../../src/lib/model/ticks.js';
import { runKql } from './run-kql.js';

const TYPES = ['TIMESTAMP', 'TIMESTAMP WITH TIME ZONE'];
/** Microseconds since 1970, null included. */
const INSTANTS = [null, -62_135_596_800_000_000n, -1n, 0n, 1n, 1_780_000_000_000_000n];

let engine: Engine;
let folder: string;
let tables: readonly SourceTable[];

beforeAll(async () => {
  engine = await openEngine();
  folder = await mkdtemp(join(tmpdir(), 'stored-'));
  const file = join(folder, 'rows.parquet');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = INSTANTS.map((us, index) => `(${us}, ${us === null ? 'NULL' : `'text ${index}'`})`);
  await connection.run(`SET TimeZone = 'UTC'; COPY (
    SELECT make_timestamp(us) AS "TIMESTAMP", make_timestamptz(us) AS "TIMESTAMP WITH TIME ZONE", message
    FROM (VALUES ${rows.join(', ')}) AS t(us, message)) TO '${file}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  tables = TYPES.map((type, index) => ({
    name: `T${index}`,
    columns: [
      { name: 'timestamp', type: 'datetime' },
      { name: 'message', type: 'string' },
    ],
    rows: [
      {
        format: 'parquet',
        files: [file],
        stored: {
          timestamp: { name: type, type },
          message: { name: 'message', type: 'VARCHAR' },
        },
      },
    ],
  }));
  const shown = { at: { column: 'timestamp' }, text: { column: 'message' } };
  tables = [
    ...tables,
    {
      name: 'Shown',
      columns: [
        { name: 'at', type: 'datetime' },
        { name: 'text', type: 'string' },
      ],
      rows: { of: 'T0', shown },
    },
  ];
});

afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

async function count(kql: string): Promise<unknown> {
  return runKql(engine, `${kql} | count`, tables);
}

const COMPARE: Readonly<Record<string, (one: bigint, other: bigint) => boolean>> = {
  '==': (one, other) => one === other,
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
};

const nearby = fc
  .tuple(
    fc.constantFrom(...INSTANTS.filter((us) => us !== null)),
    fc.integer({ min: -11, max: 11 }),
  )
  .map(([us, ticks]) => us * 10n + BigInt(ticks) + UNIX_EPOCH_TICKS)
  .filter((ticks) => ticks >= 0n);

describe.each(TYPES.map((type, index) => [type, `T${index}`]))('a column of %s', (_type, table) => {
  test('is compared to the tick, though it holds microseconds', async () => {
    await fc.assert(
      fc.asyncProperty(
        nearby,
        fc.constantFrom(...Object.keys(COMPARE)),
        async (ticks, operator) => {
          const matching = INSTANTS.filter(
            (us) => us !== null && COMPARE[operator]?.(us * 10n + UNIX_EPOCH_TICKS, ticks),
          );
          const literal = `datetime(${formatDatetime(ticks)})`;
          const answer = [{ Count: matching.length }];
          expect(await count(`${table} | where timestamp ${operator} ${literal}`)).toEqual(answer);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('has no row between borders that no microsecond lies between', async () => {
    const borders =
      'datetime(1970-01-01 00:00:00.0000001) .. datetime(1970-01-01 00:00:00.0000009)';
    expect(await count(`${table} | where timestamp between (${borders})`)).toEqual([{ Count: 0 }]);
    const wider = 'datetime(1970-01-01) .. datetime(1970-01-01 00:00:00.000001)';
    expect(await count(`${table} | where timestamp between (${wider})`)).toEqual([{ Count: 2 }]);
  });
});

test.each([
  ['T0 | where message == "text 3"', 1],
  ['T0 | where "text 3" == message', 1],
  ['T0 | where message == ""', 1],
  ['T0 | where message in ("text 1", "text 2", "none")', 2],
  ['T0 | where message in ("text 1", "")', 2],
  ['T0 | where message !in ("text 1", "text 2")', 4],
  ['T0 | where message != "text 3"', 5],
  ['T0 | where not(message == "text 3")', 5],
  ['T0 | extend message = strcat(message, "!") | where message == "text 3!"', 1],
  ['T0 | take 100 | where message == "text 3"', 1],
  ['Shown | where text == "text 3" and at >= datetime(1970-01-01)', 1],
])('a null text is an empty one: %s', async (kql, rows) => {
  expect(await count(kql)).toEqual([{ Count: rows }]);
});
