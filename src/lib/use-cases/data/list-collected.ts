import type { BlobItem, Gateways } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import type { CollectedFile } from '../../model/collected-file.js';
import { parseTargetName, type Target } from '../../model/target.js';
import { type Api, findTargets } from '../find-targets.js';
import { assertTold, createDataFilter, type DataWish, toFoundData } from './data-filter.js';
import { type DataPlace, findDataPlaces } from './data-places.js';
import { type Found, walkConcurrently } from './walk-concurrently.js';

/** Which collected files are meant. */
export interface DataSelection extends DataWish {
  /** SERVICE or SERVICE/PART. A deployment that is gone is named by `deployment` alone. */
  readonly service: string;
  readonly api?: Api | undefined;
}

export interface Collected {
  readonly targets: readonly Target[];
  readonly places: readonly DataPlace[];
  /** In no order. Read it once. */
  readonly files: AsyncIterable<CollectedFile>;
  /** What is only known once the files are read. */
  readonly ending: () => CollectedEnding;
}

export interface CollectedEnding {
  /** v2: what lies in the folders of a collection beside its lines, such as payloads too big for one. */
  readonly payloads: Tally;
  /** Blobs that are not in the layout of collected data. */
  readonly strays: Tally;
  /** Files of which it cannot be told which of several deployments they are from. */
  readonly shared: Tally;
  /** Containers that do not exist. */
  readonly missing: readonly CliError[];
}

export interface Tally {
  readonly files: number;
  readonly bytes: number;
  /** One of their names, untrusted text; null without any. */
  readonly example: string | null;
}

/** As many lists at a time. */
const MOST_LISTS = 8;

/** A folder to look into. */
interface Node {
  readonly place: DataPlace;
  readonly folder: string;
}

/**
 * Finds the collected files of a service. Folders outside the range, or of other collections, are not looked into.
 *
 * @throws {CliError} `not-found` or `usage` if the name means no service or two, `auth` without rights on the storage
 */
export async function listCollected(
  gateways: Pick<Gateways, 'v1' | 'v2' | 'arm' | 'blobs'>,
  selection: DataSelection,
  report: Report,
): Promise<Collected> {
  const { service, part } = parseTargetName(selection.service);
  const { api } = selection;
  const targets = await findTargets(gateways, { services: [selection.service], api }, report);
  const isV1 = targets[0]?.api === 'v1';
  // Whose a model is can only be told from all versions of the endpoint.
  const all =
    isV1 && part !== undefined
      ? await findTargets(gateways, { services: [service], api }, report)
      : targets;
  const deployment = deploymentOf(selection, targets);
  const hasParts = targets.some((target) => target.part !== null);
  assertTold(selection, { service, api: isV1 ? 'v1' : 'v2', hasParts });
  const filter = createDataFilter({ ...selection, deployment });
  const payloads = createTally();
  const strays = createTally();
  const shared = createTally();
  const missing = new Map<string, CliError>();

  /** A container that is not there has no files; anything else that fails is an error. */
  function orMissing(error: unknown): readonly [] {
    if (!(error instanceof CliError) || error.facts.code !== 'ContainerNotFound') throw error;
    missing.set(error.message, error);
    return [];
  }

  async function* visit({ place, folder }: Node): AsyncGenerator<Found<Node, CollectedFile>> {
    const { blobs } = gateways;
    const found = filter.takesAll(place, folder)
      ? blobs.list(place.container, folder)
      : blobs.listLevel(place.container, folder);
    try {
      for await (const one of found) {
        if ('folder' in one) {
          if (filter.enters(place, one.folder)) yield { node: { place, folder: one.folder } };
          continue;
        }
        const data = toFoundData(one, place);
        if (data === 'stray') strays.add(one);
        if (typeof data === 'string' || !filter.takes(data.file)) continue;
        if (data.kind === 'payload') {
          payloads.add(one);
          continue;
        }
        if (data.file.part === null && deployment !== undefined) shared.add(one);
        yield { item: data.file };
      }
    } catch (error) {
      orMissing(error);
    }
  }

  const places = await findDataPlaces(gateways, all, report).catch(orMissing);
  const roots = places.filter(filter.opens).map((place): Node => ({ place, folder: place.prefix }));
  return {
    targets,
    places,
    files: walkConcurrently(roots, MOST_LISTS, visit),
    ending: () => ({
      payloads: payloads.total(),
      strays: strays.total(),
      shared: shared.total(),
      missing: [...missing.values()],
    }),
  };
}

/** @throws {CliError} `usage` if it is named twice */
function deploymentOf(
  { service: typed, deployment }: DataSelection,
  [first]: readonly Target[],
): string | undefined {
  const { part } = parseTargetName(typed);
  if (part !== undefined) {
    if (deployment !== undefined) {
      throw new CliError('usage', `${typed} names a deployment: leave out --deployment.`);
    }
    return first?.part ?? part;
  }
  return deployment;
}

function createTally() {
  let total: Tally = { files: 0, bytes: 0, example: null };
  return {
    add: ({ name, sizeBytes }: BlobItem) => {
      const { files, bytes, example } = total;
      total = { files: files + 1, bytes: bytes + sizeBytes, example: example ?? name };
    },
    total: () => total,
  };
}
