import { CliError } from '../../errors.js';
import { resourceName } from '../../model/resource-id.js';
import type { Cloud } from '../cloud.js';
import type { ArmGateway } from '../gateways.js';
import { readArray, readString } from '../payload.js';
import type { AzureHttp } from '../wire/http.js';

/** What Resource Manager tells about storage accounts. Each is asked once. */
export interface StorageAccounts {
  /** Whether it is the account of the workspace. */
  readonly isOwn: (accountName: string) => Promise<boolean>;
  /** Of an account's blob service, without a slash at its end. */
  readonly endpoint: (accountName: string) => Promise<string>;
  /** @throws {CliError} `auth` if the caller may not have it */
  readonly secret: (
    accountName: string,
  ) => Promise<{ readonly accountKey?: string; readonly sasToken?: string }>;
  /** Whether the workspace enters this account by its key. */
  readonly prefersKey: (accountName: string) => Promise<boolean>;
}

export interface StorageAccountsOptions {
  readonly http: AzureHttp;
  readonly cloud: Cloud;
  readonly arm: Pick<ArmGateway, 'getWorkspace'>;
  readonly apiVersion: string;
}

const STORAGE_API_VERSION = '2023-05-01';
const DATASTORE = 'workspaceblobstore';

/**
 * Contract: Microsoft.Storage/storageAccounts 2023-05-01, `properties.primaryEndpoints.blob` and `listKeys`;
 * workspaces/datastores `listSecrets`, which the role AzureML Data Scientist may use and `listKeys` it may not.
 * Known from: documented, azure-rest-api-specs; "Manage access to Azure Machine Learning workspaces".
 */
export function createStorageAccounts(options: StorageAccountsOptions): StorageAccounts {
  const { http, cloud, arm, apiVersion } = options;
  const endpoints = new Map<string, Promise<string>>();

  /** The resource id of the workspace's own account; of others nothing but the name is known. */
  async function idOf(accountName: string): Promise<string | undefined> {
    const { storageAccountId: id } = await arm.getWorkspace();
    return id && resourceName(id).toLowerCase() === accountName.toLowerCase() ? id : undefined;
  }

  async function readEndpoint(accountName: string): Promise<string> {
    const id = await idOf(accountName);
    const bySuffix = `https://${accountName}.blob.${cloud.storageSuffix}`;
    if (id === undefined) return bySuffix;
    const url = `${cloud.armEndpoint}${id}?api-version=${STORAGE_API_VERSION}`;
    const { status, body } = await http.send('GET', url, { allow: [403, 404] });
    const path = 'properties.primaryEndpoints.blob';
    const endpoint = status < 400 ? readString(body, path, { ifAbsent: bySuffix }) : bySuffix;
    return endpoint.replace(/\/+$/, '');
  }

  return {
    isOwn: async (accountName) => (await idOf(accountName)) !== undefined,
    endpoint(accountName) {
      const endpoint = endpoints.get(accountName) ?? readEndpoint(accountName);
      endpoints.set(accountName, endpoint);
      endpoint.catch(() => endpoints.delete(accountName));
      return endpoint;
    },
    async secret(accountName) {
      const id = await idOf(accountName);
      if (id === undefined) {
        throw new CliError('auth', `The key of the storage account "${accountName}" is unknown.`, {
          hint: 'Only that of the workspace can be asked for: give --account-key or --sas-token.',
        });
      }
      const url = `${cloud.armEndpoint}${id}/listKeys?api-version=${STORAGE_API_VERSION}`;
      // 409: a lock makes the account read-only, and who may list keys could write. 404: not seen by the caller.
      const keys = await http.send('POST', url, { allow: [403, 404, 409] });
      if (keys.status < 400) {
        const key = readArray(keys.body, 'keys').map((each) => readString(each, 'value'))[0];
        if (key !== undefined) return { accountKey: key };
      }
      const { resourceId } = await arm.getWorkspace();
      const datastore = `${cloud.armEndpoint}${resourceId}/datastores/${DATASTORE}`;
      const { status, body } = await http.send(
        'POST',
        `${datastore}/listSecrets?api-version=${apiVersion}`,
        { allow: [403, 404] },
      );
      const accountKey = status < 400 ? readString(body, 'key', { ifAbsent: '' }) : '';
      const sasToken = status < 400 ? readString(body, 'sasToken', { ifAbsent: '' }) : '';
      if (accountKey) return { accountKey };
      if (sasToken) return { sasToken };
      throw new CliError(
        'auth',
        `You may not list the keys of the storage account "${accountName}".`,
        {
          code: 'AuthorizationFailed',
          status: 403,
          hint: 'Ask for the role Storage Blob Data Reader on it, and let --auth-mode login be used.',
        },
      );
    },
    async prefersKey(accountName) {
      if ((await idOf(accountName)) === undefined) return false;
      const { systemDatastoresAuthMode: mode } = await arm.getWorkspace();
      return mode?.toLowerCase() === 'accesskey';
    },
  };
}
