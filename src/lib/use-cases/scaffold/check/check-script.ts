import type { PythonScript } from '../../../python/script.js';
import type { Api } from '../../find-targets.js';
import { collectorRemarks, modelRemarks } from './collector-rules.js';
import { collectorsOf } from './collectors.js';
import type { Deployed } from './deployed.js';
import { matchRemarks } from './deployment-match.js';
import { entryRemarks } from './entry-rules.js';
import { hiddenErrors } from './error-rules.js';
import { type Finding, type Remark, toFindings } from './finding.js';
import { moduleRemarks, packageRemarks } from './module-rules.js';
import type { Packages } from './packages.js';
import { headOf } from './places.js';
import { printsOf, traceRemarks } from './trace-rules.js';

export interface ScriptSurroundings {
  /** What was typed. */
  readonly generation?: Api | undefined;
  readonly deployed?: Deployed | undefined;
  readonly packages?: Packages | undefined;
}

export interface ScriptCheck {
  readonly findings: readonly Finding[];
  /** Places that print for a request. */
  readonly prints: number;
  /** Collections, as far as their names are known. */
  readonly collects: readonly string[];
}

/** What a scoring script will not log or collect as its author may think. */
export function checkScript(
  file: string,
  script: PythonScript,
  { generation, deployed, packages }: ScriptSurroundings,
): ScriptCheck {
  const collectors = collectorsOf(script);
  const expected = expectedApi(generation, deployed);
  const api = expected?.api ?? collectors[0]?.api ?? 'v2';
  const findings = toFindings(file, script.root.text, [
    ...entryRemarks(script, api),
    ...traceRemarks(script, api),
    ...hiddenErrors(script),
    ...moduleRemarks(script, collectors, expected),
    ...collectorRemarks(script, collectors),
    ...(collectors.length === 0 && !deployed ? [noCollector(script)] : []),
    ...(packages ? packageRemarks(collectors, packages) : []),
    ...(deployed ? matchRemarks(script, collectors, deployed) : []),
    ...(deployed?.api === 'v1' ? modelRemarks(script, collectors, deployed) : []),
  ]);
  const collects = collectors
    .filter((each) => each.escapes || each.collects.length > 0)
    .flatMap(({ name }) => name ?? []);
  return { findings, prints: printsOf(script).length, collects };
}

function noCollector(script: PythonScript): Remark {
  return {
    id: 'no-collector',
    at: headOf(script, 'init'),
    message:
      'There is no collector: v2 can collect requests and responses all the same, v1 nothing.',
    fix: 'Add collectors, as scaffold score.py does, to monitor what the model gets and answers.',
  };
}

function expectedApi(
  generation: Api | undefined,
  deployed: Deployed | undefined,
): { readonly api: Api; readonly why: string } | undefined {
  if (deployed) return { api: deployed.api, why: `${deployed.name} is ${deployed.api}` };
  return generation && { api: generation, why: `--generation is ${generation}` };
}
