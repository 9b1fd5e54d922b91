import { isArray, type Json, parseJson, printJson } from './json.js';
import { type Script, script } from './script.js';

/** How Kusto names what is in an array. */
const INDEXER = '`indexer`';

/**
 * The least schema that admits all values: names of types, and containers with the schemas of what is in them;
 * an array of these where there are several.
 */
function schemaOf(values: readonly Json[]): Json {
  const found = new Set<string>();
  const members = new Map<string, Json[]>();
  for (const value of values) {
    if (typeof value === 'string') {
      if (value !== 'null') found.add(`"${typeOf(value)}"`);
      continue;
    }
    found.add('{');
    const inside = isArray(value) ? value.map((item) => [INDEXER, item] as const) : value;
    for (const [name, item] of inside) members.set(name, [...(members.get(name) ?? []), item]);
  }
  const types = [...found].map((type) => (type === '{' ? container(members) : type));
  const [only] = types;
  return types.length === 1 && only !== undefined ? only : types;
}

function container(members: ReadonlyMap<string, readonly Json[]>): Json {
  return new Map([...members].map(([name, values]) => [name, schemaOf(values)]));
}

function typeOf(text: string): string {
  if (text.startsWith('"')) return 'string';
  if (text === 'true' || text === 'false') return 'bool';
  return /[.eE]/.test(text) ? 'double' : 'long';
}

export const SCHEMAS: Readonly<Record<string, Script>> = {
  buildschema: script(['dynamic'], 'dynamic', (values) => {
    const json = parseJson(values);
    return isArray(json) ? printJson(schemaOf(json)) : null;
  }),
};
