import { findNodeAtLocation, type JSONPath, type Node, parseTree } from 'jsonc-parser';

/*
 * Edits of JSON text that leave every other character as it was sent: unknown members, their order,
 * the digits of numbers. All of them expect text that JSON.parse accepts.
 */

interface Splice {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** The text of a member as it stands, undefined if there is none. */
export function memberText(text: string, path: JSONPath): string | undefined {
  const node = nodeAt(parseTree(text), path);
  return node && textOf(text, node);
}

/** The members of an object in their order, each as it stands; empty for anything else. */
export function memberTexts(text: string, path: JSONPath = []): [name: string, text: string][] {
  const object = path.length === 0 ? text : memberText(text, path);
  return object === undefined ? [] : splitObject(object);
}

/** As `memberTexts`, in one pass and without a tree: the whole state is read this way. */
function splitObject(text: string): [name: string, text: string][] {
  const members: [string, string][] = [];
  let at = skipSpace(text, 0);
  if (text[at] !== '{') return members;
  for (;;) {
    at = skipSpace(text, at + 1);
    if (text[at] !== '"') return members; // only of an empty object
    const nameEnd = valueEnd(text, at);
    const start = skipSpace(text, skipSpace(text, nameEnd) + 1);
    const end = valueEnd(text, start);
    members.push([JSON.parse(text.slice(at, nameEnd)), text.slice(start, end)]);
    at = skipSpace(text, end);
    if (text[at] !== ',') return members;
  }
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t' || text[at] === '\r') at++;
  return at;
}

/** The offset behind the value that starts at `start`. By character codes: megabytes pass here. */
function valueEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = stringEnd(text, at) - 1;
        if (depth === 0) return at + 1;
        break;
      case 0x7b: // {
      case 0x5b: // [
        depth++;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        if (depth === 0) return trimEnd(text, start, at);
        if (--depth === 0) return at + 1;
        break;
      case 0x2c: // ,
        if (depth === 0) return trimEnd(text, start, at);
    }
  }
  return text.length;
}

function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

function trimEnd(text: string, start: number, end: number): number {
  return start + text.slice(start, end).trimEnd().length;
}

/** Replaces a member by JSON text, or appends it to its object, which has to be there. */
export function setMember(text: string, path: JSONPath, valueText: string): string {
  const root = parseTree(text);
  const node = nodeAt(root, path);
  if (node) return splice(text, { offset: node.offset, length: node.length, text: valueText });
  const parent = nodeAt(root, path.slice(0, -1));
  if (parent?.type !== 'object') return text;
  const last = parent.children?.at(-1);
  const member = `${JSON.stringify(String(path.at(-1)))}:${valueText}`;
  return last
    ? splice(text, { offset: last.offset + last.length, length: 0, text: `,${member}` })
    : splice(text, { offset: parent.offset + 1, length: 0, text: member });
}

/** Puts members before all others. They must not be there yet. */
export function prependMembers(
  text: string,
  path: JSONPath,
  members: Readonly<Record<string, string>>,
) {
  const object = nodeAt(parseTree(text), path);
  if (object?.type !== 'object') return text;
  const list = Object.entries(members).map(([name, value]) => `${JSON.stringify(name)}:${value}`);
  const comma = object.children?.length ? ',' : '';
  return splice(text, { offset: object.offset + 1, length: 0, text: list.join(',') + comma });
}

/** Takes a member away together with the comma and space that parted it from its neighbour. */
export function removeMember(text: string, path: JSONPath): string {
  const property = nodeAt(parseTree(text), path)?.parent;
  const siblings = property?.parent?.children;
  if (!property || !siblings) return text;
  const at = siblings.indexOf(property);
  const [before, after] = [siblings[at - 1], siblings[at + 1]];
  const start = before && !after ? before.offset + before.length : property.offset;
  const end = after ? after.offset : property.offset + property.length;
  return splice(text, { offset: start, length: end - start, text: '' });
}

function nodeAt(root: Node | undefined, path: JSONPath): Node | undefined {
  return root && findNodeAtLocation(root, path);
}

function textOf(text: string, node: Node): string {
  return text.slice(node.offset, node.offset + node.length);
}

function splice(text: string, edit: Splice): string {
  return text.slice(0, edit.offset) + edit.text + text.slice(edit.offset + edit.length);
}
