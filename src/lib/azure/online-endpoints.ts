import { CliError } from '../errors.js';
import type { Target } from '../model/target.js';
import { createAddresses } from './deployments/addresses.js';
import { collects, readCollections } from './deployments/collections.js';
import { findDataUris } from './deployments/data-uris.js';
import type { DeploymentWriter, DeploymentWriterOptions } from './deployments/deployment-writer.js';
import type { ServiceGateway } from './gateways.js';
import { inOrder } from './in-order.js';
import type { MlClient } from './ml-client.js';
import { readAny, readBoolean, readNumber, readString } from './payload.js';

export interface OnlineEndpointsOptions extends DeploymentWriterOptions {
  readonly ml: () => MlClient;
  /** Rejects if the workspace is what does not exist. */
  readonly assertWorkspace: () => Promise<unknown>;
}

const MOST_AT_ONCE = 12;

/**
 * Gateway to v2 online endpoints and their deployments.
 *
 * Contract: ARM, workspaces/onlineEndpoints/deployments 2024-10-01 (the lowest that carries all a deployment
 * has). Reads are the SDK's, which keep unknown members; writes are the text of a read, edited.
 * Known from: documented, azure-rest-api-specs; recorded answers of azure-ai-ml and Azure PowerShell.
 */
export function createOnlineEndpointsGateway(options: OnlineEndpointsOptions): ServiceGateway {
  const { ml, assertWorkspace } = options;
  let loaded: Promise<DeploymentWriter> | undefined;
  const writer = () => {
    loaded ??= import('./deployments/deployment-writer.js').then((module) =>
      module.createDeploymentWriter(options),
    );
    return loaded;
  };

  const listEndpoints = () =>
    ml().list((client, { resourceGroup, workspaceName }) =>
      client.onlineEndpoints.list(resourceGroup, workspaceName),
    );

  async function findEndpoint(name: string): Promise<unknown> {
    try {
      return await ml().call((client, { resourceGroup, workspaceName }) =>
        client.onlineEndpoints.get(resourceGroup, workspaceName, name),
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await assertWorkspace();
      return undefined;
    }
  }

  async function targetsOf(endpoint: unknown): Promise<readonly Target[]> {
    const name = readString(endpoint, 'name');
    const targets: Target[] = [];
    const deployments = ml().list((client, { resourceGroup, workspaceName }) =>
      client.onlineDeployments.list(resourceGroup, workspaceName, name),
    );
    try {
      for await (const deployment of deployments) {
        targets.push(toTarget(name, endpoint, deployment));
      }
    } catch (error) {
      // Deleted since the endpoint was read.
      if (!isNotFound(error)) throw error;
    }
    return targets;
  }

  return {
    async *findTargets(service) {
      if (service !== undefined) {
        const endpoint = await findEndpoint(service);
        if (endpoint !== undefined) yield* await targetsOf(endpoint);
        return;
      }
      for await (const targets of inOrder(listEndpoints(), targetsOf, MOST_AT_ONCE)) yield* targets;
    },
    async *listServices() {
      for await (const endpoint of listEndpoints()) yield readString(endpoint, 'name');
    },
    setInsights: async (target, insights, change) =>
      (await writer()).setInsights(target, insights, change),
    setCollection: async (target, collection, change) =>
      (await writer()).setCollection(target, collection, change),
    cannotCollect: () => null,
    findDataUris: (target) => findDataUris(options.http, createAddresses(options), target),
    async readLogs({ service, part }, { tail, container }) {
      const containerType = container === 'init' ? 'StorageInitializer' : 'InferenceServer';
      const { content } = await ml().call((client, { resourceGroup, workspaceName }) =>
        client.onlineDeployments.getLogs(resourceGroup, workspaceName, service, part ?? '', {
          containerType,
          tail,
        }),
      );
      return content ?? '';
    },
  };
}

function isNotFound(error: unknown): boolean {
  return error instanceof CliError && error.kind === 'not-found';
}

function toTarget(service: string, endpoint: unknown, deployment: unknown): Target {
  const properties = readAny(deployment, 'properties');
  const collections = readCollections(deployment);
  const scaleType = readString(properties, 'scaleSettings.scaleType', { ifAbsent: 'Default' });
  return {
    api: 'v2',
    service,
    part: readString(deployment, 'name'),
    computeType: readString(properties, 'endpointComputeType', { ifAbsent: 'unknown' }),
    state: readString(properties, 'provisioningState', { ifAbsent: null }),
    insights: readBoolean(properties, 'appInsightsEnabled', { ifAbsent: false }),
    collection: collects(collections),
    collections,
    scoringUri: readString(endpoint, 'properties.scoringUri', { ifAbsent: null }),
    replicas:
      scaleType === 'Default' ? readNumber(deployment, 'sku.capacity', { ifAbsent: null }) : null,
    dataPaths: [],
    failure: null,
  };
}
