import { expect } from 'vitest';
import { LOCAL_CONNECTION } from '../../src/lib/emulator/connection.js';
import type { TestCloud } from './local-cloud.js';

const { origin, subscriptionId, resourceGroup } = LOCAL_CONNECTION;
const GROUP = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers`;
export const COMPONENT = `${GROUP}/Microsoft.Insights/components/sample-ml-insights`;
export const LOG_WORKSPACE = `${GROUP}/Microsoft.OperationalInsights/workspaces/sample-ml-logs`;
export const ACCOUNT = `${GROUP}/Microsoft.Storage/storageAccounts/sampleml0storage`;
export const SETTINGS = `${COMPONENT}/providers/Microsoft.Insights/diagnosticSettings`;

/** A request to ARM that has a token, beside the command line. */
export async function arm(cloud: TestCloud, method: string, path: string, body?: string) {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: LOCAL_CONNECTION.clientId,
    client_secret: LOCAL_CONNECTION.clientSecret,
    scope: `${origin}/.default`,
  });
  const token = await (await cloud.open()).handle(
    new Request(`${origin}/${LOCAL_CONNECTION.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    }),
  );
  const { access_token: secret }: { access_token: string } = JSON.parse(await token.text());
  const response = await (await cloud.open()).handle(
    new Request(`${origin}${path}?api-version=2021-05-01-preview`, {
      method,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    }),
  );
  expect({ path, status: response.status }).toMatchObject({ status: expect.any(Number) });
  return { status: response.status, text: await response.text() };
}

/** A setting as another tool leaves it. */
export async function putSetting(cloud: TestCloud, name: string, body: string) {
  expect((await arm(cloud, 'PUT', `${SETTINGS}/${name}`, body)).status).toBeLessThan(300);
}
