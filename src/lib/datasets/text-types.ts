import { ask, type Connection } from '../duckdb/ask.js';
import type { KustoType } from '../model/table.js';

/** What a column of texts holds: its type, and SQL that makes the value of a text. */
export interface TextType {
  readonly type: KustoType;
  readonly stored: string;
  readonly value: (x: string) => string;
}

export interface Test extends TextType {
  /** SQL: whether a text that is not empty is of the type, no more and no less. */
  readonly fits: (x: string) => string;
}

export const STRING: TextType = { type: 'string', stored: 'VARCHAR', value: (x) => x };

/** 00123 is no number, but the name of something. `'0:'` is what follows `'09'` in the order of texts. */
const noLeadingZero = (x: string) =>
  `(${x} < '00' OR ${x} >= '0:') AND (${x} < '-00' OR ${x} >= '-0:')`;

/** A double has 15 digits for sure and 17 at the most; a whole number must not lose its last ones. */
const asPrecise = (x: string) =>
  `CASE WHEN length(${x}) <= 15 OR (length(${x}) <= 19 AND contains(${x}, '.')) THEN true
    WHEN regexp_full_match(${x}, '-?\\d+') THEN TRY_CAST(${x} AS HUGEINT) BETWEEN -9007199254740992 AND 9007199254740992
    ELSE length(regexp_replace(${x}, '^-?0*[.]?0*|[.]|[eE].*', '', 'g')) <= 17 END`;

const DECIMALS = (whole: number, rest: number) =>
  rest === 0
    ? `-?(0|[1-9]\\d{0,${whole - 1}})`
    : `-?(0|[1-9]\\d{0,${whole - 1}})([.]\\d{1,${rest}})?`;

const ISO_TIME =
  '\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}([.]\\d{1,6})?)?(Z|[+-]\\d{2}:?\\d{2})?)?';
const toTimestamp = (x: string) => `CAST(TRY_CAST(${x} AS TIMESTAMPTZ) AS TIMESTAMP)`;

function test(
  type: KustoType,
  stored: string,
  fits: (x: string) => string,
  value = (x: string) => `TRY_CAST(${x} AS ${stored})`,
): Test {
  return { type, stored, value, fits };
}

/** The strictest first; all texts of a column have to pass. */
const TESTS: readonly Test[] = [
  test('bool', 'BOOLEAN', (x) => `lower(${x}) IN ('true', 'false')`),
  test(
    'long',
    'BIGINT',
    (x) => `CAST(TRY_CAST(${x} AS BIGINT) AS VARCHAR) IS NOT DISTINCT FROM ${x}`,
  ),
  test(
    'real',
    'DOUBLE',
    (x) => `TRY_CAST(${x} AS DOUBLE) IS NOT NULL AND ${noLeadingZero(x)} AND ${asPrecise(x)}`,
  ),
  test('decimal', 'DECIMAL(38,0)', (x) => `regexp_full_match(${x}, '${DECIMALS(38, 0)}')`),
  test('decimal', 'DECIMAL(38,18)', (x) => `regexp_full_match(${x}, '${DECIMALS(20, 18)}')`),
  test(
    'datetime',
    'TIMESTAMP',
    (x) => `regexp_full_match(${x}, '${ISO_TIME}') AND ${toTimestamp(x)} IS NOT NULL`,
    toTimestamp,
  ),
];

/** Rows that are looked at first: what does not hold for them need not be asked of all. */
const SAMPLE = 2000;

/** In JSON numbers and truths tell themselves, times do not. */
export const TESTS_OF_JSON = {
  text: TESTS.filter(({ type }) => type === 'datetime'),
  number: TESTS.filter(({ type }) => type !== 'datetime' && type !== 'bool'),
} as const;

/**
 * The types of columns of texts: the first that all of a column's texts are of, in the whole of it; an empty one is of
 * any. Where no text fits a type, or there is none, it is a string.
 *
 * @param from rows, as they stand behind FROM; @param columns their columns in SQL
 */
export async function typesOfTexts(
  connection: Connection,
  from: string,
  columns: readonly string[],
  tests: (column: number) => readonly Test[] = () => TESTS,
): Promise<readonly TextType[]> {
  const all = columns.map((x, index) => ({ x, tests: tests(index) }));
  let left = await passing(connection, `(SELECT * FROM ${from} LIMIT ${SAMPLE})`, all, true);
  const types = columns.map((): TextType => STRING);
  const open = () => left.some(({ tests }) => tests.length > 0);
  while (open()) {
    const next = left.map(({ x, tests }) => ({ x, tests: tests.slice(0, 1) }));
    const passed = await passing(connection, from, next, false);
    left = left.map(({ x, tests }, index) => {
      const [type] = passed[index]?.tests ?? [];
      if (type) types[index] = type;
      return { x, tests: type ? [] : tests.slice(1) };
    });
  }
  return types.map((type) =>
    type === STRING ? type : { ...type, value: (x) => type.value(`nullif(${x}, '')`) },
  );
}

interface Asked {
  readonly x: string;
  readonly tests: readonly Test[];
}

/** Of the tests of each column those that all of its texts pass; without any text all, or none. */
async function passing(
  connection: Connection,
  from: string,
  asked: readonly Asked[],
  ifNoText: boolean,
): Promise<readonly Asked[]> {
  const questions = asked.flatMap(({ x, tests }, column) =>
    tests.map(
      ({ fits }, index) =>
        `coalesce(bool_and(${fits(x)}) FILTER (${x} <> ''), ${ifNoText}) AS "${column} ${index}"`,
    ),
  );
  if (questions.length === 0) return asked;
  const [answer = {}] = await ask(connection, `SELECT ${questions.join(', ')} FROM ${from}`);
  return asked.map(({ x, tests }, column) => ({
    x,
    tests: tests.filter((_, index) => answer[`${column} ${index}`] === true),
  }));
}
