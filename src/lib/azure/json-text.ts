import {
  applyEdits,
  findNodeAtLocation,
  type JSONPath,
  modify,
  type Node,
  type ParseError,
  parseTree,
} from 'jsonc-parser';
import { CliError } from '../errors.js';

/**
 * A JSON object as the text that Azure sent. Every change is an edit of the text, so that all that is not
 * changed stays as it was: unknown members, key order, the digits of numbers, the escapes of strings.
 */
export interface JsonText {
  readonly text: string;
  readonly root: Node;
  /** What it is, as errors name it: `the deployment`. */
  readonly what: string;
}

/** @throws {CliError} `service` if it is not a JSON object, or one whose members cannot be told apart */
export function readJsonText(text: string, what: string): JsonText {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  // The parser mends what it can; a text that it had to mend must not be sent back.
  if (root?.type !== 'object' || errors.length > 0) {
    throw new CliError('service', `Azure's answer for ${what} is not a JSON object.`);
  }
  const twice = findTwin(root);
  if (twice === undefined) return { text, root, what };
  // Which of the two counts is the reader's choice, and Azure's may not be ours.
  throw new CliError('service', `Azure's answer for ${what} has "${twice}" twice.`);
}

/** The name of a member that some object has twice. */
function findTwin({ type, children = [] }: Node): string | undefined {
  const names = new Set<unknown>();
  for (const child of children) {
    const name: unknown = child.children?.[0]?.value;
    if (type === 'object' && names.has(name)) return String(name);
    names.add(name);
    const below = findTwin(child);
    if (below !== undefined) return below;
  }
  return undefined;
}

/** The value at a path, as its text; undefined if there is none. */
export function lexemeAt({ text, root }: JsonText, path: JSONPath): string | undefined {
  const node = findNodeAtLocation(root, [...path]);
  return node && text.slice(node.offset, node.offset + node.length);
}

/**
 * The same text with another value at one path. What is there, null too, is replaced in its place; a member that is
 * not there is put behind the others, and so are the objects on the way to it. In a path, -1 is the place behind the
 * last element of an array.
 *
 * @throws {CliError} `service` if something on the way is no object, or no array where the path has a number
 */
export function withValue(
  { text, root, what }: JsonText,
  path: JSONPath,
  value: unknown,
): JsonText {
  for (let depth = 1; depth < path.length; depth++) {
    const parent = findNodeAtLocation(root, path.slice(0, depth));
    const wanted = typeof path[depth] === 'number' ? 'array' : 'object';
    if (parent === undefined || parent.type === wanted) continue;
    const name = path.slice(0, depth).join('.');
    const message = `Azure's answer for ${what} has ${parent.type} at "${name}", where an ${wanted} belongs.`;
    throw new CliError('service', message);
  }
  return readJsonText(applyEdits(text, modify(text, [...path], value, {})), what);
}

/** The text without the members at these paths, as far as it has them. */
export function textWithout({ text, root }: JsonText, paths: readonly JSONPath[]): string {
  return paths
    .filter((path) => findNodeAtLocation(root, [...path]) !== undefined)
    .reduce((left, path) => applyEdits(left, modify(left, [...path], undefined, {})), text);
}
