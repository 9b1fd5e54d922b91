import { type Json, printJson } from './json.js';
import { type Script, script } from './script.js';

const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<![^>]*>|<\/([^\s>]+)\s*>|<([^\s/>]+)((?:\s+[^\s=>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|[^<]+/g;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

interface Element {
  readonly name: string;
  readonly members: [string, Json][];
  text: string;
}

/**
 * Elements become members: attributes with an `@`, text beside them as `#text`, several of one name an
 * array. Null of what is no XML.
 */
function parseXml(xml: string): string | null {
  const open: Element[] = [];
  let root: readonly [string, Json] | undefined;
  let at = 0;
  for (const match of xml.trim().matchAll(TOKEN)) {
    if (match.index !== at) return null;
    at += match[0].length;
    const [token, cdata, closed, opened, attributes = '', empty] = match;
    const parent = open.at(-1);
    if (opened !== undefined) {
      if (!parent && root) return null;
      open.push({ name: opened, members: readAttributes(attributes), text: '' });
    } else if (cdata !== undefined || !token.startsWith('<')) {
      if (parent) parent.text += cdata ?? decode(token);
      else if (token.trim() !== '') return null;
    }
    if (closed !== undefined && parent?.name !== closed) return null;
    if (closed === undefined && empty !== '/') continue;
    const element = open.pop();
    if (!element) return null;
    const member: [string, Json] = [element.name, toJson(element)];
    const outer = open.at(-1);
    if (outer) outer.members.push(member);
    else root = member;
  }
  if (at !== xml.trim().length || open.length > 0 || !root) return null;
  return printJson(new Map([root]));
}

function readAttributes(text: string): [string, Json][] {
  return [...text.matchAll(ATTRIBUTE)].map(([, name, double, single]) => [
    `@${name}`,
    JSON.stringify(decode(double ?? single ?? '')),
  ]);
}

function toJson({ members, text }: Element): Json {
  const own = text.trim();
  if (members.length === 0) return own === '' ? 'null' : scalar(own);
  const isAttribute = ([name]: readonly [string, Json]) => name.startsWith('@');
  const body: [string, Json][] = own === '' ? [] : [['#text', scalar(own)]];
  const all = [
    ...members.filter(isAttribute),
    ...body,
    ...members.filter((it) => !isAttribute(it)),
  ];
  const grouped = new Map<string, Json[]>();
  for (const [name, value] of all) grouped.set(name, [...(grouped.get(name) ?? []), value]);
  return new Map(
    [...grouped].map(([name, values]) => [
      name,
      values.length > 1 ? values : (values[0] ?? 'null'),
    ]),
  );
}

/** A text that JSON would read as a number is one, with its digits. */
function scalar(text: string): Json {
  return /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? text : JSON.stringify(text);
}

function decode(text: string): string {
  return text.replaceAll(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (entity, hex, decimal, name) => {
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
    if (hex || decimal) return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
    return ENTITIES[name] ?? entity;
  });
}

export const XML: Readonly<Record<string, Script>> = {
  parse_xml: script(['string'], 'dynamic', parseXml),
};
