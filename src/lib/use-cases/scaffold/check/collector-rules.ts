import { type Kind, kindOf } from '../../../python/kinds.js';
import { type Call, nameOf, type PythonScript } from '../../../python/script.js';
import { ancestor, nodesOf, type PythonNode } from '../../../python/tree.js';
import { MOST_COLLECTORS } from '../plan-scaffold.js';
import {
  argumentOf,
  type Collector,
  constantText,
  isOpen,
  isTried,
  PARAMETERS,
} from './collectors.js';
import type { Remark } from './finding.js';

const CLASS = { v1: 'ModelDataCollector', v2: 'Collector' } as const;
const DESIGNATIONS = ['default', 'inputs', 'predictions', 'labels', 'signals', 'general'];

const KIND_NAME: Readonly<Record<Exclude<Kind, 'dataframe'>, string>> = {
  array: 'a NumPy array',
  dict: 'a dict',
  json: 'what json.loads answers',
  list: 'a list',
  none: 'None',
  number: 'a number',
  text: 'a text',
};

/** What is wrong with how a script makes and uses its collectors. */
export function collectorRemarks(
  script: PythonScript,
  collectors: readonly Collector[],
): readonly Remark[] {
  const v2 = collectors.filter(({ api }) => api === 'v2');
  const remarks = collectors.flatMap((collector) => [
    ...argumentRemarks(collector),
    ...placeOrUse(script, collector),
    ...(collector.api === 'v1'
      ? v1Remarks(script, collector, collectors)
      : v2Remarks(script, collector, collectors)),
  ]);
  const tooMany = v2[MOST_COLLECTORS];
  if (!tooMany) return remarks;
  const many: Remark = {
    id: 'collectors-too-many',
    at: tooMany.call.node,
    message: `This is collector ${MOST_COLLECTORS + 1} of ${v2.length}; Azure takes ${MOST_COLLECTORS} from one script.`,
    fix: 'Collect with fewer, such as several columns in one DataFrame.',
  };
  return [...remarks, many];
}

/** Each ends in a TypeError when the collector is made. */
function argumentRemarks({ api, call }: Collector): readonly Remark[] {
  const known = PARAMETERS[api];
  const remark = (at: Remark['at'], message: string, fix: string): Remark[] => [
    { id: 'collector-arguments', at, message, fix },
  ];
  const unknown = call.args.find(({ name }) => name !== undefined && !known.includes(name));
  if (unknown) {
    const fix =
      unknown.name === 'identifier'
        ? 'It is called designation since 2019: designation="inputs".'
        : `It takes ${known.join(', ')}.`;
    return remark(unknown.value, `${CLASS[api]} has no parameter "${unknown.name}".`, fix);
  }
  if (isOpen(call)) return [];
  const positional = call.args.find(({ name }) => name === undefined);
  if (api === 'v2' && positional) {
    const message = 'Collector takes its parameters by name only: init() fails here.';
    return remark(positional.value, message, 'Write Collector(name=…, on_error=…).');
  }
  const [needed = ''] = known;
  if (argumentOf(call, api, needed)) return [];
  return remark(call.node, `${CLASS[api]} needs ${needed}.`, `Add ${needed}=….`);
}

/** Where a collector is made, and whether run() can see it. */
function placeRemarks(script: PythonScript, { call, variable }: Collector): readonly Remark[] {
  const place = script.functionOf(call.node);
  if (!place) return [];
  const name = nameOf(place);
  const isGuarded =
    ancestor(call.node, 'IfStatement', 'FunctionDefinition')?.type === 'IfStatement' ||
    (place.parent?.type === 'DecoratedStatement' && name !== 'run');
  if (script.reachableFrom('run').has(place) && !isGuarded) {
    const message = `A collector is made for every request, in ${name}(); it is meant to be made once.`;
    const fix = 'Make it in init() and keep it in a global variable.';
    return [{ id: 'collector-in-run', at: call.node, message, fix }];
  }
  if (!variable) return [];
  const { text } = variable;
  const isGlobal = script
    .moduleBindings(text)
    .some((each) => each.kind === 'value' && each.value === call.node);
  if (isGlobal || script.hasStarImport) return [];
  const blind = [...nodesOf(script.root)].find(
    (node) => node.type === 'VariableName' && node.text === text && isUnknown(script, node),
  );
  if (!blind) return [];
  const message = `"${text}" is known in ${name}() only, so ${nameOf(script.functionOf(blind) ?? place)}() fails where it uses it.`;
  return [
    { id: 'collector-local', at: variable, message, fix: `Write global ${text} in ${name}().` },
  ];
}

/** A name that nothing in the file gives a value, where one is asked for. */
function isUnknown(script: PythonScript, node: PythonNode): boolean {
  if (node.parent?.type === 'ScopeStatement' || !script.functionOf(node)) return false;
  const previous = node.parent?.type === 'ArgList' ? node.parent.children : [];
  const isKeyword = previous[previous.indexOf(node) + 1]?.type === 'AssignOp';
  return !isKeyword && script.bindings(node).length === 0;
}

/** A collector that run() cannot see is not used either: that is said once. */
function placeOrUse(script: PythonScript, collector: Collector): readonly Remark[] {
  const remarks = placeRemarks(script, collector);
  return remarks.length > 0 ? remarks : useRemarks(collector);
}

function useRemarks({ call, collects, escapes, name }: Collector): readonly Remark[] {
  if (escapes || collects.length > 0) return [];
  const which = name === undefined ? 'This collector' : `Collector "${name}"`;
  const message = `${which} is made, but its collect() is never called.`;
  const fix = 'Call collect() with the data in run(), or remove it.';
  return [{ id: 'collector-unused', at: call.node, message, fix }];
}

function v2Remarks(
  script: PythonScript,
  collector: Collector,
  collectors: readonly Collector[],
): readonly Remark[] {
  const { call, collects, name } = collector;
  const remarks: Remark[] = [];
  const mayRaise = collects.length > 0 && !collects.every(({ node }) => isTried(node));
  if (!argumentOf(call, 'v2', 'on_error') && !isOpen(call) && mayRaise) {
    remarks.push({
      id: 'no-on-error',
      at: call.node,
      message: 'Without on_error, a request fails whenever its data cannot be collected.',
      fix: 'Add on_error=…, a function that prints the exception it is given.',
    });
  }
  for (const { args } of collects) {
    const data = args.find((each) => each.name === 'data') ?? args[0];
    if (!data || data.star !== undefined) continue;
    const kind = kindOf(script, data.value);
    if (kind === undefined || kind === 'dataframe') continue;
    remarks.push({
      id: 'collect-not-dataframe',
      at: data.value,
      message: `collect() takes a pandas DataFrame; this is ${KIND_NAME[kind]}, which is not collected.`,
      fix: 'Wrap it: pd.DataFrame(…, columns=[…]).',
    });
  }
  const isOutput = name !== undefined && /output|prediction/i.test(name) && !/input/i.test(name);
  const hasInput = collectors.some(
    (other) => other.collects.length > 0 && /input(?!.*output)/i.test(other.name ?? ''),
  );
  for (const each of isOutput && hasInput ? collects : []) {
    // What it answers may be the context of the others.
    const isKept = each.node.parent?.type !== 'ExpressionStatement';
    if (each.args.length > 1 || isOpen(each) || isKept) continue;
    remarks.push({
      id: 'no-context',
      at: each.node,
      message: `Without the context of the inputs, "${name}" cannot be joined with them.`,
      fix: 'Pass what collect() of the inputs answered: collect(outputs, context).',
    });
  }
  return remarks;
}

function v1Remarks(
  script: PythonScript,
  collector: Collector,
  collectors: readonly Collector[],
): readonly Remark[] {
  const { call, collects, name } = collector;
  const remarks: Remark[] = [];
  if (name !== undefined && !DESIGNATIONS.includes(name)) {
    remarks.push({
      id: 'designation-unknown',
      at: argumentOf(call, 'v1', 'designation') ?? call.node,
      message: `"${name}" is no designation: nothing is collected, and collect() may fail.`,
      fix: `Choose one of ${DESIGNATIONS.join(', ')}.`,
    });
  }
  const features = argumentOf(call, 'v1', 'feature_names');
  const hasNames = features !== undefined && kindOf(script, features) !== 'none';
  const kinds = collects.map((each) => kindOf(script, dataOf(script, each) ?? each.node));
  if (!hasNames && !isOpen(call) && kinds.some((kind) => kind === 'list' || kind === 'array')) {
    remarks.push({
      id: 'no-feature-names',
      at: call.node,
      message: 'Without feature_names, the files of lists and arrays have no header.',
      fix: 'Add feature_names=[…], or collect a pandas DataFrame.',
    });
  }
  const correlates = script.calls.some(({ callee }) => callee.text.endsWith('.add_correlations'));
  const hasInputs = collectors.some(
    (other) => other.name === 'inputs' && other.collects.length > 0,
  );
  const [first] = collects;
  if (name === 'predictions' && first && hasInputs && !correlates) {
    remarks.push({
      id: 'no-add-correlations',
      at: first.node,
      message: 'Without add_correlations, predictions cannot be joined with their inputs.',
      fix: 'Collect add_correlations(predictions, what collect() of the inputs answered).',
    });
  }
  return remarks;
}

/** What v1's collect() takes, before add_correlations() adds to it. */
function dataOf(script: PythonScript, { args }: Call): Call['node'] | undefined {
  const [data] = args;
  if (!data || data.star !== undefined) return undefined;
  const [only, second] =
    data.value.type === 'VariableName' ? script.bindings(data.value) : [undefined];
  const value = only?.kind === 'value' && !second ? only.value : data.value;
  const added = script.callOf(value);
  return added?.callee.text.endsWith('.add_correlations') ? added.args[0]?.value : data.value;
}

/** v1: whether the data goes under a model that the service does not have. */
export function modelRemarks(
  script: PythonScript,
  collectors: readonly Collector[],
  deployed: { readonly name: string; readonly models: readonly string[] | undefined },
): readonly Remark[] {
  const { models } = deployed;
  if (!models) return [];
  return collectors.flatMap(({ api, call }): Remark[] => {
    const argument = api === 'v1' ? argumentOf(call, 'v1', 'model_name') : undefined;
    const name = argument && constantText(script, argument);
    if (!argument || name === undefined || models.includes(name)) return [];
    return [
      {
        id: 'model-name-unknown',
        at: argument,
        message: `${deployed.name} has no model "${name}": its data goes to a version "default".`,
        fix: `Name it as it is registered: ${models.join(', ')}.`,
      },
    ];
  });
}
