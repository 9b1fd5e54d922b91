import { parser } from '@lezer/python';

/** A node of a syntax tree. `type` is the name that the grammar of @lezer/python gives it; `⚠` is what it could not read. */
export interface PythonNode {
  readonly type: string;
  /** Offsets of its first character and of the one behind its last. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly parent: PythonNode | undefined;
  readonly children: readonly PythonNode[];
}

/** The syntax tree of a Python text. Never fails: what cannot be read is a node of type `⚠`. */
export function parsePython(text: string): PythonNode {
  const cursor = parser.parse(text).cursor();
  const nodeHere = (parent: PythonNode | undefined) => {
    const { name: type, from: start, to: end } = cursor;
    const children: PythonNode[] = [];
    // The text is cut out when it is asked for: that of the root is all of it, that of its children again.
    const node: PythonNode = {
      ...{ type, start, end, parent, children },
      get text() {
        return text.slice(start, end);
      },
    };
    return { node, children };
  };
  const root = nodeHere(undefined);
  const open = [root];
  // Not by recursion: a text may be nested as deep as it is long.
  while (open.length > 0) {
    if (cursor.firstChild()) {
      const parent = open.at(-1) ?? root;
      const child = nodeHere(parent.node);
      parent.children.push(child.node);
      open.push(child);
      continue;
    }
    while (open.length > 0) {
      open.pop();
      const parent = open.at(-1);
      if (!parent || !cursor.nextSibling()) {
        cursor.parent();
        continue;
      }
      const sibling = nodeHere(parent.node);
      parent.children.push(sibling.node);
      open.push(sibling);
      break;
    }
  }
  return root.node;
}

/** The node and all below it, in the order of the text. */
export function* nodesOf(root: PythonNode): Generator<PythonNode> {
  const rest = [root];
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    yield node;
    for (let index = node.children.length - 1; index >= 0; index--) {
      const child = node.children[index];
      if (child) rest.push(child);
    }
  }
}

/** The nearest node above of one of these types. */
export function ancestor(node: PythonNode, ...types: readonly string[]): PythonNode | undefined {
  let above = node.parent;
  while (above && !types.includes(above.type)) above = above.parent;
  return above;
}

/** What stands between the separators, such as the commas of a list; empty parts are left out. */
export function partsOf(
  nodes: readonly PythonNode[],
  separator: string,
): readonly (readonly PythonNode[])[] {
  const parts: PythonNode[][] = [[]];
  for (const node of nodes) {
    if (node.type === separator) parts.push([]);
    else parts.at(-1)?.push(node);
  }
  return parts.filter((part) => part.length > 0);
}

/** What stands inside the brackets of a list of arguments, parameters or values. */
export function inside({ children }: PythonNode): readonly PythonNode[] {
  return children.filter(({ type }) => !['(', ')', '[', ']', '{', '}', 'Comment'].includes(type));
}

/** The expression without the parentheses around it. */
export function bare(node: PythonNode): PythonNode {
  let inner = node;
  while (inner.type === 'ParenthesizedExpression') {
    const [content] = inside(inner);
    if (!content) break;
    inner = content;
  }
  return inner;
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '\n': '', n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', a: '\x07' },
};

/** The text of a string without placeholders; undefined if it is none. */
export function stringValue(node: PythonNode): string | undefined {
  const inner = bare(node);
  if (inner.type === 'ContinuedString') {
    const parts = inner.children.map(stringValue);
    return parts.every((part) => part !== undefined) ? parts.join('') : undefined;
  }
  const isPlain = inner.type === 'String' || inner.type === 'FormatString';
  if (!isPlain || inner.children.some(({ type }) => type === 'FormatReplacement')) return undefined;
  const [, prefix = '', , content = ''] =
    /^([a-zA-Z]*)("""|'''|"|')([\s\S]*)\2$/.exec(inner.text) ?? [];
  if (/r/i.test(prefix)) return content;
  return content.replace(
    /\\(?:(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8})|([\s\S]))/g,
    (whole, hex: string | undefined, other: string) => {
      if (hex === undefined) return ESCAPES[other] ?? (/[\\'"]/.test(other) ? other : whole);
      const code = Number.parseInt(hex.slice(1), 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
