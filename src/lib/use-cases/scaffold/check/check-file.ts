import { CliError } from '../../../errors.js';
import type { ScriptSurroundings } from './check-script.js';
import type { Deployed } from './deployed.js';
import type { Finding } from './finding.js';
import type { Packages } from './packages.js';

/** A file as it was checked. */
export interface Checked {
  readonly file: string;
  readonly kind: 'scoring script' | 'v2 deployment' | 'v1 deployment';
  readonly findings: readonly Finding[];
  /** Places of a scoring script that print for a request. */
  readonly prints: number;
  /** Collections, as far as their names are known. */
  readonly collects: readonly string[];
}

/** Which findings fail a check. */
export type FailOn = 'error' | 'warning';

/**
 * Tells what a scoring script (.py), a script that deploys (.py) or a deployment (.yml) will not log or collect.
 *
 * @throws {CliError} `usage` if it is none of these
 */
export async function checkFile(
  file: string,
  text: string,
  surroundings: ScriptSurroundings,
): Promise<Checked> {
  const isYaml = /\.ya?ml$/i.test(file);
  if (!isYaml && !/\.pyw?$/i.test(file)) {
    throw new CliError('usage', `"${file}" is neither Python nor YAML, by its name.`, {
      hint: 'Check a scoring script (.py), a deployment (.yml) or a script that deploys (.py).',
    });
  }
  if (isYaml) {
    const { checkDeployment, deployedFile } = await import('./check-deployment.js');
    const collects = deployedFile(file, text).collections.filter(({ enabled }) => enabled);
    return {
      ...{ file, kind: 'v2 deployment', prints: 0 },
      findings: checkDeployment(file, text),
      collects: collects.map(({ name }) => name),
    };
  }
  const { readScript } = await import('../../../python/script.js');
  const script = readScript(text);
  const { checkDeployScript, deployCalls } = await import('./check-deploy-script.js');
  if (deployCalls(script).length > 0 && script.moduleBindings('run').length === 0) {
    const findings = checkDeployScript(file, script);
    return { file, kind: 'v1 deployment', findings, prints: 0, collects: [] };
  }
  const { checkScript } = await import('./check-script.js');
  return { file, kind: 'scoring script', ...checkScript(file, script, surroundings) };
}

/** The deployment that a YAML file describes. @throws {CliError} `usage` if it describes none */
export async function readDeployed(file: string, text: string): Promise<Deployed> {
  const { deployedFile } = await import('./check-deployment.js');
  return deployedFile(file, text);
}

/** The packages that a conda environment or a requirements file names. */
export async function readEnvironment(file: string, text: string): Promise<Packages> {
  const { readPackages } = await import('./packages.js');
  return readPackages(file, text);
}

/** Whether findings are as bad as what a check is to fail on. */
export function isFailed(findings: readonly Finding[], failOn: FailOn): boolean {
  return findings.some(({ severity }) => severity === 'error' || severity === failOn);
}
