import fc from 'fast-check';
import { AGGREGATES } from '../../src/lib/kql/aggregates.js';
import { FUNCTIONS } from '../../src/lib/kql/functions.js';

/** A table of every type, with the values at the ends of each. */
export const EXTREMES = `let T = datatable(b: bool, i: int, l: long, r: real, c: decimal, t: datetime, d: timespan, g: guid, s: string, j: dynamic) [
  true, 2147483647, 9223372036854775807, 1.7976931348623157e308, decimal(99999999999999999999.5), datetime(9999-12-31 23:59:59.9999999), timespan(10675199.02:48:05.4775807), guid(74be27de-1e4e-49d9-b579-fe0b331d3642), "a b,c;d=1", dynamic({"a": [1, null, "x"], "b": {"c": 1.5}}),
  false, -2147483648, -9223372036854775807, real(nan), decimal(-1.5), datetime(0001-01-01), -10675199d, guid(null), "", dynamic([3, "2", null, [1], {"k": true}]),
  bool(null), int(null), long(null), real(null), decimal(null), datetime(null), timespan(null), guid(ffffffff-ffff-ffff-ffff-ffffffffffff), "é😀'\\"\\\\", dynamic(null),
  true, 0, 0, real(-inf), decimal(0), datetime(1970-01-01), 0s, guid(00000000-0000-0000-0000-000000000000), "2020-01-01T00:00:00Z", dynamic("text"),
  false, -1, 7, 0.5, decimal(0.000001), datetime(2024-02-29 12:00:00.1234567), 1tick, guid(null), "[1, 2", dynamic(12)
];
`;

/** Constants and columns of \`T\`, by type. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  bool: ['true', 'false', 'bool(null)', 'b'],
  int: ['int(0)', 'int(-1)', 'int(2147483647)', 'int(-2147483648)', 'int(null)', 'i'],
  long: ['0', '1', '-1', '3', '64', '9223372036854775807', 'long(null)', 'l', '1000000000000'],
  real: ['0.0', '0.5', '-1.5', '1e300', 'real(nan)', 'real(+inf)', 'real(-inf)', 'real(null)', 'r'],
  decimal: ['decimal(0)', 'decimal(-0.1)', 'decimal(12345678901234567890)', 'decimal(null)', 'c'],
  datetime: [
    'datetime(0001-01-01)',
    'datetime(9999-12-31 23:59:59.9999999)',
    'datetime(2024-02-29)',
    'datetime(null)',
    'now()',
    't',
  ],
  timespan: ['0s', '1tick', '-1d', '7d', '10675199d', '-10675199d', 'timespan(null)', 'd'],
  guid: ['guid(74be27de-1e4e-49d9-b579-fe0b331d3642)', 'guid(null)', 'g'],
  string: [
    '""',
    '"a"',
    '"A_b-1"',
    '"("',
    '"[a-z]+("',
    '"(a)(b)?"',
    '"%"',
    '"yyyy-MM-dd"',
    '"day"',
    '"{\\"a\\": 1}"',
    '"$.a"',
    '"10.0.0.1/8"',
    '"\\\\0\\u0000"',
    '"😀"',
    's',
  ],
  dynamic: [
    'dynamic(null)',
    'dynamic([])',
    'dynamic({})',
    'dynamic([1, 2.5, "x", null])',
    'dynamic([3, 1, 2])',
    'dynamic(["a", "b"])',
    'dynamic({"a": {"b": [1]}})',
    'dynamic("x")',
    'j',
  ],
};
const TYPES = Object.keys(VALUES);
const EVERY = Object.values(VALUES).flat();

const OPERATORS: readonly string[] = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '==',
  '!=',
  '<',
  '>=',
  '=~',
  'and',
  'or',
  'has',
  'contains',
  'startswith',
  'hasprefix',
  'has_cs',
  'matches regex',
];

/** Calls of the functions that the engine knows, and operators, over constants and columns. */
function expression(depth: number, type?: string): fc.Arbitrary<string> {
  const values = (type && VALUES[type]) || EVERY;
  const leaf = fc.constantFrom(...values);
  if (depth === 0) return leaf;
  const inner = fc.constant(null).chain(() => expression(depth - 1));
  const ofSameType = fc
    .constantFrom(...TYPES)
    .chain((one) => fc.tuple(expression(depth - 1, one), expression(depth - 1, one)));
  return fc.oneof(
    { weight: 2, arbitrary: leaf },
    { weight: 5, arbitrary: fc.constantFrom(...NAMES).chain((name) => call(name, depth)) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(ofSameType, fc.constantFrom(...OPERATORS))
        .map(([[one, other], operator]) => `(${one} ${operator} ${other})`),
    },
    { weight: 1, arbitrary: fc.tuple(inner, inner).map(([one, key]) => `(${one})[${key}]`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          inner,
          fc.array(leaf, { minLength: 1, maxLength: 3 }),
          fc.constantFrom('in', '!in', 'in~', 'has_any'),
        )
        .map(([one, list, word]) => `(${one} ${word} (${list.join(', ')}))`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(inner, inner, inner)
        .map(([one, from, to]) => `(${one} between (${from} .. ${to}))`),
    },
  );
}

const NAMES = Object.keys(FUNCTIONS).filter((name) => /^[a-z]/.test(name));

function call(name: string, depth: number): fc.Arbitrary<string> {
  const types = FUNCTIONS[name]?.args ?? [];
  return fc
    .integer({ min: 0, max: 4 })
    .chain((count) =>
      fc
        .tuple(
          ...Array.from({ length: count }, (_, index) =>
            argument(types[Math.min(index, types.length - 1)], depth - 1),
          ),
        )
        .map((args) => `${name}(${args.join(', ')})`),
    );
}

function argument(type: string | undefined, depth: number): fc.Arbitrary<string> {
  if (type === undefined || type === 'any' || type === 'result') {
    return fc.constantFrom(...TYPES).chain((one) => expression(depth, one));
  }
  return fc.oneof(
    { weight: 4, arbitrary: expression(0, type) },
    { weight: 1, arbitrary: expression(depth) },
  );
}

const aggregate = fc
  .constantFrom(...Object.keys(AGGREGATES))
  .chain((name) =>
    fc
      .array(expression(1), { maxLength: 3 })
      .map((args) => `${name.startsWith('Count') ? 'count' : name}(${args.join(', ')})`),
  );

/** Queries of one random expression or aggregate over \`T\`. */
export const randomQuery: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 6, arbitrary: expression(2).map((value) => `T | project x = ${value}`) },
    { weight: 2, arbitrary: expression(2).map((value) => `T | where tobool(${value})`) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(aggregate, expression(1))
        .map(([value, by]) => `T | summarize x = ${value} by y = ${by}`),
    },
    {
      weight: 1,
      arbitrary: expression(1).map((value) => `T | sort by ${value} asc | extend y = prev(s)`),
    },
  )
  .map((query) => EXTREMES + query);

const WORDS: readonly string[] = [
  ...'| ( ) [ ] { } , ; = == . .. * - --> <- => : " \' @ // 0 -1 1h 1e999'.split(' '),
  ...'where project extend summarize by join on kind let union take sort asc null true'.split(' '),
  ...'mv-expand parse with dynamic( datatable( scan step make-series from to materialize('.split(
    ' ',
  ),
  '9223372036854775808',
  '$left',
  '__proto__',
  'constructor',
  '\u0000',
  '😀',
  '```',
];

/** A query with some of its tokens dropped, doubled, swapped, replaced by others or taken from another query. */
export function mutationOf(queries: readonly string[]): fc.Arbitrary<string> {
  const change = fc.record({
    kind: fc.constantFrom('drop', 'double', 'swap', 'replace', 'insert', 'graft', 'cut'),
    at: fc.nat(),
    other: fc.nat(),
    length: fc.integer({ min: 1, max: 4 }),
    word: fc.constantFrom(...WORDS),
  });
  return fc
    .tuple(
      fc.constantFrom(...queries),
      fc.constantFrom(...queries),
      fc.array(change, { minLength: 1, maxLength: 4 }),
    )
    .map(([query, donor, changes]) => {
      const spare = tokens(donor);
      const result = changes.reduce((words, { kind, at, other, length, word }) => {
        const place = at % (words.length + 1);
        const from = other % (words.length + 1);
        const some = words.slice(place, place + length);
        switch (kind) {
          case 'drop':
            return words.toSpliced(place, length);
          case 'double':
            return words.toSpliced(place, 0, ...some);
          case 'swap':
            return words.toSpliced(place, length, ...words.slice(from, from + length));
          case 'replace':
            return words.toSpliced(place, length, word);
          case 'insert':
            return words.toSpliced(place, 0, word);
          case 'graft': {
            const start = other % (spare.length + 1);
            return words.toSpliced(place, length, ...spare.slice(start, start + 3 * length));
          }
          default:
            return words.slice(0, place);
        }
      }, tokens(query));
      return result.join('');
    });
}

function tokens(query: string): string[] {
  return query.match(/"(?:[^"\\]|\\.)*"|'[^']*'|\w+|\s+|[^\w\s]/gsu) ?? [];
}

const times = (count: number, text: (index: number) => string, between: string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(between);

/** Texts that are too long, too deep or too wide for somebody. */
export const HUGE: Readonly<Record<string, string>> = {
  parentheses: `print ${'('.repeat(20_000)}1${')'.repeat(20_000)}`,
  'open parentheses': `print ${'('.repeat(50_000)}`,
  calls: `print ${'strcat('.repeat(200)}"a"${')'.repeat(200)}`,
  bins: `print ${'bin('.repeat(100)}1${', 2)'.repeat(100)}`,
  'a sum': `print ${times(20_000, () => '1', ' + ')}`,
  conditions: `print a = 1 | where ${times(500, (index) => `a == ${index}`, ' or ')}`,
  pipes: `print a = 1${' | extend a = a + 1'.repeat(2000)}`,
  bars: '|'.repeat(10_000),
  'a text': `print strlen("${'x'.repeat(1_000_000)}")`,
  'a list': `print 1 in (${times(20_000, String, ', ')})`,
  'a table': `datatable(a: long)[${times(20_000, String, ', ')}] | count`,
  names: `let a0 = 0; ${times(300, (index) => `let a${index + 1} = a${index} + 1;`, '\n')} print a300`,
  doubles: `let a0 = 1; ${times(40, (index) => `let a${index + 1} = a${index} + a${index};`, '\n')} print a40`,
  'doubled tables': `let a0 = print x = 1; ${times(40, (index) => `let a${index + 1} = union a${index}, a${index};`, '\n')} a40`,
  'doubled calls': `let f = (T: (x: long)) { union T, T }; ${'f('.repeat(30)}print x = 1${')'.repeat(30)}`,
  subqueries: `${'print toscalar('.repeat(100)}print 1${')'.repeat(100)}`,
  columns: `print ${times(2000, (index) => `c${index} = ${index}`, ', ')}`,
  signs: `print ${'-'.repeat(5000)}1`,
  members: `print dynamic({})${'.a'.repeat(2000)}`,
};
