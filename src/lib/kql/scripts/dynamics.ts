import { isArray, type Json, parseJson, printJson } from './json.js';
import { type Script, script } from './script.js';

/** Bags with their members in the order of the names. */
function sorted(json: Json): Json {
  if (typeof json === 'string') return json;
  if (isArray(json)) return json.map(sorted);
  const members = [...json].map(([name, value]) => [name, sorted(value)] as const);
  return new Map(members.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)));
}

/** A path to every member, of all elements of an array one. */
function paths(json: Json, base: string): readonly string[] {
  if (typeof json === 'string') return [];
  const below = isArray(json)
    ? json.flatMap((item) => [`${base}[0]`, ...paths(item, `${base}[0]`)])
    : [...json].flatMap(([name, value]) => {
        const path = `${base}['${name}']`;
        return [path, ...paths(value, path)];
      });
  return [...new Set(below)];
}

/** A step of `$.a['b'].c`; undefined for what is no such path. */
function steps(path: string): readonly string[] | undefined {
  const found = [...path.matchAll(/\.([^.['"\]]+)|\['([^']*)'\]|\["([^"]*)"\]/g)];
  if (found.map(([text]) => text).join('') !== path.slice(1)) return undefined;
  return found.map(([, plain, single, double]) => plain ?? single ?? double ?? '');
}

function without(json: Json, [name, ...rest]: readonly string[]): Json {
  if (name === undefined || typeof json === 'string' || isArray(json)) return json;
  const kept = [...json].filter(([key]) => key !== name || rest.length > 0);
  return new Map(kept.map(([key, value]) => [key, key === name ? without(value, rest) : value]));
}

/** The bag without some members, each named or given by a path from `$`. */
function removeKeys(bag: string, keys: string): string | null {
  const [json, names] = [parseJson(bag), parseJson(keys)];
  if (typeof json === 'string' || isArray(json) || !isArray(names)) return null;
  const left = names.reduce<Json>((rest, name) => {
    const key: unknown = JSON.parse(printJson(name));
    if (typeof key !== 'string') return rest;
    return without(rest, wayTo(key));
  }, json);
  return printJson(left);
}

/** The way to a member: a path from `$`, or its name. */
function wayTo(key: string): readonly string[] {
  return (key.startsWith('$') ? steps(key) : undefined) ?? [key];
}

/** The bag with another value at the end of the way; bags that are missing there, or are none, are made. */
function withValue(json: Json | undefined, [name, ...rest]: readonly string[], value: Json): Json {
  if (name === undefined) return value;
  const members = json === undefined || typeof json === 'string' || isArray(json) ? [] : [...json];
  const own = members.find(([key]) => key === name)?.[1];
  return new Map([...members, [name, withValue(own, rest, value)]]);
}

function setKey(bag: string, key: string, value: string): string | null {
  const json = parseJson(bag);
  if (typeof json === 'string' || isArray(json)) return null;
  return printJson(withValue(json, wayTo(key), parseJson(value)));
}

function hasKey(bag: string, key: string): boolean {
  const found = wayTo(key).reduce<Json | undefined>(
    (json, name) =>
      json === undefined || typeof json === 'string' || isArray(json) ? undefined : json.get(name),
    parseJson(bag),
  );
  return found !== undefined;
}

/** Names from one array, values from another; a name without a value has null. */
function zip(keys: string, values: string): string | null {
  const [names, items] = [parseJson(keys), parseJson(values)];
  if (!isArray(names) || !isArray(items)) return null;
  const pairs = names.flatMap((name, index): (readonly [string, Json])[] => {
    const key: unknown = JSON.parse(printJson(name));
    return typeof key === 'string' ? [[key, items[index] ?? 'null']] : [];
  });
  return printJson(new Map(pairs));
}

/** Texts replaced by others: first all places of the first text, then of the next in what is left between. */
function replaceAll(text: string, lookups: string, rewrites: string): string | null {
  const [wanted, given]: readonly unknown[] = [JSON.parse(lookups), JSON.parse(rewrites)];
  if (!Array.isArray(wanted) || !Array.isArray(given)) return null;
  const pieces = wanted.reduce<readonly Piece[]>(
    (pieces, from: unknown, index) => {
      if (typeof from !== 'string' || from === '') return pieces;
      const to: unknown = given[index];
      const done: Piece = { text: typeof to === 'string' ? to : from, isDone: true };
      return pieces.flatMap((piece) => {
        if (piece.isDone) return [piece];
        const parts = piece.text.split(from).map((part): Piece => ({ text: part, isDone: false }));
        return parts.flatMap((part, at) => (at === 0 ? [part] : [done, part]));
      });
    },
    [{ text, isDone: false }],
  );
  return pieces.map((piece) => piece.text).join('');
}

interface Piece {
  readonly text: string;
  /** Nothing more is replaced in it. */
  readonly isDone: boolean;
}

export const DYNAMICS: Readonly<Record<string, Script>> = {
  bag_has_key: script(['dynamic', 'string'], 'bool', hasKey),
  bag_remove_keys: script(['dynamic', 'dynamic'], 'dynamic', removeKeys),
  bag_set_key: script(['dynamic', 'string', 'dynamic'], 'dynamic', setKey),
  bag_zip: script(['dynamic', 'dynamic'], 'dynamic', zip),
  dynamic_to_json: script(['dynamic'], 'string', (json) => printJson(sorted(parseJson(json)))),
  replace_strings: script(['string', 'dynamic', 'dynamic'], 'string', replaceAll),
  treepath: script(['dynamic'], 'dynamic', (json) => JSON.stringify(paths(parseJson(json), ''))),
};
