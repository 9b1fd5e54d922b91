import type { BlobFolder, Gateways } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import { parseSpan } from '../../model/data-path.js';
import { shortList } from '../name-lists.js';
import type { DataPlace } from './data-places.js';

interface Newest {
  readonly names: string;
  readonly day: string;
  readonly end: Date;
}

/** What there is in these places outside of what was chosen, by its newest days, as a sentence; undefined: nothing. */
export async function whatIsOutside(
  { blobs }: Pick<Gateways, 'blobs'>,
  places: readonly DataPlace[],
): Promise<string | undefined> {
  const all = await Promise.all(places.map((place) => findNewest(blobs, place, place.prefix, [])));
  const found = all.flat().sort((a, b) => b.end.getTime() - a.end.getTime());
  if (found.length === 0) return undefined;
  const names = shortList(
    found.map((one) => `${one.names} up to ${one.day}`),
    6,
  );
  return `There is data outside of what is chosen, the newest of ${found[0]?.day}: ${names}.`;
}

/** The newest day of everything below a folder. Of years, months and days only the last is looked into. */
async function findNewest(
  blobs: Gateways['blobs'],
  place: DataPlace,
  folder: string,
  names: readonly string[],
): Promise<readonly Newest[]> {
  const below = (name: string) => findNewest(blobs, place, `${folder}${name}/`, [...names, name]);
  const named = await foldersIn(blobs, place, folder);
  const depth = names.length - place.levels.length;
  if (depth < 0) return (await Promise.all(named.map(below))).flat();
  const times = names.slice(place.levels.length);
  const last = named
    .filter((name) => parseSpan([...times, name]))
    .sort((a, b) => Number(a) - Number(b))
    .at(-1);
  if (last !== undefined && depth < 3) return below(last);
  const span = parseSpan(times);
  if (span === null) return [];
  const levels = names.slice(0, place.levels.length);
  const shown = [...levels, ...(place.known.collection ? [place.known.collection] : [])];
  return [{ names: shown.join('/'), day: times.join('-'), end: span.to }];
}

/** What stands where the folder of a service would be, as sentences. */
export interface Others {
  /** Folders of the service's name in another case: names of blobs tell upper from lower, those of services do not. */
  readonly alike: readonly string[];
  readonly ofOthersAlone: readonly string[];
}

export async function whoseElse(
  { blobs }: Pick<Gateways, 'blobs'>,
  places: readonly DataPlace[],
): Promise<Others> {
  const found = places.map(async (place): Promise<Others> => {
    const { prefix, known } = place;
    const parent = prefix.slice(0, prefix.slice(0, -1).lastIndexOf('/') + 1);
    const own = prefix.slice(parent.length, -1);
    // A place of the user's own is not called as the service.
    if (own.toLowerCase() !== known.service.toLowerCase()) return { alike: [], ofOthersAlone: [] };
    const names = await foldersIn(blobs, place, parent);
    const others = names.filter((name) => name !== own);
    const alike = others.filter((name) => name.toLowerCase() === own.toLowerCase());
    const where = `"${parent}" of the container "${place.container.containerName}"`;
    const isOthers = alike.length === 0 && others.length > 0 && !names.includes(own);
    return {
      alike: alike.map(
        (name) => `In ${where} there is "${name}", in another case than "${own}": it is not read.`,
      ),
      ofOthersAlone: isOthers
        ? [`In ${where} there is data of others alone: ${shortList(others, 6)}.`]
        : [],
    };
  });
  const all = await Promise.all(found);
  return {
    alike: [...new Set(all.flatMap((one) => one.alike))],
    ofOthersAlone: [...new Set(all.flatMap((one) => one.ofOthersAlone))],
  };
}

/** Names of the folders right below one; none where there is no such container. */
async function foldersIn(
  blobs: Gateways['blobs'],
  { container }: DataPlace,
  folder: string,
): Promise<readonly string[]> {
  const isFolder = (one: object): one is BlobFolder => 'folder' in one;
  const names: string[] = [];
  try {
    for await (const one of blobs.listLevel(container, folder)) {
      if (isFolder(one)) names.push(one.folder.slice(folder.length, -1));
    }
  } catch (error) {
    if (!(error instanceof CliError) || error.facts.code !== 'ContainerNotFound') throw error;
  }
  return names;
}
