import type { PythonScript } from './script.js';
import { ancestor, bare, inside, nodesOf, type PythonNode, stringValue } from './tree.js';

/** What an expression certainly is. `json`: what a JSON text holds, which is never a DataFrame. */
export type Kind = 'dataframe' | 'list' | 'dict' | 'array' | 'text' | 'number' | 'json' | 'none';

/** So deep a chain of names is nobody's: it would end in a full stack. */
const DEEPEST = 200;

/**
 * Answers a question about a node of a script, and asks it of each node once, however many ways lead there.
 *
 * @param otherwise what a node gets that refers to itself
 */
function askedOnce<T>(
  otherwise: T,
  answer: (script: PythonScript, node: PythonNode, of: (other: PythonNode) => T) => T,
): (script: PythonScript, expression: PythonNode) => T {
  const ofScripts = new WeakMap<PythonScript, (expression: PythonNode) => T>();
  const askerOf = (script: PythonScript) => {
    const answers = new Map<PythonNode, T>();
    let depth = 0;
    const of = (expression: PythonNode): T => {
      const node = bare(expression);
      if (depth > DEEPEST) return otherwise;
      const known = answers.get(node);
      if (known !== undefined || answers.has(node)) return known ?? otherwise;
      // While it is being asked.
      answers.set(node, otherwise);
      depth++;
      const found = answer(script, node, of);
      depth--;
      answers.set(node, found);
      return found;
    };
    ofScripts.set(script, of);
    return of;
  };
  return (script, expression) => (ofScripts.get(script) ?? askerOf(script))(expression);
}

const CALLS: Readonly<Record<string, Kind>> = {
  'builtins.dict': 'dict',
  'builtins.list': 'list',
  'builtins.repr': 'text',
  'builtins.sorted': 'list',
  'builtins.str': 'text',
  'json.dumps': 'text',
  'json.loads': 'json',
  'numpy.array': 'array',
  'numpy.asarray': 'array',
  'pandas.DataFrame': 'dataframe',
  'pandas.DataFrame.from_dict': 'dataframe',
  'pandas.DataFrame.from_records': 'dataframe',
  'pandas.json_normalize': 'dataframe',
  'pandas.read_csv': 'dataframe',
};

/** What a method answers, whatever it is called on. */
const METHODS: Readonly<Record<string, Kind>> = {
  to_json: 'text',
  to_numpy: 'array',
  tolist: 'list',
};

const LITERALS: Readonly<Record<string, Kind>> = {
  ArrayComprehensionExpression: 'list',
  ArrayExpression: 'list',
  ContinuedString: 'text',
  DictionaryComprehensionExpression: 'dict',
  DictionaryExpression: 'dict',
  FormatString: 'text',
  None: 'none',
  Number: 'number',
  String: 'text',
  TupleExpression: 'list',
};

/** What an expression is; undefined if that cannot be told, or is not the same on every way. */
export const kindOf = askedOnce<Kind | undefined>(undefined, (script, node, of) => {
  const literal = LITERALS[node.type];
  if (literal) return literal;
  if (node.type === 'VariableName') {
    const kinds = script.bindings(node).map((binding) => {
      if (binding.kind === 'value') return binding.value && of(binding.value);
      return isRequestText(script, binding.node) ? 'text' : undefined;
    });
    return agreed(kinds);
  }
  if (node.type === 'MemberExpression') {
    const [object, bracket] = node.children;
    return bracket?.type === '[' && object && of(object) === 'json' ? 'json' : undefined;
  }
  if (node.type === 'FunctionDefinition') {
    // Asked for a call of it: what it returns.
    if (isGenerator(node)) return undefined;
    return agreed(returnsOf(script, node).map((value) => value && of(value)));
  }
  if (node.type !== 'CallExpression') return undefined;
  const [callee] = node.children;
  if (!callee) return undefined;
  const path = script.pathOf(callee);
  if (path !== undefined) return CALLS[path];
  if (callee.type === 'MemberExpression') {
    const [object, dot, method] = callee.children;
    if (dot?.type !== '.' || !object || !method) return undefined;
    const kind = METHODS[method.text];
    if (kind) return kind;
    return method.text === 'get' && of(object) === 'json' ? 'json' : undefined;
  }
  const [binding, second] = script.bindings(callee);
  if (second || binding?.kind !== 'function') return undefined;
  return of(binding.node);
});

/** Whether this is what run() gets: the text of a request, unless a decorator makes something else of it. */
export function isRequestText(script: PythonScript, parameter: PythonNode): boolean {
  const run = script.functionOf(parameter);
  if (!run || run.parent?.type === 'DecoratedStatement') return false;
  const isRun = script.moduleBindings('run').some(({ node }) => node === run);
  const list = parameter.parent;
  return isRun && list?.type === 'ParamList' && inside(list)[0] === parameter;
}

/**
 * Whether an expression holds a whole request: what run() got, what its JSON holds, a copy of that. What was cut
 * or counted does not.
 */
export const isWholeRequest = askedOnce(false, (script, node, ask): boolean => {
  const of = (other: PythonNode | undefined) => other !== undefined && ask(other);
  if (node.type === 'VariableName') {
    const [only, second] = script.bindings(node);
    if (second || !only) return false;
    return only.kind === 'value' ? of(only.value) : isRequestText(script, only.node);
  }
  if (node.type === 'BinaryExpression') {
    const [left, operator, right] = node.children;
    return (operator?.text === '+' || operator?.text === '%') && (of(left) || of(right));
  }
  if (node.type === 'TupleExpression') return inside(node).some(of);
  if (node.type === 'FormatString' || node.type === 'ContinuedString') {
    return [...nodesOf(node)].some(
      ({ type, children }) => type === 'FormatReplacement' && of(children[1]),
    );
  }
  if (node.type === 'MemberExpression') {
    // data["data"] of a request is all that matters of it; data[:10] is not.
    const [object, bracket, key] = node.children;
    return (
      bracket?.type === '[' && key !== undefined && stringValue(key) !== undefined && of(object)
    );
  }
  if (node.type !== 'CallExpression') return false;
  const call = script.callOf(node);
  const first = call?.args.find(({ name, star }) => name === undefined && star === undefined);
  if (call?.path !== undefined && COPIES.includes(call.path)) return of(first?.value);
  const [object, dot, method] = call?.callee.children ?? [];
  if (dot?.type !== '.' || !object) return false;
  if (method?.text === 'format' && kindOf(script, object) === 'text') {
    return call?.args.some(({ value }) => of(value)) === true;
  }
  return ['tolist', 'to_json', 'to_dict'].includes(method?.text ?? '') && of(object);
});

const COPIES = [
  'builtins.list',
  'builtins.repr',
  'builtins.str',
  'json.dumps',
  'json.loads',
  'numpy.array',
  'numpy.asarray',
  'pandas.DataFrame',
];

function agreed(kinds: readonly (Kind | undefined)[]): Kind | undefined {
  const [first] = kinds;
  return kinds.every((kind) => kind === first) ? first : undefined;
}

function returnsOf(
  script: PythonScript,
  definition: PythonNode,
): readonly (PythonNode | undefined)[] {
  return [...nodesOf(definition)]
    .filter((node) => node.type === 'ReturnStatement' && script.functionOf(node) === definition)
    .map(({ children }) => (children.length === 2 ? children[1] : undefined));
}

function isGenerator(definition: PythonNode): boolean {
  return (
    definition.children.some(({ type }) => type === 'async') ||
    [...nodesOf(definition)].some(
      (node) =>
        /^Yield/.test(node.type) &&
        ancestor(node, 'FunctionDefinition', 'LambdaExpression') === definition,
    )
  );
}
