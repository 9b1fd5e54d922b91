import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { SourceTable } from '../../src/lib/engine/engine.js';
import { workspaceTable } from '../../src/lib/engine/workspace-tables.js';
import type { Column } from '../../src/lib/model/table.js';
import { formatDatetime, formatTimespan, MAX_DATETIME_TICKS } from '../../src/lib/model/ticks.js';
import { rowsOf, runKql } from './run-kql.js';
import { NOW, openSample, writeTable } from './sample-tables.js';

const { engine, tables } = await openSample();
const folder = await mkdtemp(join(tmpdir(), 'engine-'));

afterAll(() => rm(folder, { recursive: true, force: true }));

test('each type has its cell, and null where Kusto has one', async () => {
  const kql = `print true, int(1), 2, 0.5, decimal(1.50), datetime(0001-01-01 00:00:01), -1tick,
    guid(74be27de-1e4e-49d9-b579-fe0b331d3642), "s", dynamic([1.0]), long(null), dynamic(null)`;
  const result = await engine.run(kql, [], { now: NOW });

  const types = 'bool int long real decimal datetime timespan guid string dynamic long dynamic';
  expect(result.columns.map(({ type }) => type).join(' ')).toBe(types);
  const guid = '74be27de-1e4e-49d9-b579-fe0b331d3642';
  expect(await rowsOf(result)).toEqual([
    [true, 1, 2n, 0.5, '1.5', 10_000_000n, -1n, guid, 's', '[1.0]', null, null],
  ]);
});

test('render is a hint beside the rows', async () => {
  const { render } = await engine.run('print 1 | render timechart', [], { now: NOW });
  expect(render).toBe('timechart');
});

test('a time range hides rows of every table, its start included and its end not', async () => {
  const kql = 'union withsource = t traces, requests | summarize count() by t | sort by t asc';
  const from = new Date('2026-03-01T11:00:00Z');
  const to = new Date('2026-03-01T11:20:00Z');
  expect(await runKql(engine, kql, tables, { timeRange: { from, to } })).toEqual([
    { t: 'requests', count_: 2 },
    { t: 'traces', count_: 1 },
  ]);
  const open = { timeRange: { from: null, to: from } };
  expect(await runKql(engine, kql, tables, open)).toEqual([{ t: 'traces', count_: 1 }]);
});

test('a table without files, or with an empty one, has no rows', async () => {
  const empty = await writeTable(folder, 'empty', [{ name: 'a', type: 'guid' }], []);
  const kql = 'union nothing, empty | count';
  expect(await runKql(engine, kql, [...tables, empty])).toEqual([{ Count: 0 }]);
});

test('a file that is gone is named; one that the query does not read is not missed', async () => {
  const columns: readonly Column[] = [{ name: 'a', type: 'long' }];
  const rows = [{ format: 'jsonl', files: [join(folder, 'gone.jsonl')] }] as const;
  const gone = { name: 'gone', columns, rows };
  await expect(runKql(engine, 'gone', [gone])).rejects.toMatchObject({
    kind: 'not-found',
    message: expect.stringContaining('gone.jsonl cannot be read: no such file or directory.'),
  });
  expect(await runKql(engine, 'print a = 1', [gone])).toEqual([{ a: 1 }]);
});

test('a table can be a view of another one: columns renamed, converted as Kusto does, or one text', async () => {
  const view: SourceTable = {
    name: 'AppRequests',
    columns: [
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'Success', type: 'string' },
      { name: 'Type', type: 'string' },
      { name: 'TenantId', type: 'string' },
      { name: 'Size', type: 'real' },
    ],
    rows: {
      of: 'requests',
      shown: {
        TimeGenerated: { column: 'timestamp' },
        Success: { column: 'success' },
        Type: { text: 'AppRequests' },
        Size: { column: 'bytes' },
      },
    },
  };
  const rows = await runKql(engine, 'AppRequests | sort by Size desc', [...tables, view], {
    timeRange: { from: new Date('2026-03-01T11:10:00Z'), to: null },
  });
  expect(rows).toEqual([
    {
      TimeGenerated: '2026-03-01T11:20:00.0000000Z',
      Success: 'True',
      Type: 'AppRequests',
      TenantId: '',
      Size: 30,
    },
    {
      TimeGenerated: '2026-03-01T11:10:00.0000000Z',
      Success: 'False',
      Type: 'AppRequests',
      TenantId: '',
      Size: null,
    },
  ]);
});

test('a view counts once: search and union * go through the tables that have the rows', async () => {
  const [traces] = tables;
  if (!traces) throw new Error('no traces');
  const view = workspaceTable(traces);
  const both = view ? [traces, view] : [];
  expect(await runKql(engine, 'search "loaded" | count', both)).toEqual([{ Count: 1 }]);
  expect(await runKql(engine, 'union * | count', both)).toEqual([{ Count: 3 }]);
  expect(await runKql(engine, 'union App* | count', both)).toEqual([{ Count: 3 }]);
  expect(await runKql(engine, 'AppTraces | where Message has "loaded" | count', both)).toEqual([
    { Count: 1 },
  ]);
});

test('queries at the same time keep their tables apart', async () => {
  const columns: readonly Column[] = [{ name: 'n', type: 'long' }];
  const tables = await Promise.all(
    ['1', '2', '3'].map(async (n) => ({
      ...(await writeTable(folder, `t${n}`, columns, [`{"n":${n}}`])),
      name: 'T',
    })),
  );
  const answers = await Promise.all(tables.map((table) => runKql(engine, 'T', [table])));
  expect(answers).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]]);
});

test('tables whose names differ in case, or hold glob characters, are their own', async () => {
  const columns: readonly Column[] = [{ name: 'n', type: 'long' }];
  const lower = await writeTable(folder, 'one[*?]', columns, ['{"n":1}']);
  const upper = await writeTable(folder, 'two', columns, ['{"n":2}']);
  const tables = [
    { ...lower, name: 'T' },
    { ...upper, name: 't' },
  ];
  expect(await runKql(engine, 'T | union t | sort by n asc', tables)).toEqual([{ n: 1 }, { n: 2 }]);
});

test('an abort ends a query with its reason, at once', async () => {
  const aborter = new AbortController();
  const reason = new Error('stopped');
  const kql = 'range a from 1 to 10000000000 step 1 | summarize sum(a % 7)';
  const running = runKql(engine, kql, [], { signal: aborter.signal });
  setTimeout(() => aborter.abort(reason), 50);
  await expect(running).rejects.toBe(reason);
});

test('rows stream: the first ones come before the last are made', async () => {
  const result = await engine.run('range a from 1 to 10000000000 step 1', [], { now: NOW });
  for await (const row of result.rows) {
    expect(row).toEqual([1n]);
    break;
  }
});

describe('properties', () => {
  const text = fc.string({ unit: 'grapheme' });
  const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const datetime = fc.bigInt({ min: 0n, max: MAX_DATETIME_TICKS });

  test('a string as JSON writes it is that string', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 20 }), async (texts) => {
        const kql = `print ${texts.map((value) => JSON.stringify(value)).join(', ')}`;
        const [row] = await rowsOf(await engine.run(kql, [], { now: NOW }));
        expect(row).toEqual(texts);
      }),
      { numRuns: 20 },
    );
  });

  test('rows written as JSON lines are read as they were', async () => {
    const columns: readonly Column[] = [
      { name: 'l', type: 'long' },
      { name: 's', type: 'string' },
      { name: 'r', type: 'real' },
      { name: 'b', type: 'bool' },
      { name: 't', type: 'datetime' },
      { name: 'd', type: 'timespan' },
      { name: 'j', type: 'dynamic' },
    ];
    const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
    const row = fc.tuple(
      orNull(long),
      text,
      orNull(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)),
      orNull(fc.boolean()),
      orNull(datetime),
      orNull(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n })),
      orNull(fc.oneof(text, fc.array(fc.integer()), fc.record({ a: text }))),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
        const lines = rows.map(([l, s, r, b, t, d, j]) => {
          const times = {
            t: t === null ? null : formatDatetime(t),
            d: d === null ? null : formatTimespan(d),
          };
          const rest = JSON.stringify({ s, r, b, ...times, j });
          return `{"l":${l},${rest.slice(1)}`;
        });
        const table = await writeTable(folder, 'rows', columns, lines);
        const expected = rows.map(([l, s, r, b, t, d, j]) => [
          l,
          s,
          r,
          b,
          t,
          d,
          j === null ? null : JSON.stringify(j),
        ]);
        expect(await rowsOf(await engine.run('rows', [table], { now: NOW }))).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test('times survive their text', async () => {
    await fc.assert(
      fc.asyncProperty(datetime, long, async (time, span) => {
        const size = span / 10n;
        const kql = `print t = todatetime(tostring(datetime(${formatDatetime(time)}))),
          d = totimespan(tostring(totimespan("${formatTimespan(size)}")))`;
        const [row] = await rowsOf(await engine.run(kql, [], { now: NOW }));
        expect(row).toEqual([time, size]);
      }),
      { numRuns: 30 },
    );
  });

  test('arithmetic of longs is that of 64-bit registers', async () => {
    await fc.assert(
      fc.asyncProperty(long, long, async (a, b) => {
        const kql = `print a = tolong("${a}"), b = tolong("${b}") | project a + b, a - b, a * b, a / b, a % b`;
        const [row] = await rowsOf(await engine.run(kql, [], { now: NOW }));
        const size = b < 0n ? -b : b;
        const whole =
          b === 0n ? [null, null] : [BigInt.asIntN(64, a / b), ((a % size) + size) % size];
        const wrapped = [a + b, a - b, a * b].map((value) => BigInt.asIntN(64, value));
        expect(row).toEqual([...wrapped, ...whole]);
      }),
      { numRuns: 30 },
    );
  });

  test('has finds what lies between separators', async () => {
    const word = fc.string({
      unit: fc.constantFrom('a', 'B', '1', 'é', '_', '-', '.', ' '),
      maxLength: 8,
    });
    const isTerm = (char: string | undefined) => char !== undefined && /[\p{L}\p{N}]/u.test(char);
    const has = (source: string, needle: string) => {
      const [hay, pin] = [source.toLowerCase(), needle.toLowerCase()];
      for (let at = hay.indexOf(pin); at >= 0; at = hay.indexOf(pin, at + 1)) {
        const before = isTerm(pin[0]) && isTerm(hay[at - 1]);
        const after = isTerm(pin.at(-1)) && isTerm(hay[at + pin.length]);
        if (!before && !after) return true;
        if (at === hay.length) break;
      }
      return false;
    };
    await fc.assert(
      fc.asyncProperty(word, word, async (source, needle) => {
        const [one, other] = [JSON.stringify(source), JSON.stringify(needle)];
        const kql = `print s = ${one}, n = ${other} | project s has ${other}, s has n`;
        const [row] = await rowsOf(await engine.run(kql, [], { now: NOW }));
        expect(row).toEqual([has(source, needle), has(source, needle)]);
      }),
      { numRuns: 60 },
    );
  });
});
