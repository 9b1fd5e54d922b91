import type { Target } from '../../model/target.js';
import type { Cloud } from '../cloud.js';
import { type WorkspaceName, workspaceId } from '../workspace-path.js';

export interface AddressOptions {
  readonly cloud: Pick<Cloud, 'armEndpoint'>;
  readonly workspace: () => WorkspaceName;
  readonly apiVersion: string;
}

/** Where ARM has what belongs to a deployment. Addresses are whole URLs, with the api-version. */
export interface Addresses {
  readonly endpoint: (service: string) => string;
  readonly deployment: (target: Target) => string;
  readonly resource: (resourceId: string) => string;
  /** Resource id of the data asset that the SDKs make for a collection. */
  readonly dataAssetId: (target: Target, collection: string) => string;
  /** Where that asset points to: the place that the SDKs collect to. */
  readonly dataUri: (target: Target, collection: string) => string;
}

/**
 * Contract: ARM, workspaces/onlineEndpoints/deployments and workspaces/data/versions.
 * Known from: documented, azure-rest-api-specs; SDK source, azure-ai-ml `_online_deployment_operations.py`.
 */
export function createAddresses({ cloud, workspace, apiVersion }: AddressOptions): Addresses {
  const version = `?api-version=${encodeURIComponent(apiVersion)}`;
  const base = () => `${cloud.armEndpoint}${workspaceId(workspace())}`;
  const endpoint = (service: string) => `${base()}/onlineEndpoints/${encodeURIComponent(service)}`;
  return {
    endpoint: (service) => `${endpoint(service)}${version}`,
    deployment: ({ service, part }) =>
      `${endpoint(service)}/deployments/${encodeURIComponent(part ?? '')}${version}`,
    resource: (resourceId) => `${cloud.armEndpoint}${resourceId}${version}`,
    dataAssetId({ service, part }, collection) {
      const name = encodeURIComponent(`${service}-${part}-${collection}`);
      return `${workspaceId(workspace())}/data/${name}/versions/1`;
    },
    dataUri({ service, part }, collection) {
      const { subscriptionId, resourceGroup, workspaceName } = workspace();
      const store = `azureml://subscriptions/${subscriptionId}/resourcegroups/${resourceGroup}/workspaces/${workspaceName}/datastores/workspaceblobstore`;
      return `${store}/paths/modelDataCollector/${service}/${part}/${collection}`;
    },
  };
}
