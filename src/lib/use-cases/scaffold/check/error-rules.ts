import type { Call, PythonScript } from '../../../python/script.js';
import { nodesOf, type PythonNode } from '../../../python/tree.js';
import type { Remark } from './finding.js';

/**
 * Where run() answers an exception as if all were well: the server tells Application Insights of those that leave run().
 * Not where it says so in another way.
 */
export function hiddenErrors(script: PythonScript): readonly Remark[] {
  const [run, second] = script.moduleBindings('run');
  if (run?.kind !== 'function' || second) return [];
  return [...nodesOf(run.node)].flatMap((node): Remark[] => {
    if (node.type !== 'TryStatement' || script.functionOf(node) !== run.node) return [];
    return handlersOf(node).flatMap(({ word, type, name, body }): Remark[] => {
      const inside = [...nodesOf(body)];
      const own = inside.filter((each) => script.functionOf(each) === run.node);
      const isLeft = own.some((each) => leaves(each, body));
      const kept = isLeft ? [] : keptErrors(inside, name);
      const after = kept.length === 0 ? [] : nodesBehind(run.node, node);
      const answer = isLeft
        ? own.find((each) => each.type === 'ReturnStatement')
        : after.find((each) => each.type === 'ReturnStatement' && isAbout(each, kept));
      const catchesAll =
        type === undefined ||
        ['builtins.Exception', 'builtins.BaseException'].includes(script.pathOf(type) ?? '');
      // What is raised again is seen, and so may be what any function of the file gets to know.
      const isTelling = (each: PythonNode) =>
        each.type === 'RaiseStatement' ||
        (each.type === 'CallExpression' && mayTell(script.callOf(each)));
      const isTold =
        inside.some(isTelling) ||
        after.some(
          (each) => isTelling(each) && (each.type === 'RaiseStatement' || isAbout(each, kept)),
        );
      if (!answer || !catchesAll || isTold) return [];
      return [
        {
          id: 'error-hidden',
          at: { start: word.start, end: type?.end ?? word.end },
          message:
            'A request that fails is answered like any other: nothing tells Application Insights.',
          fix: 'Print the exception, and raise it again.',
        },
      ];
    });
  });
}

/** Whether a statement of a handler goes out of it: not one that ends a loop, or a turn of it, in the handler. */
function leaves({ type, parent }: PythonNode, handler: PythonNode): boolean {
  if (type === 'ReturnStatement' || type === 'RaiseStatement') return true;
  if (type !== 'BreakStatement' && type !== 'ContinueStatement') return false;
  for (let around = parent; around && around !== handler; around = around.parent) {
    if (around.type === 'ForStatement' || around.type === 'WhileStatement') return false;
  }
  return true;
}

/** The variables that a handler puts the exception into. */
function keptErrors(handler: readonly PythonNode[], name: string | undefined): readonly string[] {
  return handler.flatMap(({ type, children }): string[] => {
    const [target] = children;
    const value = children.at(-1);
    if (type !== 'AssignStatement' || target?.type !== 'VariableName' || !value) return [];
    const isError = [...nodesOf(value)].some(
      ({ type, text }) =>
        (type === 'VariableName' && text === name) || text.startsWith('traceback.format'),
    );
    return isError ? [target.text] : [];
  });
}

function nodesBehind(run: PythonNode, statement: PythonNode): readonly PythonNode[] {
  return [...nodesOf(run)].filter(({ start }) => start >= statement.end);
}

function isAbout(node: PythonNode, names: readonly string[]): boolean {
  return [...nodesOf(node)].some(
    ({ type, text }) => type === 'VariableName' && names.includes(text),
  );
}

/** Calls that make a text or a value of an exception, or log it, and tell nobody else. */
const QUIET =
  /^(builtins\.(dict|format|getattr|len|list|repr|str|type)$|(json|logging|traceback\.format)[._])/;

/** Whether a call may print, or answer with a status of its own. */
function mayTell(call: Call | undefined): boolean {
  if (call?.path !== undefined) return !QUIET.test(call.path);
  // A method of a value, such as error.args.index(…), does not; a function of the file may.
  return call?.callee.type === 'VariableName';
}

interface Handler {
  readonly word: PythonNode;
  readonly type: PythonNode | undefined;
  /** What the exception is called. */
  readonly name: string | undefined;
  readonly body: PythonNode;
}

function handlersOf({ children }: PythonNode): readonly Handler[] {
  return children.flatMap((word, index): Handler[] => {
    if (word.type !== 'except') return [];
    const rest = children.slice(index + 1);
    const body = rest.find(({ type }) => type === 'Body');
    const [type, as, name] = rest;
    if (!body) return [];
    const named = as?.type === 'as' ? name?.text : undefined;
    return [{ word, type: type === body ? undefined : type, name: named, body }];
  });
}
