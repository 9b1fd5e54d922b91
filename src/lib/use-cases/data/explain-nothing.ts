import type { BlobFolder, Gateways } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import { parseSpan } from '../../model/data-path.js';
import { type Target, targetName } from '../../model/target.js';
import { shortList } from '../name-lists.js';
import type { DataPlace } from './data-places.js';
import type { Collected, CollectedEnding, DataSelection } from './list-collected.js';

/**
 * Why there are no files of a service, as sentences: what was chosen leaves none, or nothing is collected, or what is
 * collected has not come. The next step is in each.
 */
export async function explainNothing(
  gateways: Pick<Gateways, 'v1' | 'v2' | 'blobs'>,
  { targets, places }: Collected,
  { missing }: CollectedEnding,
  selection: DataSelection,
): Promise<readonly string[]> {
  const { from, to, collections, deployment, model, modelVersion } = selection;
  const isChosen = [from, to, collections, deployment, model, modelVersion].some(
    (each) => each !== null && each !== undefined,
  );
  const found = isChosen ? await findNewest(gateways, places) : [];
  if (found.length > 0) return [whatElse(found)];
  return [
    ...missing.map(
      ({ message }) => `${message.replace(/\.$/, '')}: nothing was ever collected there.`,
    ),
    ...targets.flatMap((target) => whyNot(gateways, target)),
  ];
}

interface Newest {
  readonly names: string;
  readonly day: string;
}

/** The newest day of everything below these places. Of years, months and days only the last is looked into. */
async function findNewest(
  { blobs }: Pick<Gateways, 'blobs'>,
  places: readonly DataPlace[],
): Promise<readonly Newest[]> {
  async function below(
    place: DataPlace,
    folder: string,
    names: readonly string[],
  ): Promise<readonly Newest[]> {
    const folders: string[] = [];
    for await (const one of blobs.listLevel(place.container, folder)) {
      if (isFolder(one)) folders.push(one.folder);
    }
    const depth = names.length - place.levels.length;
    const named = folders.map((each) => each.slice(folder.length, -1));
    if (depth < 0) {
      const all = named.map((name) => below(place, `${folder}${name}/`, [...names, name]));
      return (await Promise.all(all)).flat();
    }
    const times = names.slice(place.levels.length);
    const last = named
      .filter((name) => parseSpan([...times, name]))
      .sort(byNumber)
      .at(-1);
    if (last !== undefined && depth < 3) return below(place, `${folder}${last}/`, [...names, last]);
    if (times.length === 0) return [];
    const levels = names.slice(0, place.levels.length);
    const shown = [...levels, ...(place.known.collection ? [place.known.collection] : [])];
    return [{ names: shown.join('/'), day: times.join('-') }];
  }
  try {
    return (await Promise.all(places.map((place) => below(place, place.prefix, [])))).flat();
  } catch (error) {
    if (error instanceof CliError) return []; // The reason is told already.
    throw error;
  }
}

function isFolder(one: object): one is BlobFolder {
  return 'folder' in one;
}

function byNumber(a: string, b: string): number {
  return Number(a) - Number(b);
}

function whatElse(found: readonly Newest[]): string {
  const sorted = [...found].sort((a, b) => (a.day < b.day ? 1 : -1));
  return `There is data outside of what is chosen, the newest of ${sorted[0]?.day}: ${shortList(
    sorted.map(({ names, day }) => `${names} up to ${day}`),
    6,
  )}.`;
}

/** Nothing is there of this target: the first reason that holds. */
function whyNot({ v1, v2 }: Pick<Gateways, 'v1' | 'v2'>, target: Target): readonly string[] {
  const name = targetName(target);
  const cannot = (target.api === 'v1' ? v1 : v2).cannotCollect(target);
  if (cannot) {
    const hint = cannot instanceof CliError ? ` ${cannot.facts.hint ?? ''}` : '';
    return [`${cannot.message}${hint}`.trim()];
  }
  if (!target.collection) {
    const disabled = target.collections.map((one) => one.name);
    const which = disabled.length > 0 ? ` (${shortList(disabled)})` : '';
    return [`${name} does not collect model data${which}: aml-monitor collect on ${name}`];
  }
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
