import { ask, type Connection } from '../duckdb/ask.js';
import type { KustoType } from '../model/table.js';
import { inSheets } from './workshop.js';

/** What a column of texts holds: its type, and SQL that makes the value of a text. */
export interface TextType {
  readonly type: KustoType;
  readonly stored: string;
  readonly value: (x: string) => string;
}

interface Test extends TextType {
  /** SQL: whether a text is of the type, no more and no less. */
  readonly fits: (x: string) => string;
}

/** How values are written. */
export interface Writing {
  /** The strictest first; all texts of a column have to pass. */
  readonly tests: readonly Test[];
  /** What passes none. */
  readonly otherwise: TextType;
}

/** 00123 is no number, but the name of something. `'0:'` is what follows `'09'` in the order of texts. */
const noLeadingZero = (x: string) =>
  `(${x} < '00' OR ${x} >= '0:') AND (${x} < '-00' OR ${x} >= '-0:')`;

/** SQL casts 12_34 and texts with blanks around a number to numbers, but they are names of something. */
const isBare = (x: string) => `NOT contains(${x}, '_') AND trim(${x}) = ${x}`;

/** SQL of the number that a text is, as a double; null for any other text. */
export function numberIn(x: string): string {
  return `CASE WHEN ${isBare(x)} THEN TRY_CAST(${x} AS DOUBLE) END`;
}

/** A double has 15 digits for sure and 17 at the most; a whole number must not lose its last ones. */
const asPrecise = (x: string) =>
  `CASE WHEN strlen(${x}) <= 15 OR (strlen(${x}) <= 19 AND contains(${x}, '.')) THEN true
    WHEN regexp_full_match(${x}, '-?\\d+') THEN TRY_CAST(${x} AS HUGEINT) BETWEEN -9007199254740992 AND 9007199254740992
    ELSE length(regexp_replace(${x}, '^-?0*[.]?0*|[.]|[eE].*', '', 'g')) <= 17 END`;

const ISO_TIME =
  '\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}([.]\\d{1,9})?)?(Z|[+-]\\d{2}:?\\d{2})?)?';
/** SQL of the time that a text is, null where it is none. */
export const toTimestamp = (x: string) => `CAST(TRY_CAST(${x} AS TIMESTAMPTZ) AS TIMESTAMP)`;
const isTime = (x: string) =>
  `regexp_full_match(${x}, '${ISO_TIME}') AND ${toTimestamp(x)} IS NOT NULL`;

function test(
  type: KustoType,
  stored: string,
  fits: (x: string) => string,
  value = (x: string) => `TRY_CAST(${x} AS ${stored})`,
): Test {
  return { type, stored, value, fits };
}

const NUMBERS: readonly Test[] = [
  test(
    'long',
    'BIGINT',
    (x) => `CAST(TRY_CAST(${x} AS BIGINT) AS VARCHAR) IS NOT DISTINCT FROM ${x}`,
  ),
  test(
    'real',
    'DOUBLE',
    (x) => `${numberIn(x)} IS NOT NULL AND ${noLeadingZero(x)} AND ${asPrecise(x)}`,
  ),
  test('decimal', 'DECIMAL(38,0)', (x) => `regexp_full_match(${x}, '-?(0|[1-9]\\d{0,37})')`),
  test(
    'decimal',
    'DECIMAL(38,18)',
    (x) => `regexp_full_match(${x}, '-?(0|[1-9]\\d{0,19})([.]\\d{1,18})?')`,
  ),
];

/** Values as CSV has them: bare texts. A number or a time that is the empty text is none. */
export const BARE: Writing = {
  tests: [
    test('bool', 'BOOLEAN', (x) => `lower(${x}) IN ('true', 'false')`),
    ...NUMBERS,
    test('datetime', 'TIMESTAMP', isTime, toTimestamp),
  ].map((one) => ({ ...one, value: (x: string) => one.value(`nullif(${x}, '')`) })),
  otherwise: { type: 'string', stored: 'VARCHAR', value: (x) => x },
};

/** Texts as they are, of which only times are more than that. */
export const TIME: Writing = {
  tests: BARE.tests.filter(({ type }) => type === 'datetime'),
  otherwise: BARE.otherwise,
};
export const TEXT: Writing = { tests: [], otherwise: BARE.otherwise };
/** Whole numbers that are never anything else. */
export const COUNT: Writing = {
  tests: [],
  otherwise: { type: 'long', stored: 'BIGINT', value: (x) => x },
};

/** What is between the quotes of a JSON text. */
const unquoted = (x: string) =>
  `CASE WHEN contains(${x}, '\\') THEN json_extract_string(${x}, '$') ELSE trim(${x}, '"') END`;
const inQuotes = (x: string) => `starts_with(${x}, '"')`;

/** Values as JSON: texts are in quotes; of those only times are more than that. */
export const JSON_TEXT: Writing = {
  tests: [
    test('bool', 'BOOLEAN', (x) => `${x} IN ('true', 'false')`),
    ...NUMBERS,
    test(
      'datetime',
      'TIMESTAMP',
      (x) => `${inQuotes(x)} AND ${isTime(`trim(${x}, '"')`)}`,
      (x) => toTimestamp(`trim(${x}, '"')`),
    ),
    test('string', 'VARCHAR', inQuotes, unquoted),
  ],
  otherwise: { type: 'dynamic', stored: 'VARCHAR', value: (x) => x },
};

const NOTHING: TextType = { type: 'string', stored: 'VARCHAR', value: (x) => x };

/** Texts that are looked at first: what does not hold for them need not be asked of all. */
const SAMPLE = { texts: 40_000, rows: 2000 };

interface Asked {
  readonly x: string;
  /** The strictest first; what is left to be asked of all texts. */
  readonly tests: readonly Test[];
}

/**
 * The types of columns of texts: the first that all of a column's texts are of. Without any text it is a string.
 *
 * @param from rows, as they stand behind FROM, which are read several times; @param columns their columns in SQL
 */
export async function typesOfTexts(
  connection: Connection,
  from: string,
  columns: readonly string[],
  writing: Writing,
): Promise<readonly TextType[]> {
  const types: TextType[] = [];
  for (const some of inSheets(columns)) {
    types.push(...(await typesOfSome(connection, from, some, writing)));
  }
  return types;
}

async function typesOfSome(
  connection: Connection,
  from: string,
  columns: readonly string[],
  { tests, otherwise }: Writing,
): Promise<readonly TextType[]> {
  if (tests.length === 0) return columns.map(() => otherwise);
  const types = columns.map(() => otherwise);
  let left = await promising(connection, from, columns, tests);
  while (left.some((one) => one.tests.length > 0)) {
    const answers = await passing(connection, from, left);
    left = left.map(({ x, tests: [first, ...others] }, at) => {
      const passes = answers[at];
      if (first && passes !== false) types[at] = passes === null ? NOTHING : first;
      return { x, tests: passes === false ? others : [] };
    });
  }
  return types;
}

/**
 * The tests that the first texts of each column pass. Its texts stand one below the other, so that there is one set of
 * tests whatever the number of columns: DuckDB takes gigabytes for thousands of patterns.
 */
async function promising(
  connection: Connection,
  from: string,
  columns: readonly string[],
  tests: readonly Test[],
): Promise<readonly Asked[]> {
  const rows = Math.min(SAMPLE.rows, Math.ceil(SAMPLE.texts / columns.length));
  const answers = await ask(
    connection,
    `SELECT c, ${tests.map(({ fits }, at) => `bool_and(coalesce(${fits('x')}, false)) AS "${at}"`).join(', ')}
     FROM (SELECT unnest(range(${columns.length})) AS c, unnest([${columns.join(', ')}]) AS x
       FROM (SELECT * FROM ${from} LIMIT ${rows})) WHERE x <> '' GROUP BY c`,
  );
  const found = new Map(answers.map((answer) => [Number(answer.c), answer]));
  return columns.map((x, column) => ({
    x,
    tests: tests.filter((_, at) => found.get(column)?.[at] !== false),
  }));
}

/** Whether all texts of each column pass its first test: null without any text, undefined without a test. */
async function passing(
  connection: Connection,
  from: string,
  asked: readonly Asked[],
): Promise<readonly (boolean | null | undefined)[]> {
  const questions = asked.flatMap(({ x, tests: [first] }, column) =>
    first ? [`bool_and(coalesce(${first.fits(x)}, false)) FILTER (${x} <> '') AS "${column}"`] : [],
  );
  const [answer = {}] = await ask(connection, `SELECT ${questions.join(', ')} FROM ${from}`);
  return asked.map((_, column) => {
    const passes = answer[column];
    return passes === null || typeof passes === 'boolean' ? passes : undefined;
  });
}
