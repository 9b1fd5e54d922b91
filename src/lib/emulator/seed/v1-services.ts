import { LOCAL_CONNECTION } from '../connection.js';
import { serviceId, WORKSPACE_ID } from '../resources/resource-ids.js';
import { ORIGIN } from '../resources/resources.js';
import type { ServerGeneration } from '../state/state.js';
import { WORKSPACE_GUID } from './workspace.js';

/** A web service of the sample and the scoring server in its image. */
export interface SampleService {
  readonly id: string;
  readonly text: string;
  readonly server: ServerGeneration;
}

const { subscriptionId, resourceGroup, workspaceName } = LOCAL_CONNECTION;

/**
 * One web service for each way in which v1 can be: on AKS with everything off, on ACI, with versions, and
 * one that never started.
 */
export function sampleServices(now: Date): readonly SampleService[] {
  const make = (name: string, server: ServerGeneration, members: object): SampleService => ({
    id: serviceId(WORKSPACE_ID, name),
    text: JSON.stringify({ ...base(name, now), ...members }),
    server,
  });
  return [
    // Without a key, so that a scoring request is one line of curl.
    make('my-service', 'applicationinsights', { ...aks('my-service'), authEnabled: false }),
    make('pricing', 'opencensus', {
      ...aci('pricing'),
      appInsightsEnabled: true,
      sslEnabled: true,
      cname: 'pricing.sample.example',
      sslCertificate: pem('CERTIFICATE', 'certificate'),
      sslKey: pem('PRIVATE KEY', 'key'),
    }),
    make('returns', 'opencensus', {
      ...aci('returns'),
      scoringUri: null,
      publicIp: null,
      state: 'Failed',
      error: {
        code: 'AciDeploymentFailed',
        message:
          "Aci Deployment failed with exception: Your container application crashed. This may be caused by errors in your scoring file's init() function.\n1. Please check the logs for your container instance: returns. From the AML SDK, you can run print(service.get_logs()) if you have service object to fetch the logs.",
        details: [
          {
            code: 'CrashLoopBackOff',
            message:
              "Your container application crashed: ModuleNotFoundError: No module named 'azureml.monitoring'",
          },
        ],
      },
    }),
    make('segments', 'opencensus', aksEndpoint('segments', now)),
  ];
}

function base(name: string, now: Date) {
  const created = new Date(now.getTime() - 45 * 86_400_000).toISOString().replace('Z', '0756Z');
  return {
    name,
    description: null,
    kvTags: { team: 'samples' },
    properties: { hasInferenceSchema: 'False', hasHttps: 'False', 'azureml.git.branch': 'main' },
    state: 'Healthy',
    createdTime: created,
    updatedTime: created,
    createdBy: 'Sample User',
    error: null,
  };
}

function modelConfigMap(service: string) {
  const name = 'ridge';
  const ids = { version: 3, id: `${name}:3`, internalId: '6c0f9b2e7d514a83b1e4d7a05c92f836' };
  const path = `/modeldata/${subscriptionId}/${resourceGroup}/${workspaceName}/${service}/${name}/3/`;
  return {
    accountContext: {
      subscriptionId,
      resourceGroupName: resourceGroup,
      accountName: workspaceName,
      workspaceId: WORKSPACE_GUID,
    },
    models: { [name]: ids },
    modelsInfo: { [name]: { '3': { ...ids, dataCollectorStoragePath: path } } },
  };
}

const models = [{ id: 'ridge:3', name: 'ridge', version: 3, framework: 'ScikitLearn' }];

function aks(name: string) {
  return {
    computeType: 'AKS',
    computeName: 'sample-aks',
    namespace: `azureml-${workspaceName.toLowerCase()}`,
    numReplicas: 1,
    appInsightsEnabled: false,
    dataCollection: { eventHubEnabled: false, storageEnabled: false },
    containerResourceRequirements: {
      cpu: 0.1,
      cpuLimit: null,
      memoryInGB: 0.5,
      memoryInGBLimit: null,
      gpu: null,
      fpga: null,
    },
    autoScaler: {
      autoscaleEnabled: false,
      minReplicas: null,
      maxReplicas: null,
      targetUtilization: null,
      refreshPeriodInSeconds: null,
    },
    livenessProbeRequirements: {
      failureThreshold: 3,
      successThreshold: 1,
      timeoutSeconds: 2,
      periodSeconds: 10,
      initialDelaySeconds: 310,
    },
    maxConcurrentRequestsPerContainer: 1,
    maxQueueWaitMs: 500,
    scoringTimeoutMs: 60000,
    authEnabled: true,
    aadAuthEnabled: false,
    scoringUri: `${ORIGIN}/api/v1/service/${name}/score`,
    swaggerUri: `${ORIGIN}/api/v1/service/${name}/swagger.json`,
    modelConfigMap: modelConfigMap(name),
    models,
  };
}

function aci(name: string) {
  return {
    computeType: 'ACI',
    location: 'local',
    appInsightsEnabled: false,
    authEnabled: true,
    cname: null,
    containerResourceRequirements: { cpu: 0.5, memoryInGB: 1, gpu: null, fpga: null },
    publicIp: '203.0.113.17',
    publicFqdn: `${name}.sample.example`,
    scoringUri: `${ORIGIN}/aci/${name}/score`,
    swaggerUri: `${ORIGIN}/aci/${name}/swagger.json`,
    sslEnabled: false,
    sslCertificate: '',
    sslKey: '',
    modelConfigMap: modelConfigMap(name),
    models,
  };
}

function aksEndpoint(name: string, now: Date) {
  const { scoringUri: _, models: __, ...settings } = aks(name);
  const version = (part: string, members: object) => ({
    ...base(part, now),
    ...settings,
    appInsightsEnabled: true,
    type: 'Treatment',
    isDefault: false,
    ...members,
  });
  const collecting = { dataCollection: { eventHubEnabled: false, storageEnabled: true } };
  return {
    computeType: 'AKSENDPOINT',
    computeName: 'sample-aks',
    namespace: settings.namespace,
    appInsightsEnabled: true,
    authEnabled: true,
    aadAuthEnabled: false,
    scoringUri: `${ORIGIN}/api/v1/endpoint/${name}/score`,
    modelConfigMap: settings.modelConfigMap,
    versions: {
      champion: version('champion', {
        ...collecting,
        type: 'Control',
        isDefault: true,
        trafficPercentile: 80,
      }),
      challenger: version('challenger', { trafficPercentile: 20 }),
    },
    models,
  };
}

/** Has the form of a key and opens nothing. */
function pem(label: string, content: string): string {
  const body = Buffer.from(`the local cloud's sample ${content}, not a real one`).toString(
    'base64',
  );
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
}
