import type { Gateways } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import { type Target, targetName } from '../../model/target.js';
import { shortList } from '../name-lists.js';
import type { Collected, CollectedEnding, DataSelection } from './list-collected.js';
import { whatIsOutside, whoseElse } from './what-else.js';
import { tallyText, whatIsUnclear } from './what-is-beside.js';

/**
 * Why there are no files of a service, as sentences: what was chosen leaves none, what is there is something else,
 * nothing is collected, or what is collected has not come. The next step is in each.
 */
export async function explainNothing(
  gateways: Pick<Gateways, 'v1' | 'v2' | 'blobs'>,
  { targets, places }: Collected,
  ending: CollectedEnding,
  selection: DataSelection,
): Promise<readonly string[]> {
  const { from, to, collections, deployment, model, modelVersion } = selection;
  const isChosen = [from, to, collections, deployment, model, modelVersion].some(
    (each) => each !== null && each !== undefined,
  );
  const outside = isChosen ? await whatIsOutside(gateways, places) : undefined;
  const there = [...whatIsThere(ending), ...(outside === undefined ? [] : [outside])];
  const isOn = targets.some((target) => whyNotCollected(gateways, target) === undefined);
  if (isOn && there.length > 0) return there;
  const { alike, ofOthersAlone } = isOn
    ? await whoseElse(gateways, places)
    : { alike: [], ofOthersAlone: [] };
  const why = targets.flatMap((target) => {
    const reason = whyNotCollected(gateways, target);
    if (reason !== undefined) return [reason];
    // v2 has nowhere to write to then; v1 makes its container with the first file.
    const isBlocked = target.api === 'v2' && ending.missing.length > 0;
    const mayBeWritten = alike.length > 0;
    return isBlocked || mayBeWritten ? [] : whyNotWritten(target);
  });
  return [...there, ...missingText(ending, targets), ...alike, ...ofOthersAlone, ...why];
}

/** What was found, and is no file of the service. */
function whatIsThere({ payloads, strays, shared }: CollectedEnding): readonly string[] {
  return [
    ...(payloads.files > 0
      ? [
          `There ${tallyText(payloads, 'is', 'are')} of payloads that were too big for their lines, such as ${payloads.example}, and no line.`,
        ]
      : []),
    ...whatIsUnclear({ strays, shared, missing: [] }),
  ];
}

function missingText({ missing }: CollectedEnding, targets: readonly Target[]): readonly string[] {
  const isV1 = targets[0]?.api === 'v1';
  const what = isV1
    ? 'nothing was ever collected there'
    : 'what is collected has nowhere to go. It may have been deleted, or its datastore names another';
  return missing.map(({ message }) => `${message.replace(/\.$/, '')}: ${what}.`);
}

/** Why nothing is collected of this target: the first reason that holds; undefined: it is. */
function whyNotCollected(
  { v1, v2 }: Pick<Gateways, 'v1' | 'v2'>,
  target: Target,
): string | undefined {
  const name = targetName(target);
  const cannot = (target.api === 'v1' ? v1 : v2).cannotCollect(target);
  if (cannot) {
    const hint = cannot instanceof CliError ? ` ${cannot.facts.hint ?? ''}` : '';
    return `${cannot.message}${hint}`.trim();
  }
  if (!target.collection) {
    const disabled = target.collections.map((one) => one.name);
    const which = disabled.length > 0 ? ` (${shortList(disabled)})` : '';
    return `${name} does not collect model data${which}: aml-monitor collect on ${name}`;
  }
  return undefined;
}

/** Why a target that collects may have written nothing. */
function whyNotWritten(target: Target): readonly string[] {
  const name = targetName(target);
  if (target.api === 'v1') {
    return [
      `${name} collects, and has written nothing: its score.py needs a ModelDataCollector (aml-monitor scaffold --check score.py), and rows come minutes after their requests.`,
    ];
  }
  const enabled = target.collections.filter((one) => one.enabled);
  const code = enabled.filter((one) => one.name !== 'request' && one.name !== 'response');
  const thin = enabled.filter((one) => one.samplingRate < 1);
  return [
    `${name} collects ${shortList(enabled.map((one) => one.name))}, and has written nothing: has it had requests? They are written some minutes later.`,
    ...(code.length > 0
      ? [
          `${name}: ${shortList(code.map((one) => one.name))} come only from a Collector of that name in score.py (aml-monitor scaffold --check score.py).`,
        ]
      : []),
    ...(thin.length > 0
      ? [
          `${name}: of few requests perhaps none is kept, at a sampling rate of ${shortList(thin.map((one) => `${one.samplingRate} for ${one.name}`))}.`,
        ]
      : []),
  ];
}
