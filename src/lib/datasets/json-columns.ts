import { ask, type Connection } from '../duckdb/ask.js';
import { quoteText } from '../duckdb/quote.js';
import type { KustoType } from '../model/table.js';
import { roleOf } from './marks.js';
import type { SourceColumn } from './source.js';
import { STRING, TESTS_OF_JSON, type TextType, typesOfTexts } from './text-types.js';

/** Columns of JSON values, and where they are read from. */
export interface JsonColumns {
  readonly columns: readonly SourceColumn[];
  /** Stands behind FROM: all columns of the source, and the members as lists. */
  readonly from: string;
}

/** Kinds of values as DuckDB names them: NULL, BOOLEAN, BIGINT, UBIGINT, DOUBLE, VARCHAR; anything else is JSON. */
type Kinds = ReadonlySet<string>;

/**
 * The members of JSON objects as columns, in the order of first sight. A member with values of several kinds, or with
 * objects or arrays, is dynamic.
 *
 * @param from rows with a column, `item`, that is JSON of an object
 */
export async function columnsOfJson(
  connection: Connection,
  from: string,
  item: string,
): Promise<JsonColumns> {
  const { members, hasLongNumbers } = await lookAt(connection, from, item);
  const names = [...members.keys()];
  const kinds = names.map((name) => kindOf(members.get(name) ?? new Set()));
  const isText = (index: number) => kinds[index] !== 'json';
  const [texts, values] = [
    names.filter((_, at) => isText(at)),
    names.filter((_, at) => !isText(at)),
  ];
  const lists = [
    ...(texts.length > 0 ? [`json_extract_string(${item}, ${pointers(texts)}) AS texts`] : []),
    ...(values.length > 0 ? [`json_extract(${item}, ${pointers(values)}) AS vals`] : []),
  ];
  const extracted = `(SELECT ${['*', ...lists].join(', ')} FROM ${from})`;
  const places = names.map((name, at) =>
    isText(at) ? `texts[${texts.indexOf(name) + 1}]` : `vals[${values.indexOf(name) + 1}]`,
  );
  const tested = kinds.map((kind) => kind === 'text' || (kind === 'number' && hasLongNumbers));
  const found = await typesOfTexts(connection, extracted, places, (at) => {
    const kind = kinds[at];
    return tested[at] && (kind === 'text' || kind === 'number') ? TESTS_OF_JSON[kind] : [];
  });
  const columns = names.map((name, at): SourceColumn => {
    const [x = '', kind = 'json', type = STRING] = [places[at], kinds[at], found[at]];
    const of = members.get(name) ?? new Set();
    const { type: kusto, stored, value } = typeOf(kind, of, tested[at] ? type : undefined);
    return { name, type: kusto, role: roleOf(name), stored, sql: value(x) };
  });
  return { columns, from: extracted };
}

type Kind = 'bool' | 'number' | 'text' | 'json';
const NUMBERS = ['BIGINT', 'UBIGINT', 'DOUBLE'];

function kindOf(kinds: Kinds): Kind {
  const found = [...kinds].filter((kind) => kind !== 'NULL');
  if (found.every((kind) => kind === 'VARCHAR')) return 'text';
  if (found.every((kind) => kind === 'BOOLEAN')) return 'bool';
  return found.every((kind) => NUMBERS.includes(kind)) ? 'number' : 'json';
}

const DYNAMIC: TextType = {
  type: 'dynamic',
  stored: 'VARCHAR',
  value: (x) => `CAST(${x} AS VARCHAR)`,
};

/** @param tested what the texts of the column were found to be */
function typeOf(kind: Kind, kinds: Kinds, tested: TextType | undefined): TextType {
  switch (kind) {
    case 'text':
      return tested ?? STRING;
    case 'bool':
      return cast('bool', 'BOOLEAN');
    case 'number':
      // A number that no type has room for stays the JSON that it is.
      if (tested) return tested.type === 'string' ? { ...DYNAMIC, value: (x) => x } : tested;
      return kinds.has('DOUBLE') ? cast('real', 'DOUBLE') : cast('long', 'BIGINT');
    case 'json':
      return DYNAMIC;
  }
}

function cast(type: KustoType, stored: string): TextType {
  return { type, stored, value: (x) => `CAST(${x} AS ${stored})` };
}

/** JSON Pointers, which any name can be written as. */
function pointers(names: readonly string[]): string {
  const paths = names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return `[${paths.map(quoteText).join(', ')}]`;
}

/** Rows whose members come first, in their order; those that only later ones have follow. */
const FIRST = 1000;

interface Look {
  readonly members: ReadonlyMap<string, Kinds>;
  /** There may be whole numbers that a double does not hold. */
  readonly hasLongNumbers: boolean;
}

async function lookAt(connection: Connection, from: string, item: string): Promise<Look> {
  const structure = `json_structure(${item}) AS s, regexp_matches(${item}, '[^0-9.][0-9]{16}') AS l`;
  const first = await ask(
    connection,
    `SELECT s FROM (SELECT ${structure} FROM ${from} LIMIT ${FIRST})`,
  );
  const all = await ask(
    connection,
    `SELECT s, bool_or(l) AS l FROM (SELECT ${structure} FROM ${from}) GROUP BY s ORDER BY s`,
  );
  const members = new Map<string, Set<string>>();
  for (const { s } of [...first, ...all]) {
    for (const [name, kind] of Object.entries(parsed(s))) {
      const kinds = members.get(name) ?? new Set();
      kinds.add(typeof kind === 'string' ? kind : 'JSON');
      members.set(name, kinds);
    }
  }
  return { members, hasLongNumbers: all.some(({ l }) => l === true) };
}

function parsed(structure: unknown): object {
  const value: unknown = typeof structure === 'string' ? JSON.parse(structure) : structure;
  return typeof value === 'object' && value !== null ? value : {};
}
