import { LOCAL_CONNECTION } from '../connection.js';

const { subscriptionId, resourceGroup, workspaceName } = LOCAL_CONNECTION;

export const GROUP_ID = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
export const WORKSPACE_ID = `${GROUP_ID}/providers/Microsoft.MachineLearningServices/workspaces/${workspaceName}`;

/** The id under which a v1 service is stored: apart from ARM's resources, no ARM route shows it. */
export function serviceId(scope: string, name: string): string {
  return `/v1/${scope.replace(/^\/+/, '')}/services/${name}`;
}

/** The endpoint that a deployment belongs to. */
export function endpointOf(deploymentId: string): string {
  return deploymentId.split('/').slice(0, 11).join('/');
}

/** The ML workspace that a resource is below of. */
export function workspaceOf(resourceId: string): string {
  return resourceId.split('/').slice(0, 9).join('/');
}
