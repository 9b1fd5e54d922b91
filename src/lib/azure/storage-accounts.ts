import { resourceName } from '../model/resource-id.js';
import type { Cloud } from './cloud.js';
import { readArray, readString } from './payload.js';
import type { StorageAccountsGateway } from './telemetry-gateways.js';
import type { AzureHttp } from './wire/http.js';

const API_VERSION = '2023-05-01';

/**
 * Gateway to storage accounts as resources.
 *
 * Contract: ARM, Microsoft.Storage/storageAccounts 2023-05-01, with `listKeys`.
 * Known from: documented, azure-rest-api-specs.
 */
export function createStorageAccountsGateway({
  http,
  cloud,
}: {
  readonly http: AzureHttp;
  readonly cloud: Pick<Cloud, 'armEndpoint'>;
}): StorageAccountsGateway {
  const version = `?api-version=${API_VERSION}`;
  return {
    async get(resourceId) {
      const url = `${cloud.armEndpoint}${resourceId}${version}`;
      const { body } = await http.send('GET', url, { role: 'Reader' });
      const text = (path: string) => readString(body, path, { ifAbsent: '' });
      const bypass = text('properties.networkAcls.bypass').split(/,\s*/);
      return {
        resourceId: readString(body, 'id', { ifAbsent: resourceId }),
        name: readString(body, 'name', { ifAbsent: resourceName(resourceId) }),
        location: text('location'),
        blobEndpoint: text('properties.primaryEndpoints.blob').replace(/\/+$/, '') || null,
        isPremium: /^premium/i.test(text('sku.tier') || text('sku.name')),
        hasZoneEndpoints: text('properties.dnsEndpointType') === 'AzureDnsZone',
        isWalled:
          text('properties.networkAcls.defaultAction') === 'Deny' &&
          !bypass.includes('AzureServices'),
      };
    },
    async findId(subscriptionId, name) {
      const url = `${cloud.armEndpoint}/subscriptions/${encodeURIComponent(subscriptionId)}/providers/Microsoft.Storage/storageAccounts${version}`;
      for await (const account of http.list(url, { role: 'Reader' })) {
        if (readString(account, 'name').toLowerCase() === name.toLowerCase()) {
          return readString(account, 'id');
        }
      }
      return undefined;
    },
    async findKey(resourceId) {
      const url = `${cloud.armEndpoint}${resourceId}/listKeys${version}`;
      // 409: a lock makes the account read-only, and who may list keys could write. 404: not seen by the caller.
      const { status, body } = await http.send('POST', url, { allow: [403, 404, 409] });
      if (status >= 400) return undefined;
      return readArray(body, 'keys').map((each) => readString(each, 'value'))[0];
    },
  };
}
