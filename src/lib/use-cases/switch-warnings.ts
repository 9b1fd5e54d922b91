import type { Gateways } from '../azure/gateways.js';
import { CliError } from '../errors.js';
import { type Target, targetName } from '../model/target.js';
import { shortList } from './name-lists.js';

/** What the user should know before these targets change, whichever switch it is. */
export function changeWarnings(targets: readonly Target[]): readonly string[] {
  const alone = targets.filter(({ api, computeType, replicas }) => {
    return api === 'v1' && computeType.startsWith('AKS') && replicas === 1;
  });
  const redeployed = targets.filter(({ api }) => api === 'v2');
  return [
    alone.length > 0 &&
      `${names(alone)}: AKS replaces the only replica, so requests may fail until the new one is up.`,
    redeployed.length > 0 &&
      `${names(redeployed)}: a v2 deployment is deployed again, which takes minutes, needs spare quota and fails if its image or score.py no longer work.`,
  ].filter((warning) => warning !== false);
}

/** What follows from Application Insights being on for these targets, beside the change itself. */
export async function insightsWarnings(
  { arm }: Pick<Gateways, 'arm'>,
  targets: readonly Target[],
): Promise<readonly string[]> {
  if (targets.length === 0) return [];
  const both = targets.filter(({ api, collection }) => api === 'v1' && collection);
  return [
    'Every response body is logged to Application Insights ("Response Value"), unless the service sets APP_INSIGHTS_LOG_RESPONSE_ENABLED=false.',
    both.length > 0 && inputsAreLogged(both),
    await missingComponent(arm),
  ].filter((warning) => typeof warning === 'string');
}

/** What follows from model data being collected for these targets, beside the change itself. */
export function collectionWarnings(
  targets: readonly Target[],
  collections: readonly string[] | undefined,
): readonly string[] {
  const v1 = targets.filter(({ api }) => api === 'v1');
  const both = v1.filter(({ insights }) => insights);
  const custom = [
    ...new Set(
      targets
        .filter(({ api }) => api === 'v2')
        .flatMap((target) => collections ?? target.collections.map(({ name }) => name)),
    ),
  ].filter((name) => name !== 'request' && name !== 'response');
  return [
    v1.length > 0 &&
      `${names(v1)}: nothing is collected unless score.py uses ModelDataCollector (azureml-monitoring).`,
    both.length > 0 && inputsAreLogged(both),
    custom.length > 0 &&
      `${custom.join(', ')}: nothing is collected unless score.py has a Collector of that name (azureml-ai-monitoring). request and response need no code.`,
  ].filter((warning) => warning !== false);
}

function inputsAreLogged(targets: readonly Target[]): string {
  return `${names(targets)}: with collection and Application Insights both on, every input and prediction is logged there too.`;
}

async function missingComponent(arm: Gateways['arm']): Promise<string | undefined> {
  try {
    const { name, componentId } = await arm.getWorkspace();
    if (componentId === null) {
      return `The workspace "${name}" has no Application Insights component: nothing will arrive.`;
    }
    if (await arm.componentExists(componentId)) return undefined;
    return `The Application Insights component of the workspace "${name}" cannot be found, or you may not see it: perhaps nothing will arrive.`;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return `Whether the workspace has an Application Insights component is not known: ${error.message}`;
  }
}

function names(targets: readonly Target[]): string {
  return shortList(targets.map(targetName), 5);
}
