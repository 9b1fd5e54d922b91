import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../src/lib/engine/duckdb-engine.js';
import type { Engine } from '../../src/lib/engine/engine.js';
import type { Cell, Column, KustoType, Row } from '../../src/lib/model/table.js';
import { MAX_DATETIME_TICKS } from '../../src/lib/model/ticks.js';
import { print } from '../../src/lib/output/print.js';
import { memoryOutput, temporaryFolder } from '../support/host.js';
import { rowsOf } from './run-kql.js';
import { NOW } from './sample-tables.js';

let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await openEngine();
  folder = await temporaryFolder();
});
afterAll(() => engine.close());

async function printed(columns: readonly Column[], rows: readonly Row[], format: 'csv' | 'jsonl') {
  const [stdout, stderr] = [memoryOutput({}), memoryOutput({})];
  const color = { stdout: 0, stderr: 0 } as const;
  const settings = { format, jmesPath: undefined, color, unicode: true, mayPrompt: false } as const;
  const table = {
    columns,
    rows: (async function* () {
      yield* rows;
    })(),
  };
  await print({ stdout, stderr }, { ...settings, verbosity: 'normal' }, table, undefined);
  return stdout.text();
}

const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const digits = fc.string({
  unit: fc.constantFrom(...'0123456789'),
  minLength: 17,
  maxLength: 17,
});
/** Of control characters JSON has several spellings. */
const member = fc.string({ unit: 'grapheme', maxLength: 4 });
const json = fc
  .oneof(
    fc.array(fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), member)),
    fc.dictionary(fc.constantFrom('a', 'B b', 'é', '"'), member),
  )
  .map((value) => JSON.stringify(value));

/** Values of each type, of which the first alone tells a reader the type. */
const VALUES: readonly (readonly [KustoType, first: Cell, fc.Arbitrary<Cell>])[] = [
  ['bool', true, fc.boolean()],
  ['long', 7n, long],
  ['real', 0.5, fc.double({ noNaN: true, noDefaultInfinity: true }).map((it) => it + 0)],
  ['datetime', 0n, fc.bigInt({ min: 0n, max: MAX_DATETIME_TICKS })],
  ['timespan', 1n, long],
  ['guid', '74be27de-1e4e-49d9-b579-fe0b331d3642', fc.uuid()],
  ['string', 'text', fc.string({ unit: 'binary', maxLength: 8 })],
  ['dynamic', '{"k":1}', json],
];
/** What only a format without types of its own keeps: JSON has no number of so many digits. */
const TEXTUAL: typeof VALUES = [
  [
    'decimal',
    '0.123456789012345678',
    fc.tuple(fc.integer(), digits).map(([whole, rest]) => `${whole}.${rest}1`),
  ],
];

test.each([
  ['jsonl', VALUES],
  ['csv', [...VALUES, ...TEXTUAL]],
] as const)('cells of every type, and nulls, come back from %s', async (format, values) => {
  const columns = [
    { name: 'n', type: 'long' as const },
    ...values.map(([type]) => ({ name: `a ${type}`, type })),
  ];
  const first = values.map(([, cell]) => cell);
  const row = fc.tuple(
    ...values.map(([type, , value]) => (type === 'string' ? value : fc.option(value))),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 8 }), async (others) => {
      const rows = [first, ...others].map((cells, index): Row => [BigInt(index), ...cells]);
      const path = join(await mkdtemp(join(folder, 'x')), `rows.${format}`);
      await writeFile(path, await printed(columns, rows, format));
      const tables = await engine.openFiles([path], folder);
      const result = await engine.run('rows | sort by n asc', tables, { now: NOW });
      expect(result.columns).toEqual(columns);
      expect(await rowsOf(result)).toEqual(rows);
    }),
    { numRuns: 25 },
  );
});
