import { storedDeployment } from '../resources/deployment-text.js';
import { operationUri } from '../resources/ml-operations.js';
import { GROUP_ID, WORKSPACE_ID } from '../resources/resource-ids.js';
import { ORIGIN } from '../resources/resources.js';
import { storedEndpoint } from '../routes/online-endpoints.js';
import { drawsFrom } from '../scoring/random.js';
import type { ServerGeneration } from '../state/state.js';
import { LOCATION, WORKSPACE_GUID } from './workspace.js';

interface SampleResource {
  readonly id: string;
  readonly text: string;
}

export interface SampleDeployment extends SampleResource {
  readonly server: ServerGeneration;
}

const API_VERSION = '2024-10-01';

/** `fraud`, managed, with a deployment that is monitored and one that is not; `churn` on Kubernetes. */
export function sampleEndpoints(now: Date): {
  readonly endpoints: readonly SampleResource[];
  readonly deployments: readonly SampleDeployment[];
  readonly assets: readonly SampleResource[];
} {
  return {
    endpoints: [
      endpoint('fraud', 'Managed', null, { blue: 90, green: 10 }, now),
      endpoint('churn', 'Kubernetes', `${WORKSPACE_ID}/computes/sample-k8s`, { main: 100 }, now),
    ],
    deployments: [
      deployment('fraud', 'blue', 'azmlinfsrv-1.5', blue(), now),
      deployment('fraud', 'green', 'azmlinfsrv-1.5', green(), now),
      deployment('churn', 'main', 'azmlinfsrv-1.3', main(), now),
    ],
    assets: COLLECTIONS.map(dataAsset),
  };
}

function endpoint(
  name: string,
  kind: string,
  compute: string | null,
  traffic: object,
  now: Date,
): SampleResource {
  const id = `${WORKSPACE_ID}/onlineEndpoints/${name}`;
  const sent = {
    properties: { description: null, authMode: 'Key', compute, traffic },
    tags: {},
    location: LOCATION,
  };
  const systemData = {
    createdAt: before(now, 40),
    createdBy: 'Sample User',
    lastModifiedAt: before(now, 40),
  };
  const operation = `oeidp:${WORKSPACE_GUID}:${drawsFrom(name).guid()}`;
  const text = storedEndpoint(JSON.stringify(sent), {
    ...{ id, name, kind },
    systemData: JSON.stringify(systemData),
    operationUri: operationUri(ORIGIN, id, operation, API_VERSION),
  });
  return { id, text };
}

function deployment(
  endpointName: string,
  name: string,
  server: ServerGeneration,
  sent: string,
  now: Date,
): SampleDeployment {
  const id = `${WORKSPACE_ID}/onlineEndpoints/${endpointName}/deployments/${name}`;
  const created = before(now, 30);
  const systemData = { createdAt: created, createdBy: 'Sample User', lastModifiedAt: created };
  const operation = `odidp:${WORKSPACE_GUID}:${drawsFrom(id).guid()}`;
  const text = storedDeployment(
    sent,
    {
      ...{ id, name },
      type: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments',
      kind: endpointName === 'fraud' ? 'Managed' : 'Kubernetes',
      systemData: JSON.stringify(systemData),
      operationUri: operationUri(ORIGIN, id, operation, API_VERSION),
    },
    API_VERSION,
  );
  return { id, text, server };
}

function before(now: Date, days: number): string {
  return new Date(now.getTime() - days * 86_400_000).toISOString().replace('Z', '8354+00:00');
}

const common = {
  codeConfiguration: {
    codeId: `${WORKSPACE_ID}/codes/scoring/versions/7`,
    scoringScript: 'score.py',
  },
  environmentId: `${WORKSPACE_ID}/environments/sklearn-1.5/versions/21`,
  model: `${WORKSPACE_ID}/models/ridge/versions/3`,
};

const COLLECTIONS = ['request', 'response', 'model_inputs', 'model_outputs'] as const;

const assetId = (collection: string) => `${WORKSPACE_ID}/data/fraud-blue-${collection}/versions/1`;

function blue(): string {
  const collection = (name: string) => ({
    dataCollectionMode: 'Enabled',
    dataId: assetId(name),
    samplingRate: 1,
  });
  return JSON.stringify({
    tags: { stage: 'production' },
    location: LOCATION,
    properties: {
      ...common,
      appInsightsEnabled: true,
      dataCollector: {
        collections: Object.fromEntries(COLLECTIONS.map((name) => [name, collection(name)])),
        rollingRate: 'Hour',
        requestLogging: { captureHeaders: ['x-sample-channel'] },
      },
      endpointComputeType: 'Managed',
      instanceType: 'Standard_F4s_v2',
    },
    sku: { name: 'Default', tier: 'Standard', capacity: 2 },
  });
}

/** Carries what an older client does not know: a startup probe, members of the future, numbers beyond a double. */
function green(): string {
  const sent = JSON.stringify({
    tags: { stage: 'canary' },
    location: LOCATION,
    properties: {
      ...common,
      environmentVariables: { LOG_LEVEL: 'info', GREETING: 'grüezi "quoted" \\ 🙂' },
      startupProbe: {
        failureThreshold: 30,
        successThreshold: 1,
        timeout: 'PT2S',
        period: 'PT10S',
        initialDelay: 'PT10S',
      },
      endpointComputeType: 'Managed',
      instanceType: 'Standard_F4s_v2',
    },
    sku: { name: 'Default', tier: 'Standard', capacity: 1 },
  });
  const future =
    '"futureSettings":{"weight":1.0,"ticket":12345678901234567890,"nothing":null,"list":[ 1, 2.50 ]}';
  return sent.replace('"endpointComputeType"', () => `${future},"endpointComputeType"`);
}

function main(): string {
  return JSON.stringify({
    tags: {},
    location: LOCATION,
    properties: {
      ...common,
      appInsightsEnabled: true,
      containerResourceRequirements: {
        containerResourceRequests: { cpu: '1', memory: '2Gi', gpu: null },
        containerResourceLimits: { cpu: '2', memory: '4Gi', gpu: null },
      },
      endpointComputeType: 'Kubernetes',
      instanceType: 'defaultinstancetype',
    },
    sku: { name: 'Default', tier: 'Standard', capacity: 1 },
  });
}

function dataAsset(collection: string): SampleResource {
  const id = assetId(collection);
  const workspace = WORKSPACE_ID.replace(
    GROUP_ID,
    GROUP_ID.replace('resourceGroups', 'resourcegroups'),
  ).replace('/providers/Microsoft.MachineLearningServices', '');
  const text = JSON.stringify({
    id,
    name: '1',
    type: 'Microsoft.MachineLearningServices/workspaces/data/versions',
    properties: {
      dataType: 'uri_folder',
      dataUri: `azureml:/${workspace}/datastores/workspaceblobstore/paths/modelDataCollector/fraud/blue/${collection}`,
      isAnonymous: false,
      isArchived: false,
    },
  });
  return { id, text };
}
