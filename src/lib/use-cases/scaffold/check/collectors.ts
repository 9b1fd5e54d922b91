import type { Call, PythonScript } from '../../../python/script.js';
import { ancestor, bare, nodesOf, type PythonNode, stringValue } from '../../../python/tree.js';
import type { Api } from '../../find-targets.js';

/** A collector that a script makes, and what it does with it. */
export interface Collector {
  readonly api: Api;
  readonly call: Call;
  /** v2: its name, v1: its designation. Undefined if it is no constant. */
  readonly name: string | undefined;
  /** The calls of `collect`. */
  readonly collects: readonly Call[];
  /** Used in a way that cannot be followed, such as in a list. */
  readonly escapes: boolean;
  /** The variable that holds it, where it is a plain one. */
  readonly variable: PythonNode | undefined;
}

/** Those of modules that are gone, too: what is made of them is meant to be one. */
const CLASSES: Readonly<Record<string, Api>> = {
  'azure.ai.monitoring.Collector': 'v2',
  'azure.ai.mlmonitoring.Collector': 'v2',
  'azureml.datacollector.ModelDataCollector': 'v1',
  'azureml.ai.monitoring.Collector': 'v2',
  'azureml.ai.monitoring.collector.Collector': 'v2',
  'azureml.monitoring.ModelDataCollector': 'v1',
  'azureml.monitoring.modeldatacollector.ModelDataCollector': 'v1',
};

/** Parameters in their order; those of v2 can be given by name only. */
export const PARAMETERS: Readonly<Record<Api, readonly string[]>> = {
  v1: [
    ...['model_name', 'designation', 'feature_names', 'workspace', 'webservice_name'],
    ...['model_version', 'collection_name'],
  ],
  v2: ['name', 'on_error'],
};

export function collectorsOf(script: PythonScript): readonly Collector[] {
  return script.calls.flatMap((call): Collector[] => {
    const api = call.path === undefined ? undefined : CLASSES[call.path];
    return api === undefined ? [] : [collectorOf(script, call, api)];
  });
}

function collectorOf(script: PythonScript, call: Call, api: Api): Collector {
  const named = argumentOf(call, api, api === 'v1' ? 'designation' : 'name');
  const variable = variableOf(call.node);
  const uses = variable
    ? [...nodesOf(script.root)].filter(
        (node) =>
          node.type === 'VariableName' &&
          script.bindings(node).some((each) => each.kind === 'value' && each.value === call.node),
      )
    : [];
  const objects = variable ? uses : [call.node];
  const collects = objects.flatMap((object) => callOn(script, object, 'collect') ?? []);
  const escapes = objects.some((object) => {
    // A statement of its own keeps nothing.
    if (object.parent?.type === 'ExpressionStatement') return false;
    const isCalled = ['collect', 'add_correlations'].some((method) =>
      callOn(script, object, method),
    );
    const isWritten = ['ScopeStatement', 'AssignStatement', 'GlobalStatement'].includes(
      object.parent?.type ?? '',
    );
    return !isCalled && !isWritten;
  });
  return {
    ...{ api, call, collects, variable },
    name: named && constantText(script, named),
    // In an assignment it may be the value, too, which another name has then.
    escapes: escapes || uses.some((use) => isValue(use)),
  };
}

/** The value of a parameter; undefined if it is not given, or cannot be told apart. */
export function argumentOf({ args }: Call, api: Api, parameter: string): PythonNode | undefined {
  const byName = args.find(({ name }) => name === parameter);
  if (byName) return byName.value;
  const positional = args.filter(({ name, star }) => name === undefined && star === undefined);
  return api === 'v1' ? positional[PARAMETERS.v1.indexOf(parameter)]?.value : undefined;
}

/** Whether any parameter may be given, by `*` or `**`. */
export function isOpen({ args }: Call): boolean {
  return args.some(({ star }) => star !== undefined);
}

/** The text of a constant, written there or in a variable that has one value. */
export function constantText(script: PythonScript, expression: PythonNode): string | undefined {
  const node = bare(expression);
  if (node.type !== 'VariableName') return stringValue(node);
  const [only, second] = script.bindings(node);
  if (second || only?.kind !== 'value' || !only.value) return undefined;
  return stringValue(only.value);
}

/** Whether a statement is tried: what it raises need not reach the caller. */
export function isTried(node: PythonNode): boolean {
  const own = ancestor(node, 'FunctionDefinition');
  for (let inner = node; inner.parent && inner !== own; inner = inner.parent) {
    const { type, children } = inner.parent;
    if (type !== 'TryStatement') continue;
    const [first] = children.filter((each) => each.type === 'Body');
    if (first === inner && children.some((each) => each.type === 'except')) return true;
  }
  return false;
}

function variableOf(value: PythonNode): PythonNode | undefined {
  const { parent } = value;
  if (parent?.type !== 'AssignStatement') return undefined;
  const [target, next] = parent.children;
  const isPlain = target?.type === 'VariableName' && next?.type !== ',';
  const count = parent.children.filter(({ type }) => type === 'AssignOp').length;
  return isPlain && count === 1 && parent.children.at(-1) === value ? target : undefined;
}

function callOn(script: PythonScript, object: PythonNode, method: string): Call | undefined {
  const member = object.parent;
  if (member?.type !== 'MemberExpression' || member.children[0] !== object) return undefined;
  if (member.children[2]?.text !== method) return undefined;
  const call = script.callOf(member.parent);
  return call?.callee === member ? call : undefined;
}

function isValue(use: PythonNode): boolean {
  const { parent } = use;
  return parent?.type === 'AssignStatement' && parent.children.at(-1) === use;
}
