import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import { type Collection, type Target, targetName } from '../../model/target.js';
import { type Api, findTargets, type Worlds } from '../find-targets.js';
import { shortList } from '../name-lists.js';

/** What is typed for a new file; undefined: as the service has it, or a placeholder. */
export interface ScaffoldWish {
  readonly generation?: Api | undefined;
  readonly service?: string | undefined;
  readonly collections?: readonly string[] | undefined;
  readonly samplingRate?: number | undefined;
  readonly modelName?: string | undefined;
  readonly featureNames?: readonly string[] | undefined;
}

/** All that the files have to agree on. */
export interface ScaffoldPlan {
  readonly generation: Api;
  /** The v1 web service or v2 online endpoint. */
  readonly service: string;
  /** The v2 deployment. */
  readonly deployment: string;
  readonly isKubernetes: boolean;
  readonly modelName: string;
  /** Of v2 with `request` and `response`, which need no code. */
  readonly collections: readonly Pick<Collection, 'name' | 'enabled'>[];
  readonly samplingRate: number;
  readonly featureNames: readonly string[] | undefined;
}

/** What Azure collects of a v2 deployment without any code in its script. */
export const PAYLOADS: readonly string[] = ['request', 'response'];

/** More than these Azure does not take from one script. */
export const MOST_COLLECTORS = 5;

const USUAL: Readonly<Record<Api, readonly string[]>> = {
  v1: ['inputs', 'predictions'],
  v2: [...PAYLOADS, 'model_inputs', 'model_outputs'],
};

/**
 * What the files are to hold. Azure is asked only if a service is named; what is left open is noted.
 *
 * @param connect the gateways, if they are needed
 * @throws {CliError} `not-found` if there is no such service, `usage` if it has several deployments or cannot be so
 */
export async function planScaffold(
  wish: ScaffoldWish,
  connect: () => Promise<Worlds>,
  report: Report,
): Promise<ScaffoldPlan> {
  const target =
    wish.service === undefined
      ? undefined
      : await oneTarget(wish.service, wish.generation, connect, report);
  if (target?.computeType === 'ACI') {
    report.warn(
      `${targetName(target)} runs on ACI, where nothing can be collected: the files are for AKS.`,
    );
  }
  const generation = target?.api ?? wish.generation ?? 'v2';
  const modelName = wish.modelName ?? (target && modelOf(target, report)) ?? 'my-model';
  return {
    generation,
    service: target?.service ?? (generation === 'v1' ? 'my-service' : 'my-endpoint'),
    deployment: target?.part ?? 'blue',
    isKubernetes: target?.computeType === 'Kubernetes',
    modelName,
    collections: collectionsOf(wish.collections, generation, target, report),
    samplingRate: wish.samplingRate ?? samplingOf(target, report),
    featureNames: wish.featureNames,
  };
}

/** The one target of a name. @throws {CliError} `usage` if it means several */
export async function oneTarget(
  service: string,
  api: Api | undefined,
  connect: () => Promise<Worlds>,
  report: Report,
): Promise<Target> {
  const worlds = await connect();
  const looking = report.progress(`Looking up ${service}`);
  const targets = await findTargets(worlds, { services: [service], api }, report).finally(
    looking.done,
  );
  const [target, second] = targets;
  if (target && !second) return target;
  const names = shortList(targets.map(targetName));
  throw new CliError('usage', `"${service}" has ${targets.length} parts: name one.`, {
    hint: `They are ${names}.`,
  });
}

function collectionsOf(
  names: readonly string[] | undefined,
  generation: Api,
  target: Target | undefined,
  report: Report,
): ScaffoldPlan['collections'] {
  const known = target?.collections ?? [];
  if (names === undefined && known.length > 0) return known;
  const chosen = names ?? USUAL[generation];
  if (target && generation === 'v2' && names === undefined) {
    report.note(`${targetName(target)} has no collections: the usual ones are written.`);
  }
  assertCollections(chosen, generation);
  return chosen.map((name) => ({ name, enabled: true }));
}

function assertCollections(names: readonly string[], generation: Api): void {
  if (generation === 'v1') {
    const unknown = names.find((name) => !USUAL.v1.includes(name));
    if (unknown === undefined) return;
    throw new CliError('usage', `"${unknown}" is nothing that a v1 scoring script collects.`, {
      hint: 'A v1 script collects inputs, predictions or both.',
    });
  }
  const count = names.filter((name) => !PAYLOADS.includes(name)).length;
  if (count <= MOST_COLLECTORS) return;
  throw new CliError('usage', `A scoring script can have ${MOST_COLLECTORS} collectors.`, {
    hint: `These are ${count}; request and response need none.`,
  });
}

/** In a deployment file one rate holds for every collection; in Azure each has its own. */
function samplingOf(target: Target | undefined, report: Report): number {
  const rates = [...new Set(target?.collections.map(({ samplingRate }) => samplingRate))];
  const [rate = 1, another] = rates.sort((a, b) => b - a);
  if (target && another !== undefined) {
    report.warn(
      `The collections of ${targetName(target)} have rates of ${rates.join(', ')}; a deployment file has one for all: ${rate}.`,
    );
  }
  return rate;
}

/** v1 only: the model that a service's data is collected under. */
function modelOf({ dataPaths }: Target, report: Report): string | undefined {
  const models = dataPaths.flatMap((path) => path.split('/').at(-3) ?? []);
  const [first, second] = models;
  if (second !== undefined) {
    report.note(`The service has ${models.length} models; the script collects for ${first}.`);
  }
  return first;
}
