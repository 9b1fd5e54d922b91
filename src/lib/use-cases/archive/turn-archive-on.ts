import type { Change } from '../../azure/gateways.js';
import type { DiagnosticCategory, DiagnosticSetting } from '../../azure/telemetry-gateways.js';
import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import { resourceName } from '../../model/resource-id.js';
import {
  type ArchiveOutcome,
  type ArchiveRequest,
  assertConfirmed,
  changeFacts,
  changeSetting,
  type Elsewhere,
  namesOf,
  namesSent,
} from './archive-outcome.js';
import { assertUsable, chooseAccount } from './choose-account.js';
import { chooseCategories } from './choose-categories.js';
import { type Archive, type ArchiveGateways, findSetting, openArchive } from './open-archive.js';
import {
  duplicateWarnings,
  groupsOf,
  isSameId,
  otherDestinations,
  sends,
} from './setting-facts.js';

/** Known from: documented, "Diagnostic settings in Azure Monitor". */
const MOST_SETTINGS = 5;

export interface TurnOnRequest extends ArchiveRequest {
  /** A name or a resource id; undefined: what the setting has, else the account of the ML workspace. */
  readonly storageAccount: string | undefined;
}

/**
 * Has Azure copy a component's telemetry to a storage account, by a diagnostic setting that is made or added to.
 * What another setting copies there already is left to that: Azure refuses a category twice for one destination.
 * Safe to repeat.
 *
 * @throws {CliError} before any write: `usage`, `not-found`, or `unsupported` if Azure would not have it
 */
export async function turnArchiveOn(
  gateways: ArchiveGateways,
  request: TurnOnRequest,
  report: Report,
): Promise<ArchiveOutcome> {
  const { component: asked, name, storageAccount, dryRun } = request;
  const archive = await openArchive(gateways, asked, report);
  const { component, settings } = archive;
  const wanted = chooseCategories(archive, request.categories);
  const existing = findSetting(archive, name);
  const current = existing?.storageAccountId ?? null;
  const accountId = await chooseAccount(
    gateways,
    archive,
    { component: asked, storageAccount, current },
    report,
  );
  for (const warning of duplicateWarnings(component, settings)) report.warn(warning);

  const others = settings.filter(
    (setting) => setting !== existing && isSameId(setting.storageAccountId, accountId),
  );
  const elsewhere = sentElsewhere(others, wanted, resourceName(accountId), report);
  const left = wanted.filter((category) => !others.some((setting) => sends(setting, category)));
  const outcome = { component: component.resourceId, setting: existing?.name ?? name };
  if (left.length === 0) {
    const categories = existing && current !== null ? namesSent(existing, archive.categories) : [];
    const facts = { archive: categories.length > 0, storageAccountId: current, categories };
    return { ...outcome, ...facts, elsewhere, ...changeFacts(ALREADY, dryRun) };
  }
  if (existing === undefined && settings.length >= MOST_SETTINGS) throw tooMany(archive);

  let categories: readonly string[] = [];
  const change = await changeSetting(
    gateways,
    outcome,
    async (setting) => {
      const sent = archive.categories.filter(
        (category) => left.includes(category) || (setting !== null && sends(setting, category)),
      );
      categories = namesOf(sent);
      const added = left.filter((category) => setting === null || !sends(setting, category));
      const isThere = setting !== null && isSameId(setting.storageAccountId, accountId);
      if (isThere && added.length === 0) return null;
      if (setting !== null) assertNoGroup(setting, added);
      await assertUsable(gateways, archive, accountId, report);
      if (setting !== null) {
        warnOfOthers(setting, added, report);
        await assertMoveWanted(setting, accountId, request);
      }
      const logs = added.map(
        (each) => ({ name: each.name, of: 'category', enabled: true }) as const,
      );
      return { logs, ...(!isThere && { storageAccountId: accountId }) };
    },
    request,
    report,
  );
  if (change.changed && !dryRun) {
    report.note('The first files may take 90 minutes; rows that were sent before are not copied.');
  }
  const facts = { archive: true, storageAccountId: accountId, categories };
  return { ...outcome, ...facts, elsewhere, ...changeFacts(change, dryRun) };
}

const ALREADY: Change = { changed: false, applied: true, requests: [], before: null };

/** What other settings send to the account already, said. */
function sentElsewhere(
  others: readonly DiagnosticSetting[],
  wanted: readonly DiagnosticCategory[],
  account: string,
  report: Report,
): readonly Elsewhere[] {
  const elsewhere = others
    .map((setting) => ({ setting: setting.name, categories: namesSent(setting, wanted) }))
    .filter(({ categories }) => categories.length > 0);
  for (const { setting, categories } of elsewhere) {
    report.note(
      `The setting "${setting}" sends ${categories.join(', ')} to "${account}" already, which Azure lets but one do.`,
    );
  }
  return elsewhere;
}

/** Known from: documented: a setting with a group takes no single categories. */
function assertNoGroup(setting: DiagnosticSetting, added: readonly DiagnosticCategory[]): void {
  const [group] = groupsOf(setting);
  if (group === undefined || added.length === 0) return;
  const message = `The setting "${setting.name}" sends the group ${group}, beside which Azure takes no single categories.`;
  throw new CliError('unsupported', message, { hint: 'Give another --name.' });
}

function warnOfOthers(
  setting: DiagnosticSetting,
  added: readonly DiagnosticCategory[],
  report: Report,
): void {
  const others = otherDestinations(setting);
  if (others.length === 0 || added.length === 0) return;
  report.warn(
    `The setting "${setting.name}" sends to ${others.join(' and ')}, too, which gets ${namesOf(added).join(', ')} from now on; another --name keeps them apart.`,
  );
}

async function assertMoveWanted(
  { name, storageAccountId }: DiagnosticSetting,
  accountId: string,
  request: ArchiveRequest,
): Promise<void> {
  if (storageAccountId === null || isSameId(storageAccountId, accountId)) return;
  const [from, to] = [resourceName(storageAccountId), resourceName(accountId)];
  await assertConfirmed(`Let "${name}" archive to ${to} instead of ${from}?`, request);
}

function tooMany({ component, settings }: Archive): CliError {
  const message = `"${component.name}" has ${settings.length} diagnostic settings, and Azure allows no more.`;
  const names = settings.map(({ name }) => name).join(', ');
  return new CliError('unsupported', message, {
    hint: `Add to one of them with --name, or delete one: ${names}.`,
  });
}
