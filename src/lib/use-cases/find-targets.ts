import type { Gateways } from '../azure/gateways.js';
import { CliError } from '../errors.js';
import type { Report } from '../host.js';
import { parseTargetName, type Target, targetName } from '../model/target.js';
import { mapConcurrently } from './map-concurrently.js';
import { shortList, suggestion } from './name-lists.js';

export type Api = Target['api'];
export type Worlds = Pick<Gateways, Api>;

export interface TargetNames {
  /** Each is SERVICE or SERVICE/PART. */
  readonly services: readonly string[];
  /** Only this world is asked. */
  readonly api?: Api | undefined;
}

export interface FoundTargets {
  readonly targets: readonly Target[];
  /** The worlds that could not answer, and why. */
  readonly unanswered: readonly { readonly api: Api; readonly error: CliError }[];
}

/** What a world's services are called. */
export const WORLD_NAME: Readonly<Record<Api, string>> = {
  v1: 'v1 web services',
  v2: 'v2 online endpoints',
};

/** How many services are looked up at a time, each in both worlds. */
const LOOKUPS = 8;

/**
 * The targets of these names, in the order of the names and each once. Both worlds are asked at once; if one cannot
 * answer, a service that the other has is used, and that is noted.
 *
 * @throws {CliError} `not-found` if a name means nothing, `usage` if it means a service in each world
 */
export async function findTargets(
  worlds: Worlds,
  { services, api }: TargetNames,
  report: Report,
): Promise<readonly Target[]> {
  const names = services.map(parseTargetName);
  const noted = new Set<Api>();
  const found = await mapConcurrently(names, LOOKUPS, async (name) => {
    const answers = await askWorlds(api, (world) => worlds[world].findTargets(name.service));
    const targets = oneWorld(name.service, answers);
    if (targets.length > 0) {
      for (const { api: silent, error } of answers.unanswered) {
        if (noted.has(silent)) continue;
        noted.add(silent);
        report.note(`The ${WORLD_NAME[silent]} were not asked: ${error.message}`);
      }
    }
    if (targets.length === 0) throw await unknownService(worlds, name.service, answers);
    return partsOf(targets, name);
  });
  const byName = new Map<string, Target>();
  for (const target of found.flat()) byName.set(`${target.api} ${targetName(target)}`, target);
  return [...byName.values()];
}

/** Everything there is, in order of name. @throws {CliError} the error of a world if none could answer */
export async function findAllTargets(worlds: Worlds, api?: Api): Promise<FoundTargets> {
  const answers = await askWorlds(api, (world) => worlds[world].findTargets());
  if (answers.found.length === 0) throw worst(answers.unanswered);
  const targets = answers.found.flatMap(({ items }) => items).sort(byNameAndPart);
  return { targets, unanswered: answers.unanswered };
}

/** @throws {CliError} `incomplete` if a world could not be asked for all it has */
export function assertAllAsked([silent]: FoundTargets['unanswered']): void {
  if (!silent) return;
  const { api, error } = silent;
  const message = `The ${WORLD_NAME[api]} could not be asked: ${error.message}`;
  const other = api === 'v1' ? 'v2' : 'v1';
  const { hint: _, ...facts } = error.facts;
  const hint = `To leave them out: --api ${other}.`;
  throw new CliError('incomplete', message, { ...facts, hint }, error);
}

export interface ServiceChoice {
  /** What was typed, if anything was. */
  readonly typed: string | undefined;
  /** The default service of the settings, and where it is set. */
  readonly preset: { readonly name: string; readonly source: string } | undefined;
  /** Asks on the terminal; undefined where no question may be asked. */
  readonly ask: ((message: string, choices: readonly string[]) => Promise<string>) | undefined;
  readonly api?: Api | undefined;
}

/**
 * The service that is meant where naming one is optional: the typed one, the default, the only one, the one that is picked.
 *
 * @throws {CliError} `usage` with the names if that leaves several
 */
export async function chooseService(
  worlds: Worlds,
  { typed, preset, ask, api }: ServiceChoice,
  report: Report,
): Promise<string> {
  if (typed !== undefined) return typed;
  if (preset) {
    report.note(`The service is ${preset.name} (${preset.source}).`);
    return preset.name;
  }
  const answers = await askWorlds(api, (world) => worlds[world].listServices());
  if (answers.found.length === 0) throw worst(answers.unanswered);
  const names = [...new Set(answers.found.flatMap(({ items }) => items))].sort();
  const [first, second] = names;
  if (first === undefined) throw new CliError('not-found', 'This workspace has no services.');
  if (second === undefined) {
    report.note(`The service is ${first}, the only one.`);
    return first;
  }
  if (ask) return ask('Which service?', names);
  throw new CliError('usage', `This workspace has ${names.length} services: name one.`, {
    hint: `They are ${shortList(names)}. A default one: AML_MONITOR_SERVICE, or \`aml-monitor use\`.`,
  });
}

interface Answers<T> {
  readonly found: readonly { readonly api: Api; readonly items: readonly T[] }[];
  readonly unanswered: FoundTargets['unanswered'];
}

async function askWorlds<T>(
  api: Api | undefined,
  ask: (api: Api) => AsyncIterable<T>,
): Promise<Answers<T>> {
  const asked = api === undefined ? (['v1', 'v2'] as const) : [api];
  const answers = await Promise.all(
    asked.map(async (world) => {
      try {
        const items: T[] = [];
        for await (const item of ask(world)) items.push(item);
        return { api: world, items };
      } catch (error) {
        if (error instanceof CliError) return { api: world, error };
        throw error;
      }
    }),
  );
  return {
    found: answers.flatMap(({ api: world, items }) => (items ? [{ api: world, items }] : [])),
    unanswered: answers.flatMap(({ api: world, error }) => (error ? [{ api: world, error }] : [])),
  };
}

/** What to say if no world answers: of two reasons, the one that is not v1's. */
function worst(unanswered: FoundTargets['unanswered']): CliError {
  const [first] = [...unanswered].sort((a, b) => b.api.localeCompare(a.api));
  return first?.error ?? new CliError('not-found', 'There is nothing to ask.');
}

function oneWorld(service: string, { found }: Answers<Target>): readonly Target[] {
  const having = found.filter(({ items }) => items.length > 0);
  if (having.length > 1) {
    const message = `"${service}" is both a v1 web service and a v2 online endpoint.`;
    throw new CliError('usage', message, { hint: 'Say which with --api v1 or --api v2.' });
  }
  return having[0]?.items ?? [];
}

function partsOf(
  targets: readonly Target[],
  { service, part }: ReturnType<typeof parseTargetName>,
): readonly Target[] {
  if (part === undefined) return targets;
  const wanted = part.toLowerCase();
  const matching = targets.filter((target) => target.part?.toLowerCase() === wanted);
  if (matching.length > 0) return matching;
  const parts = targets.flatMap((target) => (target.part === null ? [] : [target.part]));
  if (parts.length === 0) {
    throw new CliError('not-found', `"${service}" is one service, without a part "${part}".`, {
      hint: `Name it as ${service}.`,
    });
  }
  const noun = targets[0]?.api === 'v1' ? 'version' : 'deployment';
  throw new CliError('not-found', `"${service}" has no ${noun} "${part}".`, {
    hint: `It has ${shortList(parts)}.`,
  });
}

async function unknownService(
  worlds: Worlds,
  service: string,
  { found, unanswered }: Answers<Target>,
): Promise<CliError> {
  const [only, second] = found.map(({ api }) => api);
  if (only === undefined) return worst(unanswered);
  const api = second === undefined ? only : undefined;
  const listed = await askWorlds(api, (world) => worlds[world].listServices());
  if (listed.found.length === 0) return worst(listed.unanswered);
  const names = [...new Set(listed.found.flatMap(({ items }) => items))].sort();
  if (names.some((name) => name.toLowerCase() === service.toLowerCase())) {
    return new CliError('not-found', `The endpoint "${service}" has no deployments.`);
  }
  const hint =
    names.length === 0 ? 'The workspace has no services at all.' : suggestion(service, names);
  const [silent] = unanswered;
  if (silent) {
    // It may well be there: the reason that is in the way decides the kind.
    const { kind, message, facts } = silent.error;
    const text = `"${service}" is none of the ${WORLD_NAME[only]}, and the ${WORLD_NAME[silent.api]} were not asked: ${message}`;
    return new CliError(kind, text, { ...facts, hint }, silent.error);
  }
  const where = api ? ` among the ${WORLD_NAME[api]}` : '';
  const message = `There is no service "${service}"${where} in this workspace.`;
  return new CliError('not-found', message, { hint });
}

function byNameAndPart(a: Target, b: Target): number {
  const order = a.service.localeCompare(b.service, 'en') || a.api.localeCompare(b.api);
  return order || (a.part ?? '').localeCompare(b.part ?? '', 'en');
}
