import { CliError } from '../errors.js';
import type { Cloud } from './cloud.js';
import type { ArmGateway, MlWorkspace } from './gateways.js';
import type { MlClient } from './ml-client.js';
import { readNumber, readObject, readString } from './payload.js';
import type { AzureHttp } from './wire/http.js';
import { type WorkspaceName, workspaceId } from './workspace-path.js';

const COMPONENT_API_VERSION = '2020-02-02';

export interface ArmOptions {
  readonly http: AzureHttp;
  readonly ml: () => MlClient;
  readonly cloud: Cloud;
  readonly workspace: () => WorkspaceName;
  readonly apiVersion: string;
}

/**
 * Gateway to the workspace itself and what it refers to.
 *
 * Contract: ARM, Microsoft.MachineLearningServices/workspaces 2024-10-01, read raw because the SDK's type
 * drops members and invents defaults; microsoft.insights/components 2020-02-02.
 * Known from: documented, azure-rest-api-specs; recorded answers of azure-ai-ml.
 */
export function createArmGateway(options: ArmOptions): ArmGateway {
  const { http, ml, cloud, workspace, apiVersion } = options;
  let found: Promise<MlWorkspace> | undefined;

  async function readWorkspace(): Promise<MlWorkspace> {
    const name = workspace();
    const url = `${cloud.armEndpoint}${workspaceId(name)}?api-version=${apiVersion}`;
    const { status, body } = await http.send('GET', url, { allow: [404] });
    if (status === 404) throw notFound(name, readString(body, 'error.code', { ifAbsent: '' }));
    const properties = readObject(body, 'properties');
    return {
      resourceId: readString(body, 'id'),
      name: readString(body, 'name'),
      location: readString(body, 'location', { ifAbsent: '' }),
      tenantId: readString(properties, 'tenantId', { ifAbsent: null }),
      discoveryUrl: readString(properties, 'discoveryUrl', { ifAbsent: null }),
      componentId: readString(properties, 'applicationInsights', { ifAbsent: null }) || null,
      storageAccountId: readString(properties, 'storageAccount', { ifAbsent: null }) || null,
      systemDatastoresAuthMode: readString(properties, 'systemDatastoresAuthMode', {
        ifAbsent: null,
      }),
    };
  }

  return {
    getWorkspace() {
      found ??= readWorkspace().catch((error: unknown) => {
        found = undefined;
        throw error;
      });
      return found;
    },
    async componentExists(componentId) {
      const url = `${cloud.armEndpoint}${componentId}?api-version=${COMPONENT_API_VERSION}`;
      const { status } = await http.send('GET', url, { allow: [403, 404] });
      return status < 400;
    },
    async getComponent(componentId) {
      const url = `${cloud.armEndpoint}${componentId}?api-version=${COMPONENT_API_VERSION}`;
      const { body } = await http.send('GET', url, { role: 'Reader' });
      return {
        resourceId: readString(body, 'id'),
        name: readString(body, 'name'),
        location: readString(body, 'location', { ifAbsent: '' }),
        logWorkspaceId:
          readString(body, 'properties.WorkspaceResourceId', { ifAbsent: null }) || null,
        retentionDays: readNumber(body, 'properties.RetentionInDays', { ifAbsent: null }),
      };
    },
    async getDatastore(name) {
      const { properties } = await ml().call((client, { resourceGroup, workspaceName }) =>
        client.datastores.get(resourceGroup, workspaceName, name),
      );
      return {
        accountName: readString(properties, 'accountName'),
        containerName: readString(properties, 'containerName'),
      };
    },
  };
}

function notFound({ subscriptionId, resourceGroup, workspaceName }: WorkspaceName, code: string) {
  const [message, hint] =
    code === 'SubscriptionNotFound'
      ? [`There is no subscription ${subscriptionId} for this sign-in.`, 'Check --tenant.']
      : code === 'ResourceGroupNotFound'
        ? [`There is no resource group "${resourceGroup}" in the subscription.`, 'Check -g.']
        : [`There is no workspace "${workspaceName}" in "${resourceGroup}".`, 'Check -w and -g.'];
  return new CliError('not-found', message, { hint, status: 404, ...(code ? { code } : {}) });
}
