import type { BlobContainer, Gateways, MlWorkspace } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';

/** The datastore that Azure ML gives every workspace, and collects into. */
export const DATASTORE = 'workspaceblobstore';

/** What a URI of Azure ML names. */
export interface DatastorePath {
  /** `subscription/group/workspace` in lower case; null: the workspace that the URI is read in. */
  readonly workspace: string | null;
  readonly datastore: string;
  readonly path: string;
}

/** Finds the container of a datastore. */
export type FindDatastore = (named: DatastorePath) => Promise<BlobContainer>;

/**
 * Reads a URI that names a path in a datastore; null for any other.
 *
 * Contract: `azureml://[subscriptions/{}/resourcegroups/{}/workspaces/{}/]datastores/{}/paths/{}`, as a URI is encoded.
 * Known from: documented, "Data concepts in Azure Machine Learning".
 */
export function parseDatastoreUri(uri: string): DatastorePath | null {
  const [, scope, datastore, path = ''] =
    /^azureml:\/\/(.*?\/)??datastores\/([\w-]+)\/paths(?:\/(.*))?$/i.exec(uri) ?? [];
  if (datastore === undefined) return null;
  const workspace = workspaceIn(`/${scope ?? ''}`) ?? null;
  return { workspace, datastore, path: decoded(path) };
}

/** The folder that a path names, as the names of the blobs below it begin: empty for the whole container. */
export function folderPrefix(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  return segments.map((segment) => `${segment}/`).join('');
}

/** Whether this workspace is the one that is named, or none is. */
export function isIn({ resourceId }: MlWorkspace, { workspace }: DatastorePath): boolean {
  return workspace === null || workspace === workspaceIn(`${resourceId}/`);
}

/** Finds datastores of the workspace: of another's nothing is known, and ours may have one of that name, too. */
export function findDatastoreOf(
  arm: Pick<Gateways['arm'], 'getDatastore' | 'getWorkspace'>,
): FindDatastore {
  return async (named) => {
    const own = await arm.getWorkspace();
    if (isIn(own, named)) return arm.getDatastore(named.datastore);
    throw new CliError(
      'not-found',
      `The datastore "${named.datastore}" is of another workspace, ${named.workspace}, and is not read from "${own.name}".`,
    );
  };
}

function workspaceIn(path: string): string | undefined {
  const names =
    /\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/(?:providers\/[^/]+\/)?workspaces\/([^/]+)\//i.exec(
      path,
    );
  return names?.slice(1).join('/').toLowerCase();
}

/** As a part of a URI is encoded; what is not is left as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
