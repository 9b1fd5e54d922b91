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
    return handlersOf(node).flatMap(({ word, type, body }): Remark[] => {
      const inside = [...nodesOf(body)];
      const answer = inside.find((each) => each.type === 'ReturnStatement');
      const catchesAll =
        type === undefined ||
        ['builtins.Exception', 'builtins.BaseException'].includes(script.pathOf(type) ?? '');
      // What is raised again is seen, and so may be what any function of the file gets to know.
      const isTold = inside.some(
        (each) =>
          each.type === 'RaiseStatement' ||
          (each.type === 'CallExpression' && mayTell(script.callOf(each))),
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
  readonly body: PythonNode;
}

function handlersOf({ children }: PythonNode): readonly Handler[] {
  return children.flatMap((word, index): Handler[] => {
    if (word.type !== 'except') return [];
    const rest = children.slice(index + 1);
    const body = rest.find(({ type }) => type === 'Body');
    const [type] = rest;
    return body ? [{ word, type: type === body ? undefined : type, body }] : [];
  });
}
