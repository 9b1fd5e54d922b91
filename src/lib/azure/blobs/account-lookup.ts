import { CliError } from '../../errors.js';
import { resourceName } from '../../model/resource-id.js';
import type { Cloud } from '../cloud.js';
import type { ArmGateway } from '../gateways.js';
import { readString } from '../payload.js';
import type { StorageAccountsGateway } from '../telemetry-gateways.js';
import type { AzureHttp } from '../wire/http.js';

/** What Resource Manager tells about storage accounts. Each is asked once. */
export interface AccountLookup {
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

export interface AccountLookupOptions {
  readonly http: AzureHttp;
  readonly cloud: Cloud;
  readonly arm: Pick<ArmGateway, 'getWorkspace'>;
  readonly accounts: StorageAccountsGateway;
  readonly apiVersion: string;
}

const DATASTORE = 'workspaceblobstore';

/**
 * Contract: workspaces/datastores `listSecrets`, which the role AzureML Data Scientist may use and `listKeys` it may not.
 * Known from: documented, azure-rest-api-specs; "Manage access to Azure Machine Learning workspaces".
 */
export function createAccountLookup(options: AccountLookupOptions): AccountLookup {
  const { http, cloud, arm, accounts, apiVersion } = options;
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
    try {
      return (await accounts.get(id)).blobEndpoint ?? bySuffix;
    } catch (error) {
      const mayNotLook = error instanceof CliError && [403, 404].includes(error.facts.status ?? 0);
      if (mayNotLook) return bySuffix;
      throw error;
    }
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
          hint: `Only that of the workspace can be asked for: give --account-name ${accountName} with --account-key or --sas-token.`,
        });
      }
      const key = await accounts.findKey(id);
      if (key !== undefined) return { accountKey: key };
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
