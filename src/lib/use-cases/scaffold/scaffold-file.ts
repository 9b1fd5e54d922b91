import type { Api } from '../find-targets.js';
import type { ScaffoldPlan } from './plan-scaffold.js';

export const SCAFFOLDS = ['score.py', 'deployment.yml'] as const;
export type Scaffold = (typeof SCAFFOLDS)[number];

/** A file to begin with. */
export interface ScaffoldFile {
  /** What it is usually called: `score.py`, `deployment.yml`, or `deploy.py` for a v1 deployment. */
  readonly name: string;
  readonly generation: Api;
  readonly content: string;
}

/** The file of a plan. */
export async function scaffoldFile(what: Scaffold, plan: ScaffoldPlan): Promise<ScaffoldFile> {
  const { generation } = plan;
  if (what === 'score.py') {
    const { scoringScript } = await import('./scoring-script.js');
    return { name: what, generation, content: scoringScript(plan) };
  }
  const { deploymentYaml, deployScript } = await import('./deployment-file.js');
  return generation === 'v1'
    ? { name: 'deploy.py', generation, content: deployScript(plan) }
    : { name: what, generation, content: deploymentYaml(plan) };
}
