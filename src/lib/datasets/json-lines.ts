import { ask } from '../duckdb/ask.js';
import { quotePaths, quoteText } from '../duckdb/quote.js';
import { isTimeMark } from '../model/time-marks.js';
import { type Gathered, gatherFiles } from './gather-files.js';
import { LINE_LIMITS } from './line-limits.js';
import { placesOfTime } from './marks.js';
import { keepRejected, keepUnfit, type Rejected, traceRejected } from './rejected.js';
import { type OwnSheet, ofSheets, type Source, type SourceColumn } from './source.js';
import { JSON_TEXT, type TextType, typesOfTexts, type Writing } from './text-types.js';
import { inSheets, type Kept, keep, type Workshop } from './workshop.js';

/** How the lines of files hold rows. */
export interface LineRows {
  readonly files: readonly string[];
  /**
   * SQL, as it stands behind FROM, given that which reads the lines: all columns of those, `item`, a row as JSON of an
   * object or an array, and `reason`, why there is none in that line; or else null.
   */
  readonly items: (lines: string) => string;
  /** What the lines tell, not the rows in them. */
  readonly marks: readonly Mark[];
  readonly roleOf: (name: string) => SourceColumn['role'];
  /** SQL of the order of the rows where they do not come in it. */
  readonly order?: string | undefined;
}

/** A column behind the members. One that no row has a value of is left out if it `mayLack`. */
export interface Mark {
  readonly name: string;
  /** SQL of its text in `items`. */
  readonly sql: string;
  readonly writing: Writing;
  readonly mayLack: boolean;
}

/** SQL that reads text files line by line: `line`, null for an empty one, and `filename`. */
export function readLines(files: readonly string[], options = 'ignore_errors = true'): string {
  return `read_csv(${quotePaths(files)}, auto_detect = false, header = false, delim = '', quote = '', escape = '',
    columns = {'line': 'VARCHAR'}, strict_mode = false, filename = true, ${LINE_LIMITS},
    hive_partitioning = false, ${options})`;
}

/** Why a line is no row whose data is in a file that is not here. */
export const ELSEWHERE = 'its data is in another file';

/** Lines and files that are looked at first, for the names in their rows. */
const FIRST = { lines: 1000, files: 20 };

/**
 * Rows in lines of JSON, their members as columns in the order of first sight; elements of an array are `c0`, `c1` and so
 * on. The lines are read once, and once more if later rows have other members, or if a line is no row.
 */
export async function openLines(rows: LineRows, workshop: Workshop): Promise<Source> {
  const gathered = await gatherFiles(rows.files, workshop);
  try {
    return await openGathered({ ...rows, ...gathered }, workshop);
  } finally {
    await gathered.remove();
  }
}

type GatheredRows = LineRows & Pick<Gathered, 'origins'>;

async function openGathered(rows: GatheredRows, workshop: Workshop): Promise<Source> {
  const { connection } = workshop;
  const first = rows.items(
    `(SELECT * FROM ${readLines(rows.files.slice(0, FIRST.files))} LIMIT ${FIRST.lines})`,
  );
  const seen = await ask(
    connection,
    `SELECT k FROM (SELECT ${keysOf('item')} AS k FROM ${first} WHERE item IS NOT NULL)`,
  );
  let names = [...new Set(seen.flatMap(({ k }) => (Array.isArray(k) ? k.map(String) : [])))];
  let items = await keepItems(rows, names, workshop);
  const later = await namesLeftOut(items.sheets[0], workshop);
  if (later.some((name) => !names.includes(name))) {
    names = [...new Set([...names, ...later])];
    items = await keepItems(rows, names, workshop);
  }
  return toSource(rows, names, items, workshop);
}

/** Members of all rows by their places: `t0`, `t1`, …; and what tells their time. */
interface KeptSheet extends Kept {
  readonly places: readonly number[];
}

interface Items {
  /** The first has `filename` too, and in `others` the names of a row that has more; the last all marks, `m0`, `m1`, …. */
  readonly sheets: readonly [KeptSheet, ...KeptSheet[]];
  readonly unreadable: Rejected;
}

/** Reads the lines, once for each sheet. */
async function keepItems(
  rows: LineRows,
  names: readonly string[],
  workshop: Workshop,
): Promise<Items> {
  const [places = [], ...others] = inSheets([...names.keys()]);
  const whole = { isFirst: true, isLast: others.length === 0, names };
  const first = await keepSheet(rows, places, whole, workshop);
  const unreadable = await keepRejected(workshop);
  const beside: KeptSheet[] = [];
  for (const [at, some] of others.entries()) {
    const isLast = at === others.length - 1;
    beside.push(await keepSheet(rows, some, { isFirst: false, isLast, names }, workshop));
  }
  return { sheets: [first, ...beside], unreadable };
}

interface SheetOptions {
  readonly names: readonly string[];
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

async function keepSheet(
  { files, items, marks, order }: LineRows,
  places: readonly number[],
  { names, isFirst, isLast }: SheetOptions,
  workshop: Workshop,
): Promise<KeptSheet> {
  const own = [...new Set([...places, ...placesOfTime(names)])];
  // Whether a row has more names than these is seen where it is asked for all of them.
  const asked = isFirst ? [...names.keys()] : own;
  const values = own.map(
    (place) => `nullif(CAST(v[${asked.indexOf(place) + 1}] AS VARCHAR), 'null') AS t${place}`,
  );
  const told = marks.flatMap(({ name, sql }, at) =>
    isLast || isTimeMark(name) ? [`${sql} AS m${at}`] : [],
  );
  const known = asked.flatMap((place) => names.slice(place, place + 1));
  const whole = ['filename', 'CASE WHEN len(k) > list_count(v) THEN k END AS others'];
  const kept = await keep(workshop, {
    values: [...values, ...told, 'reason', ...(isFirst ? whole : [])],
    from: `(SELECT *, ${keysOf('item')} AS k, ${valuesOf('item', known)} AS v
      FROM ${items(readLines(files, isFirst ? 'store_rejects = true' : undefined))})${order === undefined ? '' : ` ORDER BY ${order}`}`,
  });
  return { ...kept, places };
}

/** SQL of the names that a row has. */
function keysOf(item: string): string {
  return `CASE WHEN starts_with(${item}, '[') THEN list_transform(range(CAST(json_array_length(${item}) AS BIGINT)), lambda i: 'c' || i)
    ELSE json_keys(${item}) END`;
}

/** SQL of the values of names in a row, as JSON; null for one that it has not. */
function valuesOf(item: string, names: readonly string[]): string {
  if (names.length === 0) return 'CAST([] AS JSON[])';
  const members = names.map((name) => name.replaceAll('~', '~0').replaceAll('/', '~1'));
  const places = names.map((name) => /^c(0|[1-9]\d*)$/.exec(name)?.[1] ?? '-');
  const inObject = `json_extract(${item}, [${members.map((path) => quoteText(`/${path}`)).join(', ')}])`;
  if (places.every((place) => place === '-')) return inObject;
  const inArray = `json_extract(${item}, [${places.map((path) => quoteText(`/${path}`)).join(', ')}])`;
  return `CASE WHEN starts_with(${item}, '[') THEN ${inArray} ELSE ${inObject} END`;
}

/** Of the rows with more names than were asked for all names, in the order of first sight. */
async function namesLeftOut({ path }: Kept, { connection }: Workshop): Promise<readonly string[]> {
  const found = await ask(
    connection,
    `SELECT k FROM (SELECT unnest(others) AS k, generate_subscripts(others, 1) AS i, file_row_number AS n
       FROM read_parquet(${quotePaths([path])}, file_row_number = true) WHERE others IS NOT NULL)
     GROUP BY k ORDER BY min(n * 100000 + i)`,
  );
  return found.map(({ k }) => String(k));
}

async function toSource(
  rows: GatheredRows,
  names: readonly string[],
  { sheets, unreadable }: Items,
  workshop: Workshop,
): Promise<Source> {
  const { connection } = workshop;
  const [kept] = sheets;
  const [counted = {}] = await ask(
    connection,
    `SELECT count(reason) AS "unfit", count(*) FILTER (reason = ${quoteText(ELSEWHERE)}) AS "unresolved",
       count(others) FILTER (reason IS NULL) AS "twice" FROM ${kept.from}`,
  );
  const unfit = Number(counted.unfit);
  const typed: OwnSheet[] = [];
  for (const { from, places } of sheets) {
    const fit = unfit > 0 ? `(SELECT * FROM ${from} WHERE reason IS NULL)` : from;
    const texts = places.map((at) => `t${at}`);
    const types = await typesOfTexts(connection, fit, texts, JSON_TEXT);
    const columns = places.map((at, index) => {
      const name = names[at] ?? '';
      const column = { name, role: rows.roleOf(name) } as const;
      return toColumn(column, `t${at}`, types[index] ?? JSON_TEXT.otherwise);
    });
    typed.push({ from: fit, columns, own: texts });
  }
  const last = typed.pop() ?? { from: kept.from, columns: [], own: [] };
  const marks = await marksIn(last.from, rows.marks, names, workshop);
  typed.push({
    ...last,
    columns: [...last.columns, ...marks.map(({ column }) => column)],
    own: [...last.own, ...marks.map(({ text }) => text)],
  });
  const twice = Number(counted.twice);
  const found = await keepUnfit(workshop, { ...rows, kept, unfit, unreadable, readLines });
  const rejected = await traceRejected(workshop, found, rows.origins);
  return {
    ...ofSheets(typed),
    counts: {
      rows: kept.count - unfit,
      rejected: rejected.count,
      unresolved: Number(counted.unresolved),
    },
    notes: twice > 0 ? [`${rowsHave(twice)} a name twice: its first value is taken.`] : [],
    isTyped: false,
    rejected: rejected.sql,
  };
}

/** The marks that rows have, and where their texts are. */
async function marksIn(
  from: string,
  marks: readonly Mark[],
  names: readonly string[],
  { connection }: Workshop,
): Promise<readonly { readonly text: string; readonly column: SourceColumn }[]> {
  if (marks.length === 0) return [];
  const [present = {}] = await ask(
    connection,
    `SELECT ${marks.map((_, at) => `count(m${at}) AS m${at}`).join(', ')} FROM ${from}`,
  );
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const found: { readonly text: string; readonly column: SourceColumn }[] = [];
  for (const [at, { name, writing, mayLack }] of marks.entries()) {
    const text = `m${at}`;
    if (mayLack && Number(present[text]) === 0) continue;
    const [type = writing.otherwise] = await typesOfTexts(connection, from, [text], writing);
    found.push({ text, column: toColumn({ name: free(name, taken), role: 'mark' }, text, type) });
  }
  return found;
}

function toColumn(
  column: Pick<SourceColumn, 'name' | 'role'>,
  text: string,
  { type, stored, value }: TextType,
): SourceColumn {
  return { ...column, type, stored, sql: value(text) };
}

/** The features have their names first. */
function free(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name.toLowerCase()) ? free(`${name}_`, taken) : name;
}

function rowsHave(count: number): string {
  return count === 1 ? '1 row has' : `${count} rows have`;
}
