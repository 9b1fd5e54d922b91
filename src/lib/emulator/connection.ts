import type { LocalConnection } from './local-cloud.js';

/** A second directory that the local sign-in knows: its tokens are good, but not for this subscription. */
export const OTHER_TENANT_ID = '9c2b7e54-1d3f-4a6b-8e07-52f1a3c4d9e8';

/** What a client has to know of the sample, wherever its state folder is. Nothing here is a secret. */
export const LOCAL_CONNECTION: LocalConnection = {
  origin: 'https://localhost',
  tenantId: '3f0e6d1a-5b7c-4c8e-9a21-6d4b8e2f1c70',
  clientId: 'b6a4f0c2-7e9d-4d15-8c3b-0f2e1d4a5b69',
  clientSecret: 'opens-only-the-local-cloud',
  subscriptionId: '5d8f3b20-6c4e-4f17-b1a9-e07d2c6a9f34',
  resourceGroup: 'monitoring-samples',
  workspaceName: 'Sample-ML',
  service: 'my-service',
};
