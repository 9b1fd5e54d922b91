import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openAnswer } from '../../src/lib/azure/query/answer-reader.js';
import { type Column, KUSTO_TYPES, type KustoType } from '../../src/lib/model/table.js';
import { print } from '../../src/lib/output/print.js';
import type { Format, Presentation } from '../../src/lib/settings.js';
import { withContent } from '../../src/lib/use-cases/printed-content.js';
import { memoryOutput } from '../support/host.js';

const presentation = (format: Format): Presentation => ({
  format,
  jmesPath: undefined,
  unicode: true,
  color: { stdout: 0, stderr: 0 },
  mayPrompt: false,
  verbosity: 'normal',
});

const digits = (size: number) => fc.stringMatching(new RegExp(`^\\d{0,${size}}$`));
const sign = fc.constantFrom('', '', '-');
const number = fc.oneof(
  fc.double().map((value) => (Number.isFinite(value) ? String(value) : `"${value}"`)),
  fc.tuple(sign, fc.nat({ max: 9999 }), digits(9)).map(([s, a, b]) => `${s}${a}${b && `.${b}`}`),
  fc.constantFrom('0', '-0', '0.0', '1.0', '0.000001', '0.0000001', '-0.5', '1e5', '1E-7'),
  fc.constantFrom('123456789012345', '1234567890123456', '9007199254740993', '0.1234567890123456'),
);
const long = fc.oneof(fc.bigInt().map(String), fc.constantFrom('-0', '0', '"12"', '1e3', '1.0'));
const decimal = fc.oneof(
  fc.tuple(sign, digits(30), digits(30)).map(([s, a, b]) => `"${s}${a || 0}${b && `.${b}`}"`),
  fc.constantFrom('"1E-30"', '"007"', '"-0"', '"NaN"', '1.50', '12', '"."', '"1."', '""'),
);
const two = fc.nat({ max: 99 }).map((value) => String(value).padStart(2, '0'));
const datetime = fc.oneof(
  fc
    .date({ noInvalidDate: true, min: new Date(-62135596800000), max: new Date(253402300799999) })
    .chain((date) => digits(7).map((d) => `"${date.toISOString().slice(0, 19)}${d && `.${d}`}Z"`)),
  fc
    .tuple(two, two, two, two, two, fc.constantFrom('', '.1', '.', '.12345678'))
    .map(([m, d, h, i, s, f]) => `"2024-${m}-${d}T${h}:${i}:${s}${f}Z"`),
  fc
    .constantFrom('02-29', '02-30', '04-30', '04-31', '12-31', '12-32', '00-01', '01-00')
    .map((day) => `"2024-${day}T23:59:59.1Z"`),
  fc.constantFrom('"2024-02-29T00:00:00Z"', '"0000-01-01T00:00:00Z"', '"2024-01-01"', '""'),
);
const tricky = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('a,b', '"', '\\', '\r\n', '\t', '\u2028', '\ud800', '/', 'ä😀', '', '\u007f'),
);
const string = fc.oneof(
  tricky.map((text) => JSON.stringify(text)),
  fc.constantFrom('"\\/"', '"\\u0041"', '"\\u001f"', '"\\ud83d\\ude00"', '"\\b\\f"', '12', 'true'),
);
const json = fc.oneof(
  fc.json(),
  fc.jsonValue().map((value) => JSON.stringify(value, null, 1)),
  fc.constantFrom(
    '[1,]',
    '{"a":1',
    '01',
    '1.',
    '-',
    '1e',
    '1e+5',
    '"\\x"',
    '"\\u12g4"',
    ' 1 ',
    '{}',
  ),
  fc.constantFrom(
    '"a\nb"',
    '"a\tb"',
    '[ ]',
    'nul',
    'true ',
    '{"a" : {"b":[null,false]}}',
    '"\u0001"',
    '',
  ),
  fc.constant('['.repeat(300) + ']'.repeat(300)),
  tricky,
);

const lexemes: Readonly<Record<KustoType, fc.Arbitrary<string>>> = {
  bool: fc.constantFrom('true', 'false', '"True"', '"0"', '1', '""'),
  int: number,
  real: number,
  long,
  decimal,
  datetime,
  timespan: fc.constantFrom('"00:00:10"', '"1.02:03:04.5670000"', '"-00:00:00.0000001"', '""'),
  guid: fc.oneof(
    fc.uuid().map((id) => `"${id}"`),
    string,
  ),
  string,
  dynamic: fc.oneof(
    json.map((text) => JSON.stringify(text)),
    fc.json(),
    string,
  ),
};

interface Sent {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

const sent: fc.Arbitrary<Sent> = fc
  .array(
    fc.tuple(
      fc.constantFrom('a', 'b "', 'message', 'customDimensions'),
      fc.constantFrom(...KUSTO_TYPES),
    ),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .chain((list) => {
    const columns = list.map(([name, type]) => ({ name, type }));
    const cell = (type: KustoType) =>
      fc.oneof(
        { weight: 9, arbitrary: lexemes[type] },
        { weight: 1, arbitrary: fc.constant('null') },
      );
    const row = fc
      .tuple(...columns.map(({ type }) => cell(type)))
      .chain((cells) =>
        fc.nat({ max: cells.length }).map((cut) => cells.slice(0, cut || undefined)),
      );
    return fc.record({ columns: fc.constant(columns), rows: fc.array(row, { maxLength: 4 }) });
  });

/** What is printed, and how it fails if a value cannot be of its type. */
async function printed({ columns, rows }: Sent, settings: Presentation, how: 'rows' | 'batches') {
  const body = `{"tables":[{"columns":${JSON.stringify(columns)},"rows":[${rows.map((cells) => `[${cells}]`)}]}]}`;
  async function* bytes() {
    yield Buffer.from(body);
  }
  const stdout = memoryOutput();
  try {
    for await (const table of (await openAnswer(bytes())).tables) {
      const shown = withContent(table);
      const given = how === 'rows' ? { columns: shown.columns, rows: shown.rows } : shown;
      await print({ stdout, stderr: memoryOutput() }, settings, given);
    }
    // As it is written: half of a surrogate pair is no UTF-8.
    return Buffer.from(stdout.text()).toString();
  } catch (error) {
    return `failed: ${error}`;
  }
}

test('rows that are copied are printed exactly as rows that are read', async () => {
  await fc.assert(
    fc.asyncProperty(sent, fc.constantFrom<Format>('jsonl', 'csv'), async (answer, format) => {
      const settings = presentation(format);
      expect(await printed(answer, settings, 'batches')).toBe(
        await printed(answer, settings, 'rows'),
      );
    }),
    { numRuns: 500 },
  );
});

test('each line of jsonl is one object, whatever a dynamic value holds', async () => {
  const columns = [{ name: 'd', type: 'dynamic' as const }];
  const rows = [[JSON.stringify('{\n"a":\r\n"x\\ny"}')], [JSON.stringify('"a\nb"')]];
  for (const how of ['rows', 'batches'] as const) {
    const text = await printed({ columns, rows }, presentation('jsonl'), how);
    expect(text).toBe('{"d":{ "a":  "x\\ny"}}\n{"d":"\\"a\\nb\\""}\n');
  }
});
