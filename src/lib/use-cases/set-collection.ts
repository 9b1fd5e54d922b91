import type { Change, CollectionChange, Gateways } from '../azure/gateways.js';
import { CliError } from '../errors.js';
import type { Report } from '../host.js';
import { type Target, targetName } from '../model/target.js';
import { type ChangeRequest, type ChangeResult, changeTargets } from './change-targets.js';
import { changeWarnings, collectionWarnings } from './switch-warnings.js';

/**
 * Turns the collection of model data on or off. Safe to repeat: what is already so is left alone.
 *
 * @throws {CliError} before any write: `not-found` or `usage` if a name means no service or two, `unsupported` if a named
 *   target cannot collect, or not in that way
 */
export async function setCollection(
  gateways: Pick<Gateways, 'v1' | 'v2'>,
  { change, ...request }: ChangeRequest & { readonly change: CollectionChange },
  report: Report,
): Promise<ChangeResult> {
  const { to, collections, samplingRate, rollingRate } = change;
  const isPlain = !collections && samplingRate === undefined && rollingRate === undefined;
  return changeTargets(
    gateways,
    request,
    {
      title:
        to === 'forget'
          ? 'Forget which model data is collected'
          : `Turn the collection of model data ${to}`,
      state: (target) => ({ collection: to === 'on' || keepsSome(target, collections) }),
      differs: (target) => (isPlain ? differsPlainly(target, to) : true),
      refusal: (target) => refusalOf(gateways, target, isPlain ? to : 'details'),
      writeKey: targetName,
      change: async (target, options) =>
        isOffForGood(gateways, target)
          ? ALREADY
          : gateways[target.api].setCollection(target, change, options),
      warnings: async (targets) => [
        ...changeWarnings(targets),
        ...(to === 'on' ? collectionWarnings(targets, collections) : []),
      ],
      isDestructive: to === 'forget',
    },
    report,
  );
}

const ALREADY: Change = { changed: false, applied: true, requests: [], before: null };

/** What cannot collect and does not is as wished when it is turned off: nothing is asked of Azure. */
function isOffForGood(gateways: Pick<Gateways, 'v1' | 'v2'>, target: Target): boolean {
  return !target.collection && gateways[target.api].cannotCollect(target) !== null;
}

/** Whether something is still collected after these collections were turned off; without names, all were. */
function keepsSome(target: Target, turnedOff: readonly string[] | undefined): boolean {
  if (!turnedOff) return false;
  return target.collections.some(({ name, enabled }) => enabled && !turnedOff.includes(name));
}

/** What a listing tells of a change that names no collection or rate. */
function differsPlainly({ collection, collections }: Target, to: CollectionChange['to']): boolean {
  if (to === 'forget') return true;
  if (to === 'off') return collection;
  return !collection || collections.some(({ enabled }) => !enabled);
}

function refusalOf(
  gateways: Pick<Gateways, 'v1' | 'v2'>,
  target: Target,
  asked: CollectionChange['to'] | 'details',
): CliError | null {
  const reason = gateways[target.api].cannotCollect(target);
  if (reason && !(asked === 'off' && isOffForGood(gateways, target))) {
    return reason instanceof CliError ? reason : new CliError('unsupported', reason.message);
  }
  if (target.api === 'v2' || asked === 'on' || asked === 'off') return null;
  const message = `"${targetName(target)}" is a v1 web service, whose collection can only be turned on or off.`;
  return new CliError('unsupported', message, {
    hint: 'Leave out --collections, --sampling-rate, --rolling-rate and --forget.',
  });
}
