import { LOCAL_CONNECTION, OTHER_TENANT_ID } from '../connection.js';
import { GROUP_ID, WORKSPACE_ID } from '../resources/resource-ids.js';
import { ORIGIN } from '../resources/resources.js';
import { DEFAULT_BEHAVIOUR, type Facts, type State } from '../state/state.js';

const { subscriptionId, resourceGroup, workspaceName, tenantId, clientId, clientSecret } =
  LOCAL_CONNECTION;

export const WORKSPACE_GUID = '0c9d2b7e-61f4-4a3d-8b58-e2f7c1a9d406';
export const LOCATION = 'local';
export const STORAGE_ACCOUNT = 'sampleml0storage';
export const BLOBSTORE = `azureml-blobstore-${WORKSPACE_GUID}`;

const COMPONENT_ID = `${GROUP_ID}/providers/Microsoft.Insights/components/sample-ml-insights`;
const LOG_WORKSPACE_ID = `${GROUP_ID}/providers/Microsoft.OperationalInsights/workspaces/sample-ml-logs`;
const STORAGE_ID = `${GROUP_ID}/providers/Microsoft.Storage/storageAccounts/${STORAGE_ACCOUNT}`;

/** A workspace with everything that belongs to one, and no service. */
export function emptyState(now: Date): State {
  const resources = new Map<string, string>();
  for (const resource of workspaceResources(now)) {
    resources.set(resource.id.toLowerCase(), JSON.stringify(resource));
  }
  return { facts: facts(), resources };
}

function facts(): Facts {
  return {
    format: 1,
    behaviour: structuredClone(DEFAULT_BEHAVIOUR),
    directory: {
      tenants: [
        { id: tenantId, domains: ['sample.example'] },
        { id: OTHER_TENANT_ID, domains: ['other.example'] },
      ],
      applications: [
        {
          appId: clientId,
          objectId: 'd27e8c14-9b05-4f6a-a3c8-70e5b1f2d946',
          displayName: 'aml-monitor samples',
          tenantId,
          secret: clientSecret,
          federated: [
            {
              issuer: 'https://issuer.sample.example',
              subject: 'system:serviceaccount:default:aml-monitor',
            },
          ],
          identityHeader: 'opens-only-the-local-cloud',
        },
      ],
      // The Azure CLI (also the default of the Azure SDKs), Azure PowerShell, Visual Studio Code.
      publicClients: [
        '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
        '1950a258-227b-4e31-a9cf-717495945fc2',
        'aebc6443-996d-45c2-90f0-388ff96faa56',
      ],
      user: {
        name: 'Sample User',
        userPrincipalName: 'user@sample.example',
        objectId: '6f1b3d59-2c84-4e07-b9ad-15c8e7f0a263',
      },
    },
    operations: [],
    grants: [],
    keys: {},
    servers: {},
    historyUntil: null,
    historyBegun: null,
    collectedUntil: null,
  };
}

function workspaceResources(now: Date) {
  const created = new Date(now.getTime() - 90 * 86_400_000).toISOString();
  const systemData = {
    createdAt: created,
    createdBy: 'user@sample.example',
    createdByType: 'User',
    lastModifiedAt: created,
    lastModifiedBy: 'user@sample.example',
    lastModifiedByType: 'User',
  };
  return [
    {
      id: `/subscriptions/${subscriptionId}`,
      authorizationSource: 'RoleBased',
      managedByTenants: [],
      subscriptionId,
      tenantId,
      displayName: 'Local samples',
      state: 'Enabled',
      subscriptionPolicies: {
        locationPlacementId: 'Public_2014-09-01',
        quotaId: 'Local',
        spendingLimit: 'Off',
      },
    },
    {
      id: GROUP_ID,
      name: resourceGroup,
      type: 'Microsoft.Resources/resourceGroups',
      location: LOCATION,
      tags: {},
      properties: { provisioningState: 'Succeeded' },
    },
    {
      id: WORKSPACE_ID,
      name: workspaceName,
      type: 'Microsoft.MachineLearningServices/workspaces',
      location: LOCATION,
      tags: {},
      etag: null,
      properties: {
        friendlyName: workspaceName,
        description: 'Samples of the local cloud',
        storageAccount: STORAGE_ID,
        keyVault: `${GROUP_ID}/providers/Microsoft.Keyvault/vaults/sample-ml-vault`,
        // Azure writes this provider's name in lower case here.
        applicationInsights: COMPONENT_ID.replace('Microsoft.Insights', 'Microsoft.insights'),
        hbiWorkspace: false,
        tenantId,
        provisioningState: 'Succeeded',
        managedNetwork: { isolationMode: 'Disabled' },
        v1LegacyMode: false,
        containerRegistry: `${GROUP_ID}/providers/Microsoft.ContainerRegistry/registries/samplemlregistry`,
        creationTime: created,
        storageHnsEnabled: false,
        workspaceId: WORKSPACE_GUID,
        publicNetworkAccess: 'Enabled',
        discoveryUrl: `${ORIGIN}/discovery`,
        mlFlowTrackingUri: `azureml://localhost/mlflow/v1.0${WORKSPACE_ID}`,
        systemDatastoresAuthMode: 'identity',
      },
      identity: {
        type: 'SystemAssigned',
        principalId: 'a8e41c07-5d3b-4296-8f70-c2b9d6e1f385',
        tenantId,
      },
      kind: 'Default',
      sku: { name: 'Basic', tier: 'Basic' },
      systemData,
    },
    {
      id: `${WORKSPACE_ID}/datastores/workspaceblobstore`,
      name: 'workspaceblobstore',
      type: 'Microsoft.MachineLearningServices/workspaces/datastores',
      properties: {
        description: null,
        tags: null,
        properties: null,
        isDefault: true,
        credentials: { credentialsType: 'None' },
        datastoreType: 'AzureBlob',
        accountName: STORAGE_ACCOUNT,
        containerName: BLOBSTORE,
        endpoint: 'localhost',
        protocol: 'https',
        serviceDataAccessAuthIdentity: 'None',
      },
      systemData,
    },
    {
      id: STORAGE_ID,
      name: STORAGE_ACCOUNT,
      type: 'Microsoft.Storage/storageAccounts',
      location: LOCATION,
      tags: {},
      kind: 'StorageV2',
      sku: { name: 'Standard_LRS', tier: 'Standard' },
      properties: {
        provisioningState: 'Succeeded',
        isHnsEnabled: false,
        allowSharedKeyAccess: false,
        allowBlobPublicAccess: false,
        publicNetworkAccess: 'Enabled',
        networkAcls: {
          bypass: 'AzureServices',
          virtualNetworkRules: [],
          ipRules: [],
          defaultAction: 'Allow',
        },
        creationTime: created,
        primaryEndpoints: { blob: `${ORIGIN}/blob/${STORAGE_ACCOUNT}/` },
        primaryLocation: LOCATION,
        statusOfPrimary: 'available',
      },
    },
    {
      id: COMPONENT_ID,
      name: 'sample-ml-insights',
      type: 'microsoft.insights/components',
      location: LOCATION,
      tags: {},
      kind: 'web',
      etag: '"f000ffe0-0000-0200-0000-000000000001"',
      properties: {
        ApplicationId: 'sample-ml-insights',
        AppId: 'e5c0a7d3-8f42-4b19-96de-3a71f0c8b254',
        Application_Type: 'web',
        Flow_Type: 'Bluefield',
        Request_Source: 'rest',
        InstrumentationKey: '2d94f6b8-07ac-4e51-b3c9-8f1e6a05d773',
        Name: 'sample-ml-insights',
        CreationDate: created,
        TenantId: subscriptionId,
        provisioningState: 'Succeeded',
        SamplingPercentage: null,
        RetentionInDays: 90,
        WorkspaceResourceId: LOG_WORKSPACE_ID,
        IngestionMode: 'LogAnalytics',
        publicNetworkAccessForIngestion: 'Enabled',
        publicNetworkAccessForQuery: 'Enabled',
        Ver: 'v2',
      },
    },
    {
      id: LOG_WORKSPACE_ID,
      name: 'sample-ml-logs',
      type: 'Microsoft.OperationalInsights/workspaces',
      location: LOCATION,
      tags: {},
      properties: {
        customerId: '71b8e3f5-4a0c-4d26-9e17-b5d2c8f6a049',
        provisioningState: 'Succeeded',
        sku: { name: 'PerGB2018' },
        retentionInDays: 90,
        features: { enableLogAccessUsingOnlyResourcePermissions: true },
      },
    },
  ];
}
