import { inside, nodesOf, type PythonNode, partsOf } from './tree.js';

/** One of the ways in which a name gets its value. */
export type Binding =
  | { readonly kind: 'import'; readonly node: PythonNode; readonly path: string }
  | { readonly kind: 'function' | 'class' | 'parameter'; readonly node: PythonNode }
  /** `value` is undefined where it is a part of something, such as of a tuple. */
  | {
      readonly kind: 'value';
      readonly node: PythonNode;
      readonly value: PythonNode | undefined;
      /** Where it is assigned, which is not where it is known after `global`. */
      readonly scope: PythonNode;
    };

export interface Scopes {
  /** What a name means where it stands; empty for what Python brings along. */
  readonly bindings: (name: PythonNode) => readonly Binding[];
  /** What a name means in the module. */
  readonly moduleBindings: (name: string) => readonly Binding[];
  /** Whether `from … import *` may have brought any name. */
  readonly hasStarImport: boolean;
}

type Names = Map<string, Binding[]>;

interface Scope {
  readonly node: PythonNode;
  readonly names: Names;
  /** Names that `global` or `nonlocal` hand to a scope outside. */
  readonly outer: Map<string, 'global' | 'nonlocal'>;
}

/** Nobody nests the targets of an assignment deeper. */
const DEEPEST = 20;

const COMPREHENSIONS = [
  'ArrayComprehensionExpression',
  'ComprehensionExpression',
  'DictionaryComprehensionExpression',
  'SetComprehensionExpression',
];
const SCOPES = [
  'Script',
  'FunctionDefinition',
  'LambdaExpression',
  'ClassDefinition',
  ...COMPREHENSIONS,
];

/** Which name means what, by Python's rules for scopes. */
export function readScopes(root: PythonNode): Scopes {
  const scopes = new Map<PythonNode, Scope>();
  let hasStarImport = false;

  // From the top down: each node is looked at once, however deep it is.
  const nodes = [...nodesOf(root)];
  const around = new Map<PythonNode, PythonNode>();
  for (const node of nodes) {
    const { parent } = node;
    if (parent) around.set(node, SCOPES.includes(parent.type) ? parent : scopeNode(parent));
  }

  /** The node of the scope that the node stands in. */
  function scopeNode(node: PythonNode): PythonNode {
    return around.get(node) ?? root;
  }

  function scopeOf(node: PythonNode): Scope {
    let scope = scopes.get(node);
    if (!scope) {
      scope = { node, names: new Map(), outer: new Map() };
      scopes.set(node, scope);
    }
    return scope;
  }

  /** The scope that a name assigned in this one belongs to. */
  function owner(scope: Scope, name: string): Scope {
    const outer = scope.outer.get(name);
    if (outer === undefined) return scope;
    return scopeOf(outer === 'global' ? root : scopeNode(scope.node));
  }

  function bind(at: PythonNode, name: string, binding: Binding): void {
    const { names } = owner(scopeOf(at), name);
    names.set(name, [...(names.get(name) ?? []), binding]);
  }

  function bindTargets(
    targets: readonly PythonNode[],
    value: PythonNode | undefined,
    depth = 0,
  ): void {
    const [only] = targets;
    if (targets.length === 1 && only?.type === 'VariableName') {
      const scope = scopeNode(only);
      bind(scope, only.text, { kind: 'value', node: only, value, scope });
      return;
    }
    if (depth > DEEPEST) return;
    for (const target of targets) {
      if (['TupleExpression', 'ArrayExpression', 'ParenthesizedExpression'].includes(target.type)) {
        for (const part of partsOf(inside(target), ',')) bindTargets(part, undefined, depth + 1);
      } else if (target.type === 'VariableName') {
        bindTargets([target], undefined, depth + 1);
      }
    }
  }

  for (const node of nodes) {
    if (node.type !== 'ScopeStatement') continue;
    const [word, ...names] = node.children;
    const { outer } = scopeOf(scopeNode(node));
    for (const { type, text } of names) {
      if (type === 'VariableName') outer.set(text, word?.text === 'global' ? 'global' : 'nonlocal');
    }
  }
  for (const node of nodes) {
    const { children } = node;
    if (node.type === 'ImportStatement') {
      for (const { name, path } of importsOf(node)) {
        if (name === '*') hasStarImport = true;
        else bind(scopeNode(node), name, { kind: 'import', node, path });
      }
    } else if (node.type === 'FunctionDefinition' || node.type === 'ClassDefinition') {
      const name = children.find(({ type }) => type === 'VariableName');
      const kind = node.type === 'ClassDefinition' ? 'class' : 'function';
      if (name) bind(scopeNode(node), name.text, { kind, node });
    } else if (node.type === 'ParamList') {
      for (const part of partsOf(inside(node), ',')) {
        const name = part.find(({ type }) => type === 'VariableName');
        if (name) bind(scopeNode(node), name.text, { kind: 'parameter', node: name });
      }
    } else if (node.type === 'AssignStatement') {
      const parts = partsOf(
        children.filter(({ type }) => type !== 'TypeDef'),
        'AssignOp',
      );
      const value = parts.length > 1 && parts.at(-1)?.length === 1 ? parts.at(-1)?.[0] : undefined;
      const targets = parts.length > 1 ? parts.slice(0, -1) : [];
      for (const target of targets) bindTargets(withoutCommas(target), value);
    } else if (node.type === 'UpdateStatement') {
      bindTargets(children.slice(0, 1), undefined);
    } else if (node.type === 'NamedExpression') {
      bindTargets(children.slice(0, 1), children.at(-1));
    } else if (node.type === 'CapturePattern') {
      bindTargets(children, undefined);
    } else if (node.type === 'ForStatement' || COMPREHENSIONS.includes(node.type)) {
      for (const target of between(children, 'for', 'in')) bindTargets([target], undefined);
    } else if (node.type === 'WithStatement' || node.type === 'TryStatement') {
      for (const [index, child] of children.entries()) {
        const target = children[index + 1];
        if (child.type === 'as' && target) bindTargets([target], undefined);
      }
    }
  }

  function bindings(name: PythonNode): readonly Binding[] {
    const { text } = name;
    let isInner = true;
    for (let node = scopeNode(name); ; node = scopeNode(node)) {
      const scope = scopes.get(node);
      // The names of a class are not known inside its methods.
      const isSeen = node.type !== 'ClassDefinition' || isInner;
      if (scope?.outer.get(text) === 'global') return scopes.get(root)?.names.get(text) ?? [];
      const found = isSeen ? scope?.names.get(text) : undefined;
      if (found) return found;
      if (node === root) return [];
      isInner = false;
    }
  }

  return {
    bindings,
    moduleBindings: (name) => scopes.get(root)?.names.get(name) ?? [],
    hasStarImport,
  };
}

function importsOf({ children }: PythonNode): readonly { name: string; path: string }[] {
  const words = children.filter(({ type }) => !['(', ')', 'Comment'].includes(type));
  const isFrom = words[0]?.type === 'from';
  const importAt = words.findIndex(({ type }) => type === 'import');
  const from = isFrom
    ? words
        .slice(1, importAt)
        .map(({ text }) => text)
        .join('')
    : '';
  return partsOf(words.slice(importAt + 1), ',').map((part) => {
    const asAt = part.findIndex(({ type }) => type === 'as');
    const path = (asAt === -1 ? part : part.slice(0, asAt)).map(({ text }) => text).join('');
    const alias = asAt === -1 ? undefined : part[asAt + 1]?.text;
    if (isFrom) return { name: alias ?? path, path: `${from}.${path}` };
    // `import a.b` makes `a` known.
    const [top = ''] = path.split('.');
    return alias === undefined ? { name: top, path: top } : { name: alias, path };
  });
}

function withoutCommas(nodes: readonly PythonNode[]): readonly PythonNode[] {
  return nodes.filter(({ type }) => type !== ',');
}

function between(nodes: readonly PythonNode[], from: string, to: string): readonly PythonNode[] {
  const found: PythonNode[] = [];
  let isOpen = false;
  for (const node of nodes) {
    if (node.type === from) isOpen = true;
    else if (node.type === to) isOpen = false;
    else if (isOpen && node.type !== ',') found.push(node);
  }
  return found;
}
