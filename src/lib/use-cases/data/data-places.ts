import type { BlobContainer, Gateways, MlWorkspace } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import type { CollectedFile } from '../../model/collected-file.js';
import { sharedName } from '../../model/collection-name.js';
import type { DataLevel } from '../../model/data-path.js';
import { resourceName } from '../../model/resource-id.js';
import { type Target, targetName } from '../../model/target.js';
import { DATASTORE, findDatastoreOf, folderPrefix, parseDatastoreUri } from './datastores.js';

/** A folder of a container with collected data below it. */
export interface DataPlace {
  readonly container: BlobContainer;
  /** Ends in `/`; empty for the whole container. */
  readonly prefix: string;
  /** What the folders below it say, before those of the time. */
  readonly levels: readonly DataLevel[];
  /** What is known without them. */
  readonly known: Pick<CollectedFile, 'api' | 'service'> & {
    readonly part: string | null;
    readonly collection: string | null;
  };
  /** v1: the version of an AKSENDPOINT that has this version of a model, if it is one alone. */
  readonly partOf?: (model: string, version: string) => string | null;
}

/** v1 collects into a container of its own, in the storage account of the workspace. */
export function v1Container({ storageAccountId }: MlWorkspace): BlobContainer | null {
  const accountName = storageAccountId && resourceName(storageAccountId);
  return accountName ? { accountName, containerName: 'modeldata' } : null;
}

/** Where v2 collects without a data asset of the user's own, below the container of the workspace's datastore. */
export function v2Prefix(target: Pick<Target, 'service' | 'part'>, collection: string): string {
  return `modelDataCollector/${targetName(target)}/${collection}/`;
}

/**
 * Where the collected data of these targets of one service lies. What a data asset names and cannot be reached is noted.
 *
 * @throws {CliError} if the workspace's own storage is not known
 */
export async function findDataPlaces(
  gateways: Pick<Gateways, 'arm' | 'blobs' | 'v1' | 'v2'>,
  targets: readonly Target[],
  report: Report,
): Promise<readonly DataPlace[]> {
  const [first] = targets;
  if (!first) return [];
  return first.api === 'v1'
    ? v1Places(gateways, first.service, targets)
    : v2Places(gateways, first.service, targets, report);
}

/**
 * Contract: `{subscription}/{group}/{workspace}/{service}/{model}/{version}/{designation}/…`. The collector writes the
 * first three in lower case, the service tells them as they are: any case is taken. What it tells may be of before the
 * workspace moved, and with the container or without: both places are looked into. The version is `default` where the
 * collector did not know the model, so that what the service tells is not all there is.
 * Known from: SDK source, azureml-monitoring `modeldatacollector.py`; documented.
 */
async function v1Places(
  { arm, blobs }: Pick<Gateways, 'arm' | 'blobs'>,
  service: string,
  targets: readonly Target[],
): Promise<readonly DataPlace[]> {
  const workspace = await arm.getWorkspace();
  const container = v1Container(workspace);
  if (container === null) {
    throw new CliError('not-found', `The workspace "${workspace.name}" has no storage account.`);
  }
  const [, subscriptionId = '', resourceGroup = ''] =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\//i.exec(workspace.resourceId) ?? [];
  const own = [subscriptionId, resourceGroup, workspace.name];
  const told = targets.flatMap(({ part, dataPaths }) =>
    dataPaths.map((path) => ({ part, ...readDataPath(path) })),
  );
  const partOf = (model: string, version: string): string | null => {
    const parts = told.filter((one) => one.model === model && one.version === version);
    return parts.length === 1 ? (parts[0]?.part ?? null) : null;
  };
  const folders = new Map<string, Set<string>>();
  const add = (scope: readonly string[], folder: string | undefined) => {
    if (folder === undefined) return;
    const key = scope.join('/').toLowerCase();
    folders.set(key, (folders.get(key) ?? new Set()).add(folder));
  };
  add(own, service);
  for (const { scope, folder } of told) {
    add(own, folder);
    add(scope, folder);
  }
  const prefixes = await Promise.all(
    [...folders].map(async ([scope, names]) => {
      const found = await foldersOf(blobs, container, scope.split('/'));
      return found.flatMap((prefix) => [...names].map((name) => `${prefix}${name}/`));
    }),
  );
  return prefixes.flat().map((prefix) => ({
    container,
    prefix,
    levels: ['model', 'modelVersion', 'collection'],
    known: { api: 'v1', service, part: null, collection: null },
    partOf,
  }));
}

/** What a service tells of where it collects: the scope is that of the day when it was deployed. */
function readDataPath(path: string) {
  const segments = path.split('/').filter(Boolean);
  const isWhole = segments[0]?.toLowerCase() === 'modeldata';
  const below = isWhole ? segments.slice(1) : segments;
  const [folder, model = '', version = ''] = below.slice(3);
  return { scope: below.slice(0, 3), folder, model, version };
}

/** The folders that have these names, one below the other, in any case. */
async function foldersOf(
  blobs: Gateways['blobs'],
  container: BlobContainer,
  names: readonly string[],
): Promise<readonly string[]> {
  let folders: readonly string[] = [''];
  for (const name of names) {
    const found = folders.map((folder) => foldersCalled(blobs, container, folder, name));
    folders = (await Promise.all(found)).flat();
  }
  return folders;
}

/** The folders right below a prefix that have this name in any case. */
async function foldersCalled(
  blobs: Gateways['blobs'],
  container: BlobContainer,
  prefix: string,
  name: string,
): Promise<readonly string[]> {
  const wanted = `${prefix}${name}/`.toLowerCase();
  const found: string[] = [];
  for await (const one of blobs.listLevel(container, prefix)) {
    if ('folder' in one && one.folder.toLowerCase() === wanted) found.push(one.folder);
  }
  return found;
}

/**
 * Contract: `modelDataCollector/{endpoint}/{deployment}/{collection}/…` in the datastore of the workspace, deployments that
 * are gone included; where a collection has a data asset of the user's own, the path of that.
 * Known from: documented, "Collect production data from models deployed for real-time inferencing".
 */
async function v2Places(
  { arm, v2 }: Pick<Gateways, 'arm' | 'v2'>,
  service: string,
  targets: readonly Target[],
  report: Report,
): Promise<readonly DataPlace[]> {
  const [container, uris] = await Promise.all([
    arm.getDatastore(DATASTORE),
    Promise.all(targets.map((target) => dataUris(v2, target, report))),
  ]);
  const usual: DataPlace = {
    container,
    prefix: `modelDataCollector/${service}/`,
    levels: ['part', 'collection'],
    known: { api: 'v2', service, part: null, collection: null },
  };
  const own = await Promise.all(
    targets.flatMap(({ part }, at) =>
      (uris[at] ?? []).map(async ([collection, uri]): Promise<readonly DataPlace[]> => {
        const place = await placeOf(uri, arm, collection, report);
        if (
          !place ||
          (isSame(place.container, container) && place.prefix.startsWith(usual.prefix))
        ) {
          return [];
        }
        return [{ ...place, levels: [], known: { api: 'v2', service, part, collection } }];
      }),
    ),
  );
  return [usual, ...shared(own.flat(), report)];
}

async function dataUris(
  v2: Gateways['v2'],
  target: Target,
  report: Report,
): Promise<readonly (readonly [collection: string, uri: string])[]> {
  try {
    return [...(await v2.findDataUris(target))];
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    report.note(
      `Whether ${targetName(target)} collects to a place of its own is not known: ${error.message}`,
    );
    return [];
  }
}

async function placeOf(
  uri: string,
  arm: Gateways['arm'],
  collection: string,
  report: Report,
): Promise<Pick<DataPlace, 'container' | 'prefix'> | undefined> {
  try {
    const named = parseDatastoreUri(uri);
    if (named) {
      const container = await findDatastoreOf(arm)(named);
      return { container, prefix: folderPrefix(named.path) };
    }
    report.note(`The collection "${collection}" goes to ${uri}, which is not read from here.`);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    report.note(`The collection "${collection}" goes to ${uri}: ${error.message}`);
  }
  return undefined;
}

/** Each place once. Whose data is whose cannot be told where several deployments or collections have one. */
function shared(places: readonly DataPlace[], report: Report): readonly DataPlace[] {
  return places.flatMap((place) => {
    const same = places.filter(
      ({ container, prefix }) => isSame(container, place.container) && prefix === place.prefix,
    );
    if (same[0] !== place) return [];
    const parts = new Set(same.map(({ known }) => known.part));
    const collection = sharedName(same.flatMap(({ known }) => known.collection ?? []));
    if (collection !== place.known.collection) {
      report.note(
        `Collections go to one folder, "${place.prefix}": they are one here, "${collection}".`,
      );
    }
    const part = parts.size === 1 ? place.known.part : null;
    return [{ ...place, known: { ...place.known, part, collection } }];
  });
}

function isSame(a: BlobContainer, b: BlobContainer): boolean {
  return a.accountName === b.accountName && a.containerName === b.containerName;
}
