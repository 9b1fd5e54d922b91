import type {
  DiagnosticCategory,
  DiagnosticSetting,
  SettingEdit,
} from '../../azure/telemetry-gateways.js';
import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import { resourceName } from '../../model/resource-id.js';
import {
  type ArchiveOutcome,
  type ArchiveRequest,
  assertConfirmed,
  changeFacts,
  changeSetting,
  namesOf,
  namesSent,
} from './archive-outcome.js';
import { chooseCategories } from './choose-categories.js';
import { type ArchiveGateways, findSetting, openArchive } from './open-archive.js';
import { groupsOf, metricsOf, otherDestinations, sends } from './setting-facts.js';

/**
 * Ends what a diagnostic setting copies to a storage account. A setting that does nothing else is deleted; of one that
 * does, all else stays. What was copied stays where it is. Safe to repeat.
 *
 * @throws {CliError} before any write: `usage`, `not-found`, or `unsupported` if something else would end, too
 */
export async function turnArchiveOff(
  gateways: Pick<ArchiveGateways, 'arm' | 'diagnosticSettings'>,
  request: ArchiveRequest,
  report: Report,
): Promise<ArchiveOutcome> {
  const { name, dryRun } = request;
  const archive = await openArchive(gateways, request.component, report);
  const { component, settings, categories } = archive;
  const named = request.categories && chooseCategories(archive, request.categories);
  const existing = findSetting(archive, name);

  let after: Pick<ArchiveOutcome, 'archive' | 'storageAccountId' | 'categories'> = NOTHING;
  const outcome = { component: component.resourceId, setting: existing?.name ?? name };
  const change = await changeSetting(
    gateways,
    outcome,
    async (setting) => {
      after = NOTHING;
      if (setting === null || setting.storageAccountId === null) return null;
      const before = namesSent(setting, categories);
      const edit = editOf(setting, named, categories);
      if (edit === null) {
        after = stateOf(setting, before);
        return null;
      }
      const ended = named ? namesSent(setting, named) : before;
      const kept = before.filter((each) => !ended.includes(each));
      after =
        edit === 'removed' ? NOTHING : stateOf(setting, edit.storageAccountId === null ? [] : kept);
      sayMetrics(setting, edit, report);
      const what = ended.length > 0 ? ended.join(', ') : 'telemetry';
      const where = `"${setting.name}" to ${resourceName(setting.storageAccountId)}`;
      await assertConfirmed(`End the archive of ${what} by ${where}?`, request);
      return edit;
    },
    request,
    report,
  );
  for (const { name: other, storageAccountId, logs } of settings) {
    if (other === existing?.name || storageAccountId === null) continue;
    if (!logs.some(({ enabled }) => enabled)) continue;
    report.note(
      `The setting "${other}" archives to "${resourceName(storageAccountId)}", too; --name ${other} ends that.`,
    );
  }
  return { ...outcome, ...after, elsewhere: [], ...changeFacts(change, dryRun) };
}

const NOTHING = { archive: false, storageAccountId: null, categories: [] };

function stateOf({ storageAccountId }: DiagnosticSetting, sent: readonly string[]) {
  return sent.length === 0 ? NOTHING : { archive: true, storageAccountId, categories: sent };
}

/** How the archive of these categories, undefined for all, ends with the least change; null if there is none. */
function editOf(
  setting: DiagnosticSetting,
  named: readonly DiagnosticCategory[] | undefined,
  categories: readonly DiagnosticCategory[],
): SettingEdit | 'removed' | null {
  const isShared = otherDestinations(setting).length > 0;
  const isForMetrics = metricsOf(setting).length > 0;
  const ended = named?.filter((category) => sends(setting, category));
  if (ended !== undefined) {
    if (ended.length === 0) return null;
    assertApart(setting, ended, isShared);
    const rest = categories.filter((each) => sends(setting, each) && !ended.includes(each));
    if (rest.length > 0 || isForMetrics)
      return { logs: ended.map(({ name }) => off(name, 'category')) };
    return 'removed';
  }
  const lines = setting.logs.filter(({ enabled }) => enabled);
  if (lines.length === 0) return null;
  if (isShared) return { storageAccountId: null, logs: [] };
  if (!isForMetrics) return 'removed';
  return {
    logs: lines.map(({ category, group }) =>
      category === null ? off(group ?? '', 'group') : off(category, 'category'),
    ),
  };
}

function off(name: string, of: 'category' | 'group') {
  return { name, of, enabled: false };
}

/** A category that other destinations get, or that comes by a group, cannot end alone. */
function assertApart(
  setting: DiagnosticSetting,
  ended: readonly DiagnosticCategory[],
  isShared: boolean,
): void {
  const names = namesOf(ended).join(', ');
  if (isShared) {
    const others = otherDestinations(setting).join(' and ');
    const message = `The setting "${setting.name}" sends ${names} to ${others}, too, which would end with it.`;
    throw new CliError('unsupported', message, {
      hint: 'Without --categories it ends what goes to storage alone.',
    });
  }
  const [group] = groupsOf(setting);
  if (group === undefined) return;
  const message = `The setting "${setting.name}" sends the group ${group}, which cannot leave out ${names}.`;
  throw new CliError('unsupported', message, {
    hint: 'End it without --categories, then name those to archive: archive on --categories.',
  });
}

/** Says what becomes of metrics that the setting sends to storage. */
function sayMetrics(
  setting: DiagnosticSetting,
  edit: SettingEdit | 'removed',
  report: Report,
): void {
  const metrics = metricsOf(setting).join(', ');
  if (metrics === '' || edit === 'removed') return;
  if (edit.storageAccountId === null) {
    report.warn(`The metrics of "${setting.name}" (${metrics}) are not archived any more, either.`);
  } else {
    report.note(`The setting "${setting.name}" stays for its metrics (${metrics}).`);
  }
}
