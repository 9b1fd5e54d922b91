import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { openEngine } from '../../src/lib/engine/duckdb-engine.js';
import { type Cell, type Column, KUSTO_TYPES, type KustoType } from '../../src/lib/model/table.js';
import { answerTo } from '../support/faults.js';
import { realFiles, temporaryFolder } from '../support/host.js';
import { localCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

/**
 * What the service sends, as it writes it, goes to a file and is read back there: by the tool itself, by DuckDB, and by
 * readers of this test that share nothing with the tool.
 */
interface Answer {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

const engine = await openEngine({ maxMemoryBytes: 300_000_000, threads: 1 });
afterAll(() => engine.close());

/** As UTF-8 has it, which knows no half of a surrogate pair. */
function wellFormed(whole: string): string {
  return Buffer.from(whole).toString();
}

const LONG = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const MAX_DATETIME = 3_155_378_975_999_999_999n;

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    ...['', ' ', '\0', '\r\n', '\t', '\\', '"', '""', ',', 'null', 'NaN', '\u2028', '\u0085'],
    ...['\ud800', 'a\udfffb', '\ud83d\ude00', '"rows":[[', '=1+1', '\ufeff', '\x1b[31m', '\\ud800'],
  ),
);
const number = fc.oneof(
  fc.constantFrom('0', '-1', '9007199254740993', '12345678901234567890', '0.1', '1.5', '2.25'),
  fc.integer().map(String),
);
const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    number,
    fc.constantFrom('true', 'false', '""', '{}', '[]', '"null"', '"12"'),
    text.filter((each) => each === wellFormed(each)).map((each) => JSON.stringify(each)),
    fc.array(tie('json'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(fc.tuple(fc.string({ maxLength: 5 }), tie('json')), {
        maxLength: 3,
        selector: ([name]) => name.toLowerCase(),
      })
      .map(
        (all) => `{${all.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`,
      ),
  ),
}));

const CELLS: Readonly<Record<KustoType, fc.Arbitrary<Cell>>> = {
  bool: fc.boolean(),
  int: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  long: fc.oneof(fc.bigInt(LONG), fc.constantFrom(LONG.min, LONG.max, 2n ** 53n + 1n)),
  real: fc.oneof(
    fc.double(),
    fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 5e-324, 1e21, 0.1, Number.MAX_VALUE),
  ),
  decimal: fc
    .tuple(
      fc.bigInt({ min: -(10n ** 20n) + 1n, max: 10n ** 20n - 1n }),
      fc.integer({ min: 0, max: 10 ** 9 }),
      fc.integer({ min: 0, max: 9 }),
    )
    .map(([whole, part, zeros]) => `${whole}.${`${'0'.repeat(zeros)}${part}1`.slice(0, 18)}`),
  datetime: fc.oneof(
    fc.bigInt({ min: 0n, max: MAX_DATETIME }),
    fc.constantFrom(0n, MAX_DATETIME, 639_309_573_301_234_567n),
  ),
  timespan: fc.oneof(fc.bigInt(LONG), fc.constantFrom(0n, -1n, 864_000_000_000n, LONG.min)),
  guid: fc.uuid(),
  string: text,
  dynamic: json,
};

const NAMES = [
  ...['x', 'x', 'X', 'x_1', 'x_2', 'Column1', 'a b', "it's", '["q"]', 'né😀', 'a,b', 'say "hi"'],
  ...['line\nbreak', 'tab\t', '\x01', '__proto__', 'constructor', 'a.b', '*', '"rows":[', 'NULL'],
];

const column = fc.record({
  name: fc.constantFrom(...NAMES),
  type: fc.constantFrom(...KUSTO_TYPES),
});
const answer: fc.Arbitrary<Answer> = fc
  .array(column, { minLength: 1, maxLength: 12 })
  .chain((columns) =>
    fc.record({
      columns: fc.constant(columns),
      rows: fc.array(
        fc.tuple(
          ...columns.map(({ type }) =>
            type === 'string' ? CELLS.string : fc.option(CELLS[type], { freq: 6 }),
          ),
        ),
        { maxLength: 8 },
      ),
    }),
  );

const two = (value: bigint) => `${value}`.padStart(2, '0');
const seven = (value: bigint) => `${value}`.padStart(7, '0');

/** Ticks of 100 ns from the year 1, in ISO 8601 with 7 digits. */
function datetimeText(ticks: bigint): string {
  const ms = Number(ticks / 10_000_000n) * 1000 - 62_135_596_800_000;
  return `${new Date(ms).toISOString().slice(0, 19)}.${seven(ticks % 10_000_000n)}Z`;
}

/** Ticks as .NET writes them: `-d.hh:mm:ss.fffffff`. */
function timespanText(ticks: bigint): string {
  const all = ticks < 0n ? -ticks : ticks;
  const seconds = all / 10_000_000n;
  const [days, rest] = [seconds / 86_400n, seconds % 86_400n];
  const clock = [rest / 3600n, (rest / 60n) % 60n, rest % 60n].map(two).join(':');
  return `${ticks < 0n ? '-' : ''}${days}.${clock}.${seven(all % 10_000_000n)}`;
}

/** A value as the service writes it: the contract's table of types. */
function sent(cell: Cell, type: KustoType): string {
  if (cell === null) return 'null';
  if (type === 'datetime') return `"${datetimeText(BigInt(cell))}"`;
  if (type === 'timespan') return `"${timespanText(BigInt(cell))}"`;
  if (typeof cell === 'bigint') return `${cell}`;
  if (typeof cell === 'number') {
    return Number.isFinite(cell) ? (Object.is(cell, -0) ? '-0.0' : `${cell}`) : `"${cell}"`;
  }
  return JSON.stringify(cell);
}

function body({ columns, rows }: Answer): string {
  const cells = rows.map((row) => row.map((cell, at) => sent(cell, columns[at]?.type ?? 'string')));
  const table = `"name":"PrimaryResult","columns":${JSON.stringify(columns)}`;
  return `{"tables":[{${table},"rows":[${cells.map((row) => `[${row.join(',')}]`).join(',')}]}]}`;
}

let answered: Answer = { columns: [], rows: [] };
const home = temporaryFolder();
const cloud = localCloud();
const headers = { 'content-type': 'application/json; charset=utf-8' };
cloud.inject(answerTo('POST', /\/query$/, () => new Response(body(answered), { headers })));

/** Asks a service that answers so, and writes that to a file. */
async function written(given: Answer, name: string): Promise<string> {
  answered = given;
  const run = await runCli(['query', 'traces', '--out', name], { cloud, home: await home });
  expect(run).toMatchObject({ status: 0, stdout: '' });
  return join(await home, 'work', name);
}

async function readText(path: string): Promise<string> {
  return (await realFiles.read(path)) ?? '';
}

/** JSON with every number as `#` and its digits, so that none is rounded. */
function parseExactly(jsonText: string): unknown {
  const marked = jsonText.replaceAll(
    /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g,
    (token) => (token.startsWith('"') ? token : `"#${token}"`),
  );
  return JSON.parse(marked);
}

/** What a value is in JSON, by the table in docs/commands/query.md. */
function asJson(cell: Cell, type: KustoType): unknown {
  if (cell === null) return null;
  switch (type) {
    case 'dynamic':
      return parseExactly(String(cell));
    case 'datetime':
    case 'timespan':
      return wellFormed(asText(cell, type));
    case 'real':
      return Number.isFinite(cell) ? cell : String(cell);
    case 'int':
    case 'long':
    case 'decimal':
      return `#${cell}`;
    default:
      return cell;
  }
}

/** What a value is as text, trailing zeros of a second aside. */
function asText(cell: Cell, type: KustoType): string {
  if (cell === null) return '';
  if (type === 'datetime') return shorter(datetimeText(BigInt(cell)));
  if (type === 'timespan') return shorter(timespanText(BigInt(cell)));
  return String(cell);
}

function shorter(time: string): string {
  const [, whole = time, fraction = '', zone = ''] = /^(.*:\d\d)(\.\d+)?(Z?)$/.exec(time) ?? [];
  return whole.replace(/^(-?)0\./, '$1') + fraction.replace(/\.?0*$/, '') + zone;
}

/** A real is the number, whichever way it is written; so are times. */
function read(value: unknown, type: KustoType): unknown {
  if (type === 'real' && typeof value === 'string' && value.startsWith('#')) {
    return Number(value.slice(1));
  }
  return (type === 'datetime' || type === 'timespan') && typeof value === 'string'
    ? shorter(value)
    : value;
}

/** Names of members: repeated ones get the first number that is free. */
function uniqueNames(columns: readonly Column[]): readonly string[] {
  const taken = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name;
    for (let count = 1; taken.has(unique); count += 1) unique = `${name}_${count}`;
    taken.add(unique);
    return unique;
  });
}

/** RFC 4180, by hand. */
function parseCsv(csv: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\n)/g)) {
    record.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end !== '\n') continue;
    records.push(record);
    record = [];
  }
  return records;
}

const RUNS = { numRuns: 25 };

test('jsonl holds what was sent', async () => {
  await fc.assert(
    fc.asyncProperty(answer, async (given) => {
      const lines = (await readText(await written(given, 'rows.jsonl'))).split('\n').slice(0, -1);
      const names = uniqueNames(given.columns);
      const types = given.columns.map(({ type }) => type);
      const rows = lines.map((line) => Object.entries(Object(parseExactly(line))));
      for (const row of rows) expect(row.map(([name]) => name)).toEqual(names);
      expect(
        rows.map((row) => row.map(([, value], at) => read(value, types[at] ?? 'string'))),
      ).toEqual(
        given.rows.map((row) => row.map((cell, at) => asJson(cell, types[at] ?? 'string'))),
      );
    }),
    RUNS,
  );
});

test('csv holds what was sent', async () => {
  await fc.assert(
    fc.asyncProperty(answer, async (given) => {
      const [names, ...rows] = parseCsv(await readText(await written(given, 'rows.csv')));
      expect(names).toEqual(uniqueNames(given.columns));
      const types = given.columns.map(({ type }) => type);
      const shown = (row: readonly string[]) =>
        row.map((field, at) => {
          const type = types[at] ?? 'string';
          if (type === 'real' && field !== '') return Number(field);
          if (type === 'dynamic' && field !== '') return parseExactly(field);
          return read(field, type);
        });
      const expected = given.rows.map((row) =>
        row.map((cell, at) => {
          const type = types[at] ?? 'string';
          if (type === 'real' && cell !== null) return cell;
          if (type === 'dynamic' && cell !== null) return parseExactly(String(cell));
          return wellFormed(asText(cell, type));
        }),
      );
      expect(rows.map(shown)).toEqual(expected);
    }),
    RUNS,
  );
});

/** The parser of KQL has no place for a column of this name, and says so. */
const isReadable = ({ columns }: Answer) => columns.every(({ name }) => name !== '__proto__');

test('Parquet is read back by the same tool, types included', async () => {
  await fc.assert(
    fc.asyncProperty(answer.filter(isReadable), async (given) => {
      const path = await written(given, 'rows.parquet');
      const tables = await engine.openFiles([path], '/');
      const { columns, rows } = await engine.run('rows', tables, { now: new Date(0) });
      const cells: unknown[] = [];
      for await (const row of rows) {
        cells.push(row.map((cell, at) => comparable(cell, columns[at]?.type ?? 'string')));
      }
      expect(columns.map(({ type }) => type)).toEqual(given.columns.map(({ type }) => type));
      expect(cells).toEqual(
        given.rows.map((row) =>
          row.map((cell, at) => {
            const type = given.columns[at]?.type ?? 'string';
            const whole = typeof cell === 'string' ? wellFormed(cell) : cell;
            return comparable(whole, type);
          }),
        ),
      );
    }),
    RUNS,
  );
});

/** Zeros at the end of a decimal, and the way that JSON is written, are no values. */
function comparable(cell: Cell, type: KustoType): unknown {
  if (cell === null) return null;
  if (type === 'decimal') return String(cell).replace(/\.?0+$/, '');
  return type === 'dynamic' ? parseExactly(String(cell)) : cell;
}

test('a decimal of more digits than DuckDB has room for is all there, as text', async () => {
  const digits = ['1234567890123456789012345678901234', '0.1234567890123456789012345678901234'];
  const given: Answer = {
    columns: [{ name: 'd', type: 'decimal' }],
    rows: digits.map((each) => [each]),
  };
  const tables = await engine.openFiles([await written(given, 'rows.parquet')], '/');
  const { columns, rows } = await engine.run('rows', tables, { now: new Date(0) });
  const cells: unknown[] = [];
  for await (const [cell] of rows) cells.push(cell);
  expect({ columns, cells }).toEqual({ columns: [{ name: 'd', type: 'string' }], cells: digits });
  expect(await readText(await written(given, 'rows.jsonl'))).toBe(
    digits.map((each) => `{"d":${each}}\n`).join(''),
  );
});

test('other programs read the same', async () => {
  const texts = ['', 'a,"b"\r\nc', '\ttab \x01', 'né 😀 \u2028', '\ufeffx', '\\ud800', '=1+1'];
  const given: Answer = {
    columns: [
      { name: 'say "n"', type: 'long' },
      { name: 's', type: 'string' },
      { name: 'd', type: 'decimal' },
    ],
    rows: texts.map((each, at) => [at === 3 ? null : LONG.max - BigInt(at), each, `${at}.5`]),
  };
  const files = [
    ['rows.parquet', `read_parquet`, ''],
    ['rows.jsonl', `read_json`, ''],
    ['rows.csv', `read_csv`, ", header = true, all_varchar = true, nullstr = ''"],
  ] as const;
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  for (const [name, reader, options] of files) {
    const path = await written(given, name);
    const sql = `SELECT CAST("say ""n""" AS VARCHAR), coalesce(s, ''), CAST(CAST(d AS DOUBLE) AS VARCHAR)
      FROM ${reader}('${path}'${options})`;
    const rows = (await connection.runAndReadAll(sql)).getRows();
    expect(rows).toEqual(
      given.rows.map(([n, s, d]) => [n === null ? null : String(n), s, String(d)]),
    );
  }
  connection.closeSync();
  instance.closeSync();
});
