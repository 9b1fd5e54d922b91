import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Dataset } from '../../src/lib/datasets/datasets.js';
import type { Cell } from '../../src/lib/model/table.js';
import { cellJson } from '../../src/lib/output/cell.js';
import { opened, rejectedOf, rowsOf } from './opened.js';

const RUNS = { numRuns: 60, seed: 20261122 };

/** The values of rows by the names of their features; what has no value is left out. */
async function valuesOf(dataset: Dataset): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return (await rowsOf(dataset)).map((row) =>
    Object.fromEntries(
      dataset.columns.flatMap((column, at): [string, unknown][] => {
        const cell = row[at] ?? null;
        if (column.role === 'mark' || cell === null) return [];
        return [[column.name, JSON.parse(cellJson(cell, column))]];
      }),
    ),
  );
}

const names = ['a', 'A', 'b c', 'q"/~', "x'y", 'é', '', 'mdc_row'];
const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constant('00123'));
const value = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
  fc.boolean(),
  text,
  fc.constant(null),
  fc.array(fc.oneof(fc.integer(), text), { maxLength: 3 }),
);
const row = fc.dictionary(fc.constantFrom(...names), value, { noNullPrototype: true });

/** An event whose members come in any order. */
function eventOf(rows: readonly object[], order: readonly number[]): string {
  const members: readonly (readonly [string, unknown])[] = [
    ['specversion', '1.0'],
    ['time', '2024-03-01T08:00:05Z'],
    ['correlationid', 'r'],
    ['data', rows],
  ];
  const sorted = members
    .map((member, at) => ({ member, by: order[at] ?? 0 }))
    .sort((one, other) => one.by - other.by);
  return JSON.stringify(Object.fromEntries(sorted.map(({ member }) => member)));
}

const orders = fc.array(fc.nat(9), { minLength: 4, maxLength: 4 });
const event = fc.record({ rows: fc.array(row, { maxLength: 4 }), order: orders });
const broken = fc.oneof(
  fc.tuple(event, fc.nat()).map(([{ rows, order }, at]) => {
    const whole = eventOf(rows, order);
    return whole.slice(0, 1 + (at % (whole.length - 1)));
  }),
  event.map(({ rows, order }) => `${eventOf(rows, order)},`),
  fc.constantFrom('[1]', '"x"', '{}', '{"data":null}', 'no JSON'),
);
const line = fc.oneof(
  { weight: 3, arbitrary: event },
  { weight: 1, arbitrary: broken.map((bad) => ({ bad })) },
);

test('v2: whatever rows are in whatever lines, exactly those come out, and exactly the others are rejected', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.boolean(), async (lines, isEnded) => {
      const texts = lines.map((one) => ('bad' in one ? one.bad : eventOf(one.rows, one.order)));
      const dataset = await opened('v2', { 'a.jsonl': texts.join('\n') + (isEnded ? '\n' : '') });

      const rows = lines.flatMap((one) => ('bad' in one ? [] : one.rows));
      const wanted = rows.map((one) =>
        Object.fromEntries(Object.entries(one).filter(([, cell]) => cell !== null)),
      );
      expect(await valuesOf(dataset)).toEqual(wanted);
      const bad = lines.flatMap((one, at) => ('bad' in one ? [[BigInt(at + 1), one.bad]] : []));
      expect((await rejectedOf(dataset)).map(([number, , whole]) => [number, whole])).toEqual(bad);
    }),
    RUNS,
  );
}, 120_000);

const cell = fc.oneof(
  fc.constantFrom('', '0.0100', '1e5', '00123', '-7', 'True', 'a,b', 'two\nlines', '"', 'NULL'),
  fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\r')),
);
const headings = ['age', 'Age', 'b c', 'q"x', 'é', 'region'];

/** Some columns in some order, rows of them, and records that are too short or too long. */
const day = fc.uniqueArray(fc.constantFrom(...headings), { minLength: 2 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    records: fc.array(
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc.array(cell, { minLength: columns.length, maxLength: columns.length }),
        },
        { weight: 1, arbitrary: fc.constantFrom(['1'], [...columns.map(() => 'x'), 'y']) },
      ),
      { maxLength: 5 },
    ),
  }),
);

/** An empty text in quotes is one; without them it is no value. */
const quoted = (one: string) =>
  /[",\r\n]|^\s|\s$/.test(one) ? `"${one.replaceAll('"', '""')}"` : one;
const recordOf = (cells: readonly string[]) => `${cells.map(quoted).join(',')}\n`;

test('v1: whatever columns a day has, exactly its rows come out as their texts, in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(day, { minLength: 1, maxLength: 4 }), async (days) => {
      const files = days.map(({ columns, records }, at): [string, string] => [
        `${at}.csv`,
        [columns, ...records].map(recordOf).join(''),
      ]);
      const dataset = await opened('v1', Object.fromEntries(files));

      const wanted = days.flatMap(({ columns, records }) =>
        records.flatMap((cells) => {
          if (cells.length !== columns.length) return [];
          return [new Map(columns.map((name, at) => [name, cells[at] ?? '']))];
        }),
      );
      expect(dataset.columns.map(({ name }) => name)).toEqual([
        ...new Set(days.flatMap(({ columns }) => columns)),
      ]);
      const rows = await rowsOf(dataset);
      expect(rows).toHaveLength(wanted.length);
      for (const [index, cells] of rows.entries()) {
        for (const [at, { name, type }] of dataset.columns.entries()) {
          expect(isSame(cells[at] ?? null, wanted[index]?.get(name) ?? '', type)).toBe(true);
        }
      }
      const ragged = days.flatMap(({ columns, records }) =>
        records.filter((cells) => cells.length !== columns.length),
      );
      expect(dataset.counts.rejected).toBe(ragged.length);
    }),
    RUNS,
  );
}, 120_000);

function isSame(value: Cell, whole: string, type: string): boolean {
  if (value === null) return whole === '';
  if (type === 'string') return value === whole;
  if (type === 'bool') return String(value) === whole.toLowerCase();
  if (type === 'datetime') return typeof value === 'bigint';
  return Number(value) === Number(whole);
}
