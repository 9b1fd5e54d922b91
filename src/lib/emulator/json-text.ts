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
  const node = nodeAt(parseTree(text), path);
  if (node?.type !== 'object') return [];
  return (node.children ?? []).map((property): [string, string] => {
    const [key, value] = property.children ?? [];
    return [String(key?.value), value ? textOf(text, value) : 'null'];
  });
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
