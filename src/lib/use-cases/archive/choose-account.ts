import type { StorageAccount } from '../../azure/telemetry-gateways.js';
import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import { resourceName } from '../../model/resource-id.js';
import type { Archive, ArchiveGateways } from './open-archive.js';

export interface AccountWish {
  /** Resource id of a component that is not the ML workspace's; undefined: it is. */
  readonly component: string | undefined;
  /** A name or a resource id; undefined: what the setting has, else the account of the ML workspace. */
  readonly storageAccount: string | undefined;
  /** Where the setting archives to already. */
  readonly current: string | null;
}

/**
 * The resource id of the storage account to archive to.
 *
 * @throws {CliError} `not-found` if none has the name, `usage` if none is named and there is no default
 */
export async function chooseAccount(
  { arm, storageAccounts }: Pick<ArchiveGateways, 'arm' | 'storageAccounts'>,
  { component }: Archive,
  { component: asked, storageAccount, current }: AccountWish,
  report: Report,
): Promise<string> {
  if (storageAccount?.startsWith('/')) return storageAccount;
  if (storageAccount === undefined && current !== null) return current;
  const own = asked === undefined ? (await arm.getWorkspace()).storageAccountId : null;
  if (storageAccount !== undefined) {
    if (own && resourceName(own).toLowerCase() === storageAccount.toLowerCase()) return own;
    const [, , subscriptionId = ''] = component.resourceId.split('/');
    const found = await storageAccounts.findId(subscriptionId, storageAccount);
    if (found !== undefined) return found;
    const message = `There is no storage account "${storageAccount}" in the component's subscription, or you may not see it.`;
    throw new CliError('not-found', message, {
      hint: 'One of another subscription is named by its resource id: /subscriptions/….',
    });
  }
  if (own === null) {
    const message = 'No storage account is named to archive to.';
    throw new CliError('usage', message, { hint: 'Give --storage-account NAME.' });
  }
  const name = resourceName(own);
  report.note(
    `Archiving to "${name}", the workspace's storage account; --storage-account names another.`,
  );
  return own;
}

/**
 * Refuses an account that Azure cannot archive to, as far as the caller may see it.
 *
 * Known from: documented, "Diagnostic settings in Azure Monitor", requirements of destinations.
 *
 * @throws {CliError} `not-found` or `unsupported`
 */
export async function assertUsable(
  { storageAccounts }: Pick<ArchiveGateways, 'storageAccounts'>,
  { component }: Archive,
  accountId: string,
  report: Report,
): Promise<void> {
  let account: StorageAccount;
  try {
    account = await storageAccounts.get(accountId);
  } catch (error) {
    if (!(error instanceof CliError) || error.kind !== 'auth') throw error;
    report.note(
      `Whether "${resourceName(accountId)}" can take an archive is not known: ${error.message}`,
    );
    return;
  }
  const { name, location, isPremium, hasZoneEndpoints, isWalled } = account;
  const refuse = (why: string, hint: string) =>
    new CliError('unsupported', `"${name}" cannot take an archive: ${why}.`, { hint });
  if (isPremium) throw refuse('it is a premium account', 'Name a standard one.');
  if (hasZoneEndpoints) {
    throw refuse(
      'its endpoints are in a DNS zone of their own',
      'Name one with standard endpoints.',
    );
  }
  if (region(location) !== region(component.location)) {
    const why = `it is in ${location}, and "${component.name}" in ${component.location}`;
    throw refuse(why, 'Name one of the same region.');
  }
  if (isWalled) {
    report.warn(
      `The firewall of "${name}" keeps Azure Monitor out: nothing arrives until it lets trusted Azure services in.`,
    );
  }
}

/** `West Europe` and `westeurope` are one. */
function region(location: string): string {
  return location.replaceAll(' ', '').toLowerCase();
}
