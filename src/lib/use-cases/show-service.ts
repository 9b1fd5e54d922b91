import type { BlobContainer, Gateways, MlWorkspace } from '../azure/gateways.js';
import { CliError } from '../errors.js';
import type { Report } from '../host.js';
import type { Target } from '../model/target.js';
import { v1Container, v2Prefix } from './data/data-places.js';
import { DATASTORE, folderPrefix, isIn, parseDatastoreUri } from './data/datastores.js';
import { type Api, findTargets } from './find-targets.js';

/** All that is known about the monitoring of one service. */
export interface ServiceState {
  readonly service: string;
  readonly api: Api;
  readonly workspace: Pick<MlWorkspace, 'name' | 'resourceId' | 'location' | 'tenantId'>;
  /** The workspace's Application Insights component; null without one. */
  readonly component: ComponentState | null;
  /** Where collected model data is kept; null if that could not be found out. */
  readonly dataStore: BlobContainer | null;
  readonly targets: readonly TargetState[];
}

export interface ComponentState {
  readonly resourceId: string;
  /** Null if that could not be found out. */
  readonly exists: boolean | null;
  readonly portal: string;
}

export interface TargetState extends Target {
  /** Where collected data lands or would land: below the container of `dataStore`, or a whole URI if elsewhere. */
  readonly dataPrefixes: readonly string[];
  readonly studio: string;
}

/**
 * Reads the whole monitoring state of a service. What the caller may not see beside the service is noted, and null.
 *
 * @throws {CliError} `not-found` or `usage` if the name means no service or two
 */
export async function showService(
  gateways: Pick<Gateways, 'v1' | 'v2' | 'arm' | 'links'>,
  { service, api }: { readonly service: string; readonly api?: Api | undefined },
  report: Report,
): Promise<ServiceState> {
  const { arm, links } = gateways;
  const [targets, workspace] = await Promise.all([
    findTargets(gateways, { services: [service], api }, report),
    arm.getWorkspace(),
  ]);
  const [first] = targets;
  if (!first) throw new CliError('not-found', `There is no service "${service}".`);
  const { name, resourceId, location, tenantId, componentId } = workspace;
  const ifSeen = async <T>(asked: Promise<T>): Promise<T | null> => {
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      report.note(error.message);
      return null;
    }
  };
  const [exists, dataStore, dataUris] = await Promise.all([
    componentId === null ? null : ifSeen(arm.componentExists(componentId)),
    first.api === 'v1' ? v1Container(workspace) : ifSeen(arm.getDatastore(DATASTORE)),
    Promise.all(targets.map((target) => ifSeen(gateways[target.api].findDataUris(target)))),
  ]);
  return {
    service: first.service,
    api: first.api,
    workspace: { name, resourceId, location, tenantId },
    component:
      componentId === null
        ? null
        : { resourceId: componentId, exists, portal: links.portal(componentId, tenantId) },
    dataStore,
    targets: targets.map((target, index) => ({
      ...target,
      dataPrefixes: dataPrefixes(workspace, target, dataUris[index] ?? new Map()),
      studio: links.studio(workspace, target),
    })),
  };
}

/**
 * Contract: v1 tells the prefix of each model, container included; v2 collects below `modelDataCollector`, where no data
 * asset says otherwise.
 * Known from: documented, "Collect production data"; SDK source, azure-ai-ml `_online_deployment_operations.py`.
 */
function dataPrefixes(
  workspace: MlWorkspace,
  target: Target,
  uris: ReadonlyMap<string, string>,
): readonly string[] {
  if (target.api === 'v1')
    return target.dataPaths.map((path) => path.replace(/^\/?modeldata\//, ''));
  return target.collections.map(({ name }) => {
    const uri = uris.get(name);
    if (uri === undefined) return v2Prefix(target, name);
    const named = parseDatastoreUri(uri);
    const isUsual = named?.datastore === DATASTORE && isIn(workspace, named);
    return isUsual ? folderPrefix(named.path) : uri;
  });
}
