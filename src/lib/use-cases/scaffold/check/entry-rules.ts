import type { PythonScript } from '../../../python/script.js';
import { inside, type PythonNode, partsOf } from '../../../python/tree.js';
import type { Api } from '../../find-targets.js';
import { type Remark, WHOLE_FILE } from './finding.js';

/** Whether the inference server can use the file at all: it calls init() once, and run() for each request. */
export function entryRemarks(script: PythonScript, api: Api): readonly Remark[] {
  const remarks: Remark[] = [];
  const { unreadable, pythonTwo } = script;
  if (pythonTwo) {
    remarks.push({
      id: 'unreadable',
      at: pythonTwo,
      message: 'This is Python 2; Python 3, which the inference server runs, does not read it.',
      fix: 'Write print(…), and except … as ….',
    });
  } else if (unreadable) {
    remarks.push({
      id: 'unreadable',
      at: unreadable,
      message: 'This cannot be read as Python; what is around it may not have been checked.',
      fix: 'Try it with: python3 -m py_compile FILE',
    });
  }
  for (const name of ['init', 'run'] as const) {
    if (script.hasStarImport || script.moduleBindings(name).length > 0) continue;
    // What could not be read may have been it.
    if (unreadable) continue;
    remarks.push({
      id: name === 'init' ? 'no-init' : 'no-run',
      at: WHOLE_FILE,
      message: `There is no ${name}(): the inference server does not start.`,
      fix: name === 'init' ? 'Add def init(): …' : 'Add def run(raw_data): …',
    });
  }
  const [run, second] = script.moduleBindings('run');
  const list = run?.node.children.find(({ type }) => type === 'ParamList');
  if (run?.kind === 'function' && list && !second) remarks.push(...signatureRemarks(list, api));
  return remarks;
}

/**
 * Contract: the inference server hands run() its input by name.
 * Known from: SDK source (azureml-inference-server, `user_script.py`).
 */
function signatureRemarks(list: PythonNode, api: Api): readonly Remark[] {
  const remark = (at: PythonNode, message: string): readonly Remark[] => [
    { id: 'run-signature', at, message, fix: 'Write def run(raw_data): …' },
  ];
  const parts = partsOf(inside(list), ',');
  const named = parts.filter(([first]) => first?.type === 'VariableName');
  const spread = parts.find(
    ([first, name]) => name && (first?.type === '*' || first?.type === '**'),
  );
  if (api === 'v2' && spread?.[0]) {
    return remark(spread[0], 'run() cannot have *args or **kwargs: the server does not start.');
  }
  if (!spread && named.every(([name]) => name?.text === 'request_headers')) {
    return remark(list, 'run() has no parameter for the input: the server does not start.');
  }
  return [];
}
