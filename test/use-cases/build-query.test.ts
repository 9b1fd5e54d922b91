import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../src/lib/engine/duckdb-engine.js';
import type { Engine } from '../../src/lib/engine/engine.js';
import { loadKustoParser } from '../../src/lib/kql/kusto.js';
import type { Column } from '../../src/lib/model/table.js';
import { LEVELS, TELEMETRY_TABLES, type TelemetryTable } from '../../src/lib/model/telemetry.js';
import {
  type BuiltQuery,
  buildCountOfNameless,
  buildQuery,
} from '../../src/lib/use-cases/build-query.js';
import { temporaryFolder } from '../support/host.js';

const now = new Date('2026-11-22T10:00:00Z');

function columns(names: string): readonly Column[] {
  return names.split(' ').map((each) => {
    const [name = '', type = 'string'] = each.split(':');
    return { name, type: type as Column['type'] };
  });
}

/** The columns that built queries name, with the types that Application Insights gives them. */
const COLUMNS: Readonly<Record<TelemetryTable, readonly Column[]>> = {
  traces: columns('message severityLevel:int'),
  requests: columns('name url success resultCode duration:real'),
  exceptions: columns('type message outerMessage innermostMessage severityLevel:int'),
  dependencies: columns('target type name data success resultCode duration:real'),
  customEvents: columns('name'),
  customMetrics: columns('name value:real'),
  pageViews: columns('name url'),
  availabilityResults: columns('name message'),
  browserTimings: columns('name url'),
  performanceCounters: columns('name counter value:real'),
};
const columnsOf = (table: TelemetryTable) => [
  ...columns('timestamp:datetime'),
  ...COLUMNS[table],
  ...columns('customDimensions:dynamic cloud_RoleName itemId'),
];

let engine: Engine;
let folder: string;
beforeAll(async () => {
  [engine, folder] = [await openEngine(), await temporaryFolder()];
});
afterAll(() => engine.close());

type Item = Readonly<Record<string, unknown>>;
let files = 0;

/** Runs the built query on these rows; answers the values of their first column that is asked for. */
async function run(kql: string, table: TelemetryTable, rows: readonly Item[], column = 'itemId') {
  const path = join(folder, `${files++}.jsonl`);
  const lines = rows.map((row) => JSON.stringify({ timestamp: '2026-11-22T09:00:00Z', ...row }));
  await writeFile(path, `${lines.join('\n')}\n`);
  const stored = [{ format: 'jsonl', files: [path] }] as const;
  const source = { name: table, columns: columnsOf(table), rows: stored };
  const result = await engine.run(kql, [source], { now });
  const index = result.columns.findIndex(({ name }) => name === column);
  const values: unknown[] = [];
  for await (const row of result.rows) values.push(row[index]);
  return values;
}

const query = (parts: Partial<BuiltQuery>): BuiltQuery => ({
  table: 'traces',
  time: { sinceMs: 86_400_000 },
  limit: 1000,
  ...parts,
});

test('it reads as a person would write it', () => {
  const kql = buildQuery(query({ contains: 'in"put', level: 'warning', limit: 10 }));
  expect(kql.split('\n')).toEqual([
    'traces',
    '| where timestamp > ago(24h)',
    '| where severityLevel >= 2',
    String.raw`| where message contains "in\"put" or customDimensions contains "in\"put" or tostring(customDimensions.Content) contains "in\"put" or tostring(customDimensions.Contents) contains "in\"put"`,
    '| top 10 by timestamp desc',
  ]);
});

test('Microsoft’s parser finds nothing wrong with any table and flag', async () => {
  const parser = await loadKustoParser();
  for (const table of TELEMETRY_TABLES) {
    const level = COLUMNS[table].some(({ name }) => name === 'severityLevel')
      ? LEVELS[2]
      : undefined;
    const wish = query({ table, contains: 'x', service: 'churn', loose: true, level });
    const schema = [{ name: table, columns: columnsOf(table) }];
    for (const kql of [buildQuery(wish), buildCountOfNameless(wish)]) {
      expect({ table, wrong: parser.parse(kql, schema).diagnostics }).toEqual({ table, wrong: [] });
    }
  }
});

const PIECES = [
  '"',
  "'",
  '\\',
  '\n',
  '//',
  '|',
  '😀',
  'é',
  'a',
  'B',
  ' ',
  '{"x":1}',
  '```',
  '\u2028',
  '%',
  '_',
];
const hardText = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 6 })
  .map((pieces) => pieces.join(''));
const needle = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 3 })
  .map((pieces) => pieces.join(''));

/** Where `--contains` looks in each table, and in which fields of a row it must not. */
const SEARCHED: Readonly<Record<string, (row: Item) => readonly string[]>> = {
  traces: (row) => [
    String(row.message),
    JSON.stringify(row.customDimensions),
    ...['Content', 'Contents'].map((name) => dimension(row, name)),
  ],
  requests: (row) => [String(row.name), String(row.url), dimension(row, 'Response Value')],
  exceptions: (row) =>
    ['type', 'message', 'outerMessage', 'innermostMessage'].map((name) => String(row[name])),
  dependencies: (row) => [String(row.name), String(row.data)],
};

function dimension(row: Item, name: string): string {
  const dimensions: Item = Object(row.customDimensions);
  return typeof dimensions[name] === 'string' ? dimensions[name] : '';
}

test.each(Object.keys(SEARCHED) as TelemetryTable[])(
  '--contains on %s finds the rows that hold the text in the fields it names, and no others',
  async (table) => {
    const texts = COLUMNS[table].filter(({ type }) => type === 'string').map(({ name }) => name);
    const row = fc.record({
      ...Object.fromEntries(texts.map((name) => [name, hardText])),
      customDimensions: fc.dictionary(
        fc.constantFrom('Content', 'Contents', 'Response Value', 'Input', 'Service Name'),
        hardText,
      ),
      cloud_RoleName: hardText,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 12 }),
        needle,
        async (rows, text) => {
          const items = rows.map((each, index) => ({ ...each, itemId: `${index}` }));
          const found = await run(buildQuery(query({ table, contains: text })), table, items);
          const holding = items.filter((each) =>
            SEARCHED[table]?.(each).some((field) =>
              field.toLowerCase().includes(text.toLowerCase()),
            ),
          );
          expect(new Set(found)).toEqual(new Set(holding.map(({ itemId }) => itemId)));
        },
      ),
      { numRuns: 40 },
    );
  },
  60_000,
);

const ROWS: readonly Item[] = [
  { itemId: 'v1', customDimensions: { 'Service Name': 'churn' }, cloud_RoleName: 'ML service' },
  { itemId: 'nested', customDimensions: { custom_dimensions: '{"Service Name":"churn"}' } },
  { itemId: 'role', customDimensions: { module: 'x' }, cloud_RoleName: 'churn' },
  { itemId: 'other', customDimensions: { 'Service Name': 'fraud' }, cloud_RoleName: 'gunicorn' },
  { itemId: 'other role', customDimensions: {}, cloud_RoleName: 'fraud' },
  { itemId: 'nameless', customDimensions: { level: 'INFO' }, cloud_RoleName: 'gunicorn' },
  { itemId: 'default', customDimensions: { 'Service Name': 'ML service' }, cloud_RoleName: '' },
];

test('--service keeps the rows of that service, --loose those too that name none', async () => {
  const ids = async (loose: boolean) =>
    (await run(buildQuery(query({ service: 'Churn', loose })), 'traces', ROWS)).toSorted();
  expect(await ids(false)).toEqual(['nested', 'role', 'v1']);
  expect(await ids(true)).toEqual(['default', 'nameless', 'nested', 'role', 'v1']);
  const count = buildCountOfNameless(query({ service: 'churn' }));
  expect(await run(count, 'traces', ROWS, 'Count')).toEqual([2n]);
});

test('the newest rows come first, from the first instant to the one before the last', async () => {
  const rows = [8, 6, 9, 7].map((hour) => ({
    itemId: `${hour}`,
    timestamp: `2026-11-22T0${hour}:00:00Z`,
  }));
  const between = { from: new Date('2026-11-22T07:00:00Z'), to: new Date('2026-11-22T09:00:00Z') };
  expect(await run(buildQuery(query({ time: between })), 'traces', rows)).toEqual(['8', '7']);
  expect(await run(buildQuery(query({ limit: 2 })), 'traces', rows)).toEqual(['9', '8']);
  expect(
    await run(buildQuery(query({ time: { sinceMs: 2.5 * 3_600_000 } })), 'traces', rows),
  ).toEqual(['9', '8']);
});

test('a level is refused where rows have none', () => {
  expect(() => buildQuery(query({ table: 'requests', level: 'error' }))).toThrow(
    'The rows of requests have no level.',
  );
});

test('what arrived can be asked for in parts, by its own time', () => {
  const before = new Date('2026-11-22T09:00:00.001Z');
  const kql = buildQuery({ table: 'traces', time: { arrivedMs: 300_000, before }, limit: 5 });
  expect(kql.split('\n').slice(2)).toEqual([
    '| where timestamp < datetime(2026-11-22T09:00:00.001Z)',
    '| top 5 by timestamp desc',
  ]);
});
