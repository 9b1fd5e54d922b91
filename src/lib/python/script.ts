import { type Binding, readScopes, type Scopes } from './scopes.js';
import { ancestor, bare, inside, nodesOf, type PythonNode, parsePython, partsOf } from './tree.js';

export interface Argument {
  /** Of `name=value`. */
  readonly name: string | undefined;
  /** `*` or `**` in front. */
  readonly star: string | undefined;
  readonly value: PythonNode;
}

export interface Call {
  readonly node: PythonNode;
  readonly callee: PythonNode;
  /** What is called, by the module that it comes from: `builtins.print`, `json.dumps`. Undefined if that is not known. */
  readonly path: string | undefined;
  readonly args: readonly Argument[];
}

/** A Python file with its names resolved, as far as that can be done without running it. */
export interface PythonScript extends Scopes {
  readonly root: PythonNode;
  /** Every call, in the order of the text. Those below `if __name__ == "__main__":` are left out. */
  readonly calls: readonly Call[];
  /** The call that a node is. */
  readonly callOf: (node: PythonNode | undefined) => Call | undefined;
  /** The function that a node stands in; undefined: the module. A lambda is none. */
  readonly functionOf: (node: PythonNode) => PythonNode | undefined;
  /** Whether a node stands in a lambda of its function, so that it runs when that is called. */
  readonly isInLambda: (node: PythonNode) => boolean;
  /** The first place that could not be read. */
  readonly unreadable: PythonNode | undefined;
  /** The first place that only Python 2 can read. */
  readonly pythonTwo: PythonNode | undefined;
  /** Where an expression comes from: `azureml.monitoring.ModelDataCollector`. Undefined if that is not known. */
  readonly pathOf: (expression: PythonNode) => string | undefined;
  /** The functions of the file that may run when this function of the module does, itself among them. */
  readonly reachableFrom: (name: string) => ReadonlySet<PythonNode>;
  /** Those of them that are called on the way; not what is only handed to something else. */
  readonly calledFrom: (name: string) => ReadonlySet<PythonNode>;
}

/** Ends what refers to itself. */
const DEEPEST = 20;

export function readScript(text: string): PythonScript {
  const root = parsePython(text);
  const scopes = readScopes(root);
  const nodes = [...nodesOf(root)];
  const functions = nodes.filter(({ type }) => type === 'FunctionDefinition');
  const places = new Map<PythonNode, PythonNode>();
  const inLambda = new Set<PythonNode>();
  const ofMain = new Set<PythonNode>();
  for (const node of nodes) {
    const { parent } = node;
    const place = parent?.type === 'FunctionDefinition' ? parent : parent && places.get(parent);
    if (place) places.set(node, place);
    const isBody = parent?.type === 'LambdaExpression';
    if (isBody || (parent && parent.type !== 'FunctionDefinition' && inLambda.has(parent))) {
      inLambda.add(node);
    }
    if (isMainBody(node) || (parent && ofMain.has(parent))) ofMain.add(node);
  }

  function pathOf(expression: PythonNode, depth = 0): string | undefined {
    const node = bare(expression);
    if (depth > DEEPEST) return undefined;
    if (node.type === 'VariableName') {
      return pathOfBindings(node.text, scopes.bindings(node), depth);
    }
    if (node.type !== 'MemberExpression') return undefined;
    const [object, dot, property] = node.children;
    if (!object || dot?.type !== '.' || !property) return undefined;
    const path = pathOf(object, depth + 1);
    return path === undefined ? undefined : `${path}.${property.text}`;
  }

  function pathOfBindings(
    name: string,
    bindings: readonly Binding[],
    depth: number,
  ): string | undefined {
    if (bindings.length === 0) return `builtins.${name}`;
    // Beside an import there may be what takes its place where the package is not installed.
    const paths = bindings.flatMap((each) => (each.kind === 'import' ? [each.path] : []));
    if (paths.length > 0) return new Set(paths).size === 1 ? paths[0] : undefined;
    const [only, second] = bindings;
    if (second || only?.kind !== 'value' || !only.value) return undefined;
    return pathOf(only.value, depth + 1);
  }

  const calls = nodes.flatMap((node): Call[] => {
    const [callee, list] = node.children;
    if (node.type !== 'CallExpression' || !callee || !list || ofMain.has(node)) return [];
    return [{ node, callee, path: pathOf(callee), args: argumentsOf(list) }];
  });

  const callsByNode = new Map(calls.map((call) => [call.node, call]));

  const methods = new Map<string | undefined, PythonNode[]>();
  for (const method of functions.filter(isMethod)) {
    const same = methods.get(nameOf(method));
    if (same) same.push(method);
    else methods.set(nameOf(method), [method]);
  }

  function reachableFrom(
    name: string,
    follows: (name: PythonNode, body: PythonNode) => boolean = () => true,
  ) {
    const reached = new Set<PythonNode>();
    const next = scopes.moduleBindings(name).flatMap(bodiesOf);
    for (let body = next.pop(); body !== undefined; body = next.pop()) {
      if (reached.has(body)) continue;
      reached.add(body);
      for (const node of nodesOf(body)) {
        if (node.type === 'VariableName' && follows(node, body)) {
          next.push(...scopes.bindings(node).flatMap(bodiesOf));
        }
        // A method, whatever object it is called on.
        if (node.type === 'PropertyName' && follows(node, body)) {
          next.push(...(methods.get(node.text) ?? []));
        }
      }
    }
    return reached;
  }

  /** Whether a name is that of a call which its function makes by itself. */
  function isCallee(name: PythonNode, body: PythonNode): boolean {
    if (places.get(name) !== body || inLambda.has(name)) return false;
    const callee = name.type === 'PropertyName' ? name.parent : name;
    return callee?.parent?.type === 'CallExpression' && callee.parent.children[0] === callee;
  }

  return {
    ...scopes,
    root,
    calls,
    callOf: (node) => node && callsByNode.get(node),
    functionOf: (node) => places.get(node),
    isInLambda: (node) => inLambda.has(node),
    unreadable: nodes.find(({ type }) => type === '⚠'),
    pythonTwo: nodes.find(isPythonTwo),
    pathOf,
    reachableFrom: (name) => reachableFrom(name),
    calledFrom: (name) => reachableFrom(name, isCallee),
  };
}

export function nameOf(definition: PythonNode): string | undefined {
  return definition.children.find(({ type }) => type === 'VariableName')?.text;
}

/** `print x`, or `except Error, name`. */
function isPythonTwo({ type, children, parent }: PythonNode): boolean {
  if (type === 'PrintStatement') return children.length > 1 && children[1]?.text !== '';
  if (type !== ',' || parent?.type !== 'TryStatement') return false;
  return true;
}

function isMethod(definition: PythonNode): boolean {
  return ancestor(definition, 'FunctionDefinition', 'ClassDefinition')?.type === 'ClassDefinition';
}

/** The code that a name stands for: of a class, all its methods. */
function bodiesOf({ kind, node }: Binding): readonly PythonNode[] {
  if (kind === 'function') return [node];
  if (kind !== 'class') return [];
  return [...nodesOf(node)].filter(({ type }) => type === 'FunctionDefinition');
}

function argumentsOf(list: PythonNode): readonly Argument[] {
  return partsOf(inside(list), ',').flatMap((part): Argument[] => {
    const [first, second, third] = part;
    if (first?.type === '*' || first?.type === '**') {
      return second ? [{ name: undefined, star: first.type, value: second }] : [];
    }
    if (second?.type === 'AssignOp') {
      return first && third ? [{ name: first.text, star: undefined, value: third }] : [];
    }
    return first ? [{ name: undefined, star: undefined, value: first }] : [];
  });
}

/** Whether its code runs only where the file is started as a program, which a server does not do. */
function isMainBody({ type, parent }: PythonNode): boolean {
  if (type !== 'Body' || parent?.type !== 'IfStatement') return false;
  const [, test, first] = parent.children;
  const isMain = /^\(?__name__==["']__main__["']\)?$/.test(test?.text.replaceAll(/\s/g, '') ?? '');
  return isMain && first?.type === 'Body';
}
