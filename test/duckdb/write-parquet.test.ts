import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAnswer } from '../../src/lib/azure/query/answer-reader.js';
import { openEngine } from '../../src/lib/engine/duckdb-engine.js';
import type { Engine } from '../../src/lib/engine/engine.js';
import { CliError } from '../../src/lib/errors.js';
import { type Cell, type Column, KUSTO_TYPES, type Row } from '../../src/lib/model/table.js';
import { MAX_DATETIME_TICKS } from '../../src/lib/model/ticks.js';
import { temporaryFolder } from '../support/host.js';

let engine: Engine;
let folder: string;

beforeAll(async () => {
  engine = await openEngine({ maxMemoryBytes: 200_000_000, threads: 1 });
  folder = await temporaryFolder();
});

afterAll(() => engine.close());

async function* each(rows: readonly Row[]): AsyncGenerator<Row> {
  yield* rows;
}

async function* bytesOf(body: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(body);
}

let files = 0;

async function write(columns: readonly Column[], rows: readonly Row[]): Promise<string> {
  const path = join(folder, `file${files++}.parquet`);
  await engine.writeParquet({ columns, rows: each(rows) }, path);
  return path;
}

async function readBack(path: string): Promise<{ columns: readonly Column[]; rows: Row[] }> {
  const tables = await engine.openFiles([path], folder);
  const { columns, rows } = await engine.run(tables[0]?.name ?? '', tables, { now: new Date(0) });
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return { columns, rows: all };
}

const COLUMNS = KUSTO_TYPES.map((type): Column => ({ name: `a ${type}`, type }));

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\0', 'null'),
);
const json = fc.json().map((one) => JSON.stringify(JSON.parse(one)));
const cells: Readonly<Record<(typeof KUSTO_TYPES)[number], fc.Arbitrary<Cell>>> = {
  bool: fc.boolean(),
  int: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  long: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  real: fc.double(),
  decimal: fc
    .tuple(
      fc.bigInt({ min: -(10n ** 20n) + 1n, max: 10n ** 20n - 1n }),
      fc.integer({ min: 0, max: 17 }),
    )
    .map(([whole, places]) => (places === 0 ? `${whole}` : `${whole}.${'0'.repeat(places)}7`)),
  datetime: fc.bigInt({ min: 0n, max: MAX_DATETIME_TICKS }),
  timespan: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  guid: fc.uuid(),
  string: text,
  dynamic: json,
};
const rowsOfAllTypes = fc.array(
  fc.tuple(
    ...KUSTO_TYPES.map((type) => (type === 'string' ? cells.string : fc.option(cells[type]))),
  ),
  { maxLength: 20 },
);

describe('a table written as Parquet', () => {
  test('reads back as the same columns and values, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOfAllTypes, async (rows) => {
        const path = await write(COLUMNS, rows);
        expect(await readBack(path)).toEqual({ columns: COLUMNS, rows });
      }),
      { numRuns: 40 },
    );
  });

  test('holds rows that were copied from an answer as it holds rows that were read', async () => {
    const lexemes: Readonly<Record<string, fc.Arbitrary<string>>> = {
      datetime: fc.constantFrom(
        ...['"2026-11-22T01:02:03.1234567Z"', '"2026-11-22T01:02:03.1Z"', '"0001-01-01T00:00:00Z"'],
        ...['"9999-12-31T23:59:59.9999999Z"', '""', 'null'],
      ),
      timespan: fc.constantFrom('"00:00:10"', '"-1.02:03:04.5670000"', '""', 'null'),
      real: fc.constantFrom('1.5', '1e300', '"NaN"', '"-Infinity"', '123456789.123456789', 'null'),
      long: fc.constantFrom('9223372036854775807', '-9007199254740993', '0', 'null'),
      bool: fc.constantFrom('true', 'false', 'null'),
      dynamic: json.map((one) => JSON.stringify(one)),
      string: fc.oneof(
        text.map((one) => JSON.stringify(one)),
        fc.constantFrom('"\\ud83d\\ude00"', '"\\/"', 'null', '""'),
      ),
    };
    const types = KUSTO_TYPES.filter((type) => type in lexemes);
    const columns = types.map((type): Column => ({ name: type, type }));
    const row = fc.tuple(...types.map((type) => lexemes[type] ?? fc.constant('null')));
    const blank = fc.constantFrom('', '', ' ', '\n');
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 8 }), blank, async (rows, space) => {
        const lines = rows.map((cells) => `[${cells.join(`,${space}`)}]`);
        const body = `{"tables":[{"columns":${JSON.stringify(columns)},"rows":[${lines}]}]}`;
        const backs = [];
        for (const how of ['rows', 'batches']) {
          for await (const table of (await openAnswer(bytesOf(body))).tables) {
            const path = join(folder, `file${files++}.parquet`);
            const { batches: _, ...read } = table;
            await engine.writeParquet(how === 'rows' ? read : table, path);
            backs.push((await readBack(path)).rows);
          }
        }
        expect(backs[1]).toEqual(backs[0]);
        expect(backs[0]).toHaveLength(rows.length);
      }),
      { numRuns: 40 },
    );
  });

  test('keeps a decimal that DuckDB has no room for as a text', async () => {
    const digits = '12345678901234567890123456789.5';
    const path = await write([{ name: 'd', type: 'decimal' }], [['1.5'], [digits], [null]]);
    const { columns, rows } = await readBack(path);
    expect(columns).toEqual([{ name: 'd', type: 'string' }]);
    expect(rows).toEqual([['1.5'], [digits], ['']]);
  });

  test('has dynamic values as compact JSON, their numbers as they were sent', async () => {
    const sent = ['{ "a" : [ 1e5, 0.10 ],\n "b c" : "d : \\" e" }', 'bare text', null];
    const path = await write(
      [{ name: 'd', type: 'dynamic' }],
      sent.map((one) => [one]),
    );
    const { rows } = await readBack(path);
    expect(rows).toEqual([['{"a":[1e5,0.10],"b c":"d : \\" e"}'], ['"bare text"'], [null]]);
  });

  test('says half a pair of UTF-16 as the replacement character, which UTF-8 needs', async () => {
    const path = await write([{ name: 's', type: 'string' }], [['a\ud800b\\ud800'], ['\u{1f600}']]);
    expect((await readBack(path)).rows).toEqual([['a\ufffdb\\ud800'], ['\u{1f600}']]);
  });

  test('keeps columns apart whose names differ in nothing but case', async () => {
    const columns: Column[] = ['a', 'A', 'a', ''].map((name) => ({ name, type: 'long' }));
    const path = await write(columns, [[1n, 2n, 3n, 4n]]);
    const back = await readBack(path);
    expect(back.columns.map(({ name }) => name)).toEqual(['a', 'A_1', 'a_2', 'Column4']);
    expect(back.rows).toEqual([[1n, 2n, 3n, 4n]]);
  });

  test('joins with others in their order', async () => {
    const columns: Column[] = [{ name: 'n', type: 'datetime' }];
    const paths = [await write(columns, [[3n], [1n]]), await write(columns, [[2n]])];
    const path = join(folder, 'joined.parquet');
    expect(await engine.joinParquet(paths, path, { columns })).toMatchObject({ rowCount: 3 });
    expect(await readBack(path)).toEqual({ columns, rows: [[3n], [1n], [2n]] });
  });

  test('leaves nothing behind when its rows fail, and what was there before', async () => {
    const columns: Column[] = [{ name: 'n', type: 'long' }];
    const own = await temporaryFolder();
    const path = join(own, 'kept.parquet');
    await engine.writeParquet({ columns, rows: each([[1n]]) }, path);
    const failing = (async function* (): AsyncGenerator<Row> {
      yield [2n];
      throw new CliError('service', 'The connection broke.');
    })();
    await expect(engine.writeParquet({ columns, rows: failing }, path)).rejects.toThrow('broke');
    expect(await readdir(own)).toEqual(['kept.parquet']);
    expect((await readBack(path)).rows).toEqual([[1n]]);
  });

  test('is refused without columns, and where no folder can be', async () => {
    await expect(write([], [])).rejects.toMatchObject({ kind: 'unsupported' });
    const path = join(await write([{ name: 'n', type: 'long' }], []), 'file.parquet');
    const columns: Column[] = [{ name: 'n', type: 'long' }];
    const writing = engine.writeParquet({ columns, rows: each([]) }, path);
    await expect(writing).rejects.toMatchObject({ kind: 'usage' });
  });
});
