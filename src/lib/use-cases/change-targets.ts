import type { Change, ChangeOptions } from '../azure/gateways.js';
import { CliError, Interrupted } from '../errors.js';
import type { Report } from '../host.js';
import { type Target, targetName } from '../model/target.js';
import { type ChangePlan, changeEach, type Outcome, refusedOutcome } from './change-each.js';
import {
  type FoundTargets,
  findAllTargets,
  findTargets,
  type TargetNames,
  type Worlds,
} from './find-targets.js';
import { shortList } from './name-lists.js';

export interface ChangeRequest extends TargetNames {
  /** Every target of the workspace; `services` is empty then. */
  readonly all: boolean;
  readonly wait: boolean;
  readonly dryRun: boolean;
  /** Asks before many targets change; undefined where no question is wanted or possible. */
  readonly confirm: ((message: string) => Promise<boolean>) | undefined;
  readonly signal: AbortSignal;
}

/** One switch, as `changeTargets` needs to know it. */
export interface Switch {
  /** For the question: `Turn Application Insights on`. */
  readonly title: string;
  readonly state: ChangePlan['state'];
  /** Whether the target is not yet as wished, as far as a listing tells. */
  readonly differs: (target: Target) => boolean;
  /** Why the target cannot be switched at all, null if it can. */
  readonly refusal: (target: Target) => CliError | null;
  /** What a write changes: targets of one key are changed by one write. */
  readonly writeKey: (target: Target) => string;
  readonly change: (target: Target, options: ChangeOptions) => Promise<Change>;
  /** What to warn of before those that differ are changed. */
  readonly warnings: (targets: readonly Target[]) => Promise<readonly string[]>;
  /** Asked before one target too. */
  readonly isDestructive: boolean;
}

export interface ChangeResult {
  readonly outcomes: readonly Outcome[];
  /** With `all`: the worlds that could not be asked, so that not all is done. */
  readonly unanswered: FoundTargets['unanswered'];
}

/**
 * Switches the named targets, or all. What can be known to be wrong is known before the first write.
 *
 * @throws {CliError} before any write: `not-found`, `usage`, or a named target's refusal
 */
export async function changeTargets(
  worlds: Worlds,
  request: ChangeRequest,
  chosen: Switch,
  report: Report,
): Promise<ChangeResult> {
  const { all, dryRun, wait, signal } = request;
  const { targets, unanswered } = await targetsOf(worlds, request, report);
  const refusals = new Map(
    targets.flatMap((target) => {
      const error = chosen.refusal(target);
      return error ? [[target, error] as const] : [];
    }),
  );
  const [refused] = refusals.values();
  if (refused && !all) throw refused;

  const differing = targets.filter((target) => !refusals.has(target) && chosen.differs(target));
  if (!wait && !dryRun) assertOneChangeEach(differing, chosen.writeKey);
  if (differing.length > 0 && !dryRun) {
    for (const warning of await chosen.warnings(differing)) report.warn(warning);
    await assertConfirmed(differing, request, chosen);
  }

  const progress = progressOf(report, dryRun ? [] : differing);
  const changed = await changeEach(
    targets.filter((target) => !refusals.has(target)),
    {
      state: chosen.state,
      dryRun,
      signal,
      change: (target) => {
        const onNote = (note: string) => report.note(note);
        return chosen.change(target, { wait, dryRun, onNote });
      },
    },
  ).finally(progress.done);
  const byTarget = new Map(changed.map((outcome) => [key(outcome), outcome]));
  const outcomes = targets.flatMap((target) => {
    const error = refusals.get(target);
    const outcome = error ? refusedOutcome(target, error) : byTarget.get(key(target));
    return outcome ? [outcome] : [];
  });
  return { outcomes, unanswered };
}

async function targetsOf(
  worlds: Worlds,
  { all, services, api }: ChangeRequest,
  report: Report,
): Promise<FoundTargets> {
  if (all && services.length > 0) {
    throw new CliError('usage', 'Name services or give --all, not both.');
  }
  if (!all && services.length === 0) {
    throw new CliError('usage', 'No service is named.', {
      hint: 'Name one or more as SERVICE or SERVICE/PART, or give --all.',
    });
  }
  const progress = report.progress('Looking up the services');
  try {
    if (!all)
      return { targets: await findTargets(worlds, { services, api }, report), unanswered: [] };
    return await findAllTargets(worlds, api);
  } finally {
    progress.done();
  }
}

/** Not waiting for one change means that the next of its endpoint would be refused. */
function assertOneChangeEach(targets: readonly Target[], writeKey: Switch['writeKey']): void {
  const writes = new Map(targets.map((target) => [writeKey(target), target]));
  const byService = new Map<string, Target[]>();
  for (const target of writes.values()) {
    byService.set(target.service, [...(byService.get(target.service) ?? []), target]);
  }
  const several = [...byService].find(([, changes]) => changes.length > 1);
  if (!several) return;
  const [service, changes] = several;
  throw new CliError(
    'usage',
    `"${service}" needs ${changes.length} changes, and Azure takes the next one only when the last is done.`,
    {
      hint: `Leave out --no-wait, or name one with it: ${shortList(changes.map(targetName))}.`,
    },
  );
}

async function assertConfirmed(
  targets: readonly Target[],
  { all, confirm, signal }: ChangeRequest,
  { title, isDestructive }: Switch,
): Promise<void> {
  if (!confirm || !(isDestructive || (all && targets.length > 1))) return;
  const count = targets.length === 1 ? '' : `${targets.length} targets: `;
  const question = `${title} for ${count}${shortList(targets.map(targetName))}?`;
  if (await confirm(question)) return;
  signal.throwIfAborted();
  throw new Interrupted(130, 'Nothing was changed.');
}

function progressOf(report: Report, targets: readonly Target[]): { readonly done: () => void } {
  if (targets.length === 0) return { done: () => {} };
  return report.progress(`Changing ${shortList(targets.map(targetName), 3)}`);
}

function key({ api, service, part }: Pick<Target, 'api' | 'service' | 'part'>): string {
  return `${api} ${targetName({ service, part })}`;
}
