import type { Change, WriteRequest } from '../azure/gateways.js';
import { CliError, Interrupted } from '../errors.js';
import { type Target, targetName } from '../model/target.js';
import {
  assertNoneFailed,
  type Failure,
  failureOf,
  failureOfSome,
  interrupted,
  type Stand,
} from './failures.js';
import { assertAllAsked, type FoundTargets } from './find-targets.js';
import { mapConcurrently } from './map-concurrently.js';

/** What became of one target. */
export interface Outcome
  extends Pick<Target, 'api' | 'service' | 'part' | 'computeType' | 'insights' | 'collection'> {
  /** Whether anything was sent; with `dryRun`, whether anything would be. */
  readonly changed: boolean;
  /** False: accepted by Azure but not awaited, or not sent at all. */
  readonly applied: boolean;
  /** Only with `dryRun`: what would be sent. */
  readonly requests?: readonly WriteRequest[];
  /** Only with `dryRun`: the text that the last request would replace. */
  readonly before?: string | null;
  readonly error: Failure | null;
}

export interface ChangePlan {
  /** The state that the change leads to, told in its outcome. */
  readonly state: (target: Target) => Partial<Pick<Target, 'insights' | 'collection'>>;
  readonly change: (target: Target) => Promise<Change>;
  readonly dryRun: boolean;
  /** The host's: aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Azure refuses a second change of an endpoint that is still updating; several endpoints do not mind each other. */
const ENDPOINTS_AT_A_TIME = 4;

/**
 * Changes each target: those of one endpoint one after another, several endpoints at a time. One that fails
 * does not stop the rest. The outcomes are in the order of the targets.
 *
 * @throws {Interrupted} after Ctrl-C, saying what was and was not done
 */
export async function changeEach(
  targets: readonly Target[],
  plan: ChangePlan,
): Promise<readonly Outcome[]> {
  const progress: Progress = { done: [], begun: new Set() };
  const groups = new Map<string, [number, Target][]>();
  for (const [index, target] of targets.entries()) {
    const endpoint = `${target.api} ${target.service}`;
    groups.set(endpoint, [...(groups.get(endpoint) ?? []), [index, target]]);
  }
  const outcomes: Outcome[] = [];
  try {
    await mapConcurrently([...groups.values()], ENDPOINTS_AT_A_TIME, async (group) => {
      for (const [index, target] of group) {
        plan.signal.throwIfAborted();
        progress.begun.add(target);
        outcomes[index] = await outcomeOf(target, plan);
        progress.done.push(target);
      }
    });
  } catch (error) {
    const { reason } = plan.signal;
    if (!(reason instanceof Interrupted)) throw error;
    throw interrupted(reason, standOf(targets, outcomes, progress));
  }
  return outcomes;
}

interface Progress {
  readonly done: Target[];
  readonly begun: Set<Target>;
}

async function outcomeOf(
  target: Target,
  { state, change, dryRun, signal }: ChangePlan,
): Promise<Outcome> {
  const { api, service, part, computeType, insights, collection } = target;
  const before = { api, service, part, computeType, insights, collection };
  try {
    const { changed, applied, requests, before: text } = await change(target);
    const planned = dryRun ? { requests, before: text } : {};
    return { ...before, ...state(target), changed, applied, ...planned, error: null };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CliError)) throw error;
    return { ...before, changed: false, applied: false, error: failureOf(error) };
  }
}

/** An outcome of a target that nothing is sent for, because it cannot be changed. */
export function refusedOutcome(target: Target, error: CliError): Outcome {
  const { api, service, part, computeType, insights, collection } = target;
  const before = { api, service, part, computeType, insights, collection };
  return { ...before, changed: false, applied: false, error: failureOf(error) };
}

/** Fails if a change did, or if a world could not be asked for its targets. */
export function assertAllDone(
  outcomes: readonly Outcome[],
  unanswered: FoundTargets['unanswered'] = [],
): void {
  const named = outcomes.map((outcome) => ({ name: targetName(outcome), error: outcome.error }));
  if (unanswered.length === 0) assertNoneFailed(named);
  else if (named.some(({ error }) => error !== null)) throw failureOfSome(named);
  else assertAllAsked(unanswered);
}

function standOf(
  targets: readonly Target[],
  outcomes: readonly Outcome[],
  { done, begun }: Progress,
): Stand {
  const names = (list: readonly Target[]) => list.map(targetName);
  return {
    changed: names(done.filter((target) => outcomes[targets.indexOf(target)]?.changed)),
    halfway: names(targets.filter((target) => begun.has(target) && !done.includes(target))),
    untouched: names(targets.filter((target) => !begun.has(target))),
  };
}
