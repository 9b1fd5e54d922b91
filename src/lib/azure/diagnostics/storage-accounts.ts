import type { Cloud } from '../cloud.js';
import { readString } from '../payload.js';
import type { StorageAccountsGateway } from '../telemetry-gateways.js';
import type { AzureHttp } from '../wire/http.js';

const API_VERSION = '2023-05-01';

/**
 * Gateway to storage accounts as resources.
 *
 * Contract: ARM, Microsoft.Storage/storageAccounts 2023-05-01.
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
        resourceId: readString(body, 'id'),
        name: readString(body, 'name'),
        location: text('location'),
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
  };
}
