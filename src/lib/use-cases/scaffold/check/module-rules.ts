import type { PythonScript } from '../../../python/script.js';
import { nodesOf } from '../../../python/tree.js';
import type { Api } from '../../find-targets.js';
import type { Collector } from './collectors.js';
import type { Remark } from './finding.js';
import type { Packages } from './packages.js';

/** Where a collector is wrongly looked for, and where it is. */
const WRONG: Readonly<Record<string, readonly [module: string, why: string]>> = {
  'azure.ai.monitoring': ['azureml.ai.monitoring', 'There is no module azure.ai.monitoring.'],
  'azure.ai.mlmonitoring': [
    'azureml.ai.monitoring',
    'azure.ai.mlmonitoring was an alpha; its package has another name now.',
  ],
  'azureml.datacollector': [
    'azureml.monitoring',
    'azureml.datacollector was of the preview of 2017.',
  ],
};

const PACKAGE = { v1: 'azureml-monitoring', v2: 'azureml-ai-monitoring' } as const;
const SYSTEM = { v1: 'a v1 web service', v2: 'a v2 online endpoint' } as const;

/** Whether the collectors come from a package that is there, and is for where the script runs. */
export function moduleRemarks(
  script: PythonScript,
  collectors: readonly Collector[],
  expected: { readonly api: Api; readonly why: string } | undefined,
): readonly Remark[] {
  const imports = [...nodesOf(script.root)].filter(({ type }) => type === 'ImportStatement');
  const wrong = imports.flatMap((node): Remark[] => {
    const module = /^(?:from|import)\s+([\w.]+)/.exec(node.text)?.[1] ?? '';
    const [right, message] = WRONG[module] ?? [];
    if (right === undefined || message === undefined) return [];
    return [{ id: 'collector-module', at: node, message, fix: `Import it from ${right}.` }];
  });
  const [first] = collectors;
  const other = expected
    ? collectors.find(({ api }) => api !== expected.api)
    : collectors.find(({ api }) => api !== first?.api);
  if (!other) return wrong;
  const right = expected?.api ?? first?.api ?? 'v2';
  const message = expected
    ? `This collector works in ${SYSTEM[other.api]} only; ${expected.why}.`
    : `This collector works in ${SYSTEM[other.api]} only, the first one in ${SYSTEM[right]}.`;
  const fix = `Use the one of ${PACKAGE[right]}: see scaffold score.py --generation ${right}.`;
  return [...wrong, { id: 'wrong-generation', at: other.call.node, message, fix }];
}

/** Whether the environment has the packages of the collectors. */
export function packageRemarks(
  collectors: readonly Collector[],
  { file, names }: Packages,
): readonly Remark[] {
  return (['v1', 'v2'] as const).flatMap((api): Remark[] => {
    const first = collectors.find((each) => each.api === api);
    if (!first || names.has(PACKAGE[api])) return [];
    const message = `"${file}" has no ${PACKAGE[api]}, so the script cannot import its collector.`;
    return [
      { id: 'package-missing', at: first.call.node, message, fix: `Add ${PACKAGE[api]} to pip.` },
    ];
  });
}
