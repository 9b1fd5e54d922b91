import { expect, test } from 'vitest';
import { CliError } from '../../src/lib/errors.js';

const JUDGE = new URL('../../scripts/conformance/judge.mjs', import.meta.url).href;
const { judgeAnswer }: { judgeAnswer: (record: object, answer: object) => { verdict: string } } =
  await import(JUDGE);

const COLUMNS = [
  { name: 'g', type: 'string' },
  { name: 'n', type: 'long' },
];
const EXPECTED = {
  columns: [
    { name: 'g', class: 'string' },
    { name: 'n', class: 'int' },
  ],
  rows: [
    ['a', 1],
    ['b', 2],
  ],
  rowCount: 2,
  complete: true,
};

function judge(query: string, answer: object, expected: object = EXPECTED): string {
  return judgeAnswer({ kind: 'emu', query, expected, binder: { columns: COLUMNS } }, answer)
    .verdict;
}

const inOrder = {
  columns: COLUMNS,
  rows: [
    ['a', 1n],
    ['b', 2n],
  ],
};
const turned = { columns: COLUMNS, rows: [...inOrder.rows].reverse() };

test('rows may come in any order, unless the query sorts them', () => {
  expect(judge('T', inOrder)).toBe('passed');
  expect(judge('T', turned)).toBe('passed');
  expect(judge('T | sort by g asc', inOrder)).toBe('passed');
  expect(judge('T | sort by g asc | extend x = 1', turned)).toBe('wrong');
  expect(judge('T | sort by g asc | summarize count() by g', turned)).toBe('passed');
});

test('another value, row, column name or type is wrong', () => {
  const [first, second] = inOrder.rows;
  expect(judge('T', { ...inOrder, rows: [first, ['b', 3n]] })).toBe('wrong');
  expect(judge('T', { ...inOrder, rows: [first] })).toBe('wrong');
  expect(judge('T', { ...inOrder, rows: [first, second, second] })).toBe('wrong');
  const columns = (name: string, type: string) => [COLUMNS[0], { name, type }];
  expect(judge('T', { ...inOrder, columns: columns('m', 'long') })).toBe('wrong');
  expect(judge('T', { ...inOrder, columns: columns('n', 'string') })).toBe('wrong');
});

test('of rows drawn by lot only their number and columns are judged', () => {
  const others = { columns: COLUMNS, rows: [...inOrder.rows].map(() => ['c', 9n]) };
  expect(judge('T | sample 2', inOrder)).toBe('passed');
  expect(judge('T | sample 2', others)).toBe('unjudged');
  expect(judge('T | sample 2', { ...others, rows: [['c', 9n]] })).toBe('wrong');
});

test('of values that tie for the last place top-hitters may take any', () => {
  const rows = [
    ['c', 1n],
    ['b', 2n],
  ];
  expect(judge('T | top-hitters 2 of g by n', { columns: COLUMNS, rows })).toBe('passed');
  expect(judge('T', { columns: COLUMNS, rows })).toBe('wrong');
  const first = [inOrder.rows[0], ['c', 2n]];
  expect(judge('T | top-hitters 2 of g', { columns: COLUMNS, rows: first })).toBe('wrong');
});

test('a refusal is one, any other failure than a mistake in the query a crash', () => {
  const refused = new CliError('unsupported', 'not supported locally: reduce at 1:5');
  const mistaken = new CliError('usage', 'The name is unknown.');
  expect(judge('T', { error: refused })).toBe('refused');
  expect(judge('T', { error: mistaken })).toBe('wrong');
  expect(judge('T', { error: new TypeError('undefined is not a function') })).toBe('crashed');
  expect(judge('T', { error: new CliError('service', 'It broke.') })).toBe('crashed');
});

test('what has to fail is rejected by a mistake alone', () => {
  const mustFail = { error: true };
  expect(judge('T', { error: new CliError('usage', 'No.') }, mustFail)).toBe('rejected');
  expect(judge('T', { error: new CliError('unsupported', 'No.') }, mustFail)).toBe('refused');
  expect(judge('T', inOrder, mustFail)).toBe('accepted');
});

test('a real query without an answer passes by running', () => {
  const verdict = (answer: object) => judgeAnswer({ kind: 'runs', query: 'T' }, answer).verdict;
  expect(verdict(inOrder)).toBe('passed');
  expect(verdict({ error: new CliError('unsupported', 'No.') })).toBe('refused');
  expect(verdict({ error: new RangeError('Too deep.') })).toBe('crashed');
});

test('times are compared to the tick, reals to nine digits', () => {
  const expected = {
    columns: [
      { name: 't', class: 'datetime' },
      { name: 'r', class: 'real' },
    ],
    rows: [['1970-01-01T00:00:00.0000001Z', 0.3]],
    rowCount: 1,
    complete: true,
  };
  const columns = [
    { name: 't', type: 'datetime' },
    { name: 'r', type: 'real' },
  ];
  const epoch = 621_355_968_000_000_000n;
  const answer = (ticks: bigint, real: number) => ({ columns, rows: [[ticks, real]] });
  expect(judge('T', answer(epoch + 1n, 0.1 + 0.2), expected)).toBe('passed');
  expect(judge('T', answer(epoch, 0.3), expected)).toBe('wrong');
  expect(judge('T', answer(epoch + 1n, 0.300001), expected)).toBe('wrong');
});
