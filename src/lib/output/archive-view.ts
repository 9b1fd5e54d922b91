import { resourceName } from '../model/resource-id.js';
import type { ArchiveOutcome } from '../use-cases/archive/archive-outcome.js';
import type { ArchiveState, SettingState } from '../use-cases/archive/show-archive.js';
import { escapeControls } from './escape.js';
import { factLines } from './fact-lines.js';
import type { Style } from './style.js';
import type { TextView, View } from './view.js';

/** What a switch of the archive led to, as a sentence. */
export const archiveView: View<ArchiveOutcome> = {
  text({ setting, archive, storageAccountId, categories, elsewhere, changed }, style) {
    const state = changed ? 'now' : 'already';
    const name = style.bold(escapeControls(setting));
    if (!archive) {
      const off = style.yellow('off');
      const [other] = elsewhere;
      if (other === undefined) return `The archive of ${name} is ${state} ${off}.`;
      return `The archive is already ${style.green('on')} by ${style.bold(escapeControls(other.setting))}.`;
    }
    const account = style.bold(escapeControls(resourceName(storageAccountId ?? '')));
    const tables = escapeControls(categories.join(', '));
    return `The archive of ${name} is ${state} ${style.green('on')}: ${tables} to ${account}.`;
  },
};

/** Each setting with where it sends, then what the Log Analytics workspace exports. */
export const archiveStateView: TextView<ArchiveState> = {
  text(state, style, { width }) {
    const { component, settings, dataExports } = state;
    const name = style.bold(escapeControls(component.name));
    const blocks = settings.map((setting) => settingText(setting, style, width));
    const exports = (dataExports ?? []).map(({ name: rule, enabled, destinationId, tables }) =>
      [
        `Data export rule ${style.bold(escapeControls(rule))} of the Log Analytics workspace${enabled ? '' : ', disabled'}`,
        ...factLines(
          [
            ['tables', tables.join(', '), null],
            ['to', resourceName(destinationId), null],
          ],
          style,
        ),
      ].join('\n'),
    );
    if (blocks.length === 0)
      blocks.push(`${name} has no diagnostic settings: nothing is archived.`);
    return [...blocks, ...exports].join('\n\n');
  },
};

function settingText(setting: SettingState, style: Style, width: number | undefined): string {
  const { name, storageAccountId, logWorkspaceId, eventHub, partnerId, others, blobs } = setting;
  const { categories, groups, metrics, duplicates, retentionPolicyDays } = setting;
  const group = groups.length === 0 ? '' : ` (group ${groups.join(', ')})`;
  const hub =
    eventHub &&
    `${resourceName(namespaceOf(eventHub.ruleId))}${eventHub.name ? `/${eventHub.name}` : ''}`;
  const twice = duplicates ? ', where the rows are already' : '';
  const days =
    retentionPolicyDays === null
      ? null
      : `${retentionPolicyDays} days, which Azure does not apply any more`;
  const facts = [
    ['categories', `${categories.join(', ') || 'none'}${group}`],
    ['metrics', metrics.join(', ')],
    ['storage account', storageAccountId && resourceName(storageAccountId)],
    ['containers', blobs?.containers.join(', ')],
    ['blobs', blobs?.path],
    ['log workspace', logWorkspaceId && `${resourceName(logWorkspaceId)}${twice}`],
    ['event hub', hub],
    ['partner solution', partnerId && resourceName(partnerId)],
    ['also set', others.join(', ')],
    ['retention policy', days],
  ] as const;
  const room = Math.max(40, (width ?? Number.POSITIVE_INFINITY) - LABEL_WIDTH);
  const known = facts.flatMap(([label, value]) => {
    const [first, ...rest] = value ? listLines(value, room) : [];
    if (first === undefined) return [];
    return [[label, first, null] as const, ...rest.map((line) => ['', line, null] as const)];
  });
  return [`Setting ${style.bold(escapeControls(name))}`, ...factLines(known, style)].join('\n');
}

/** The columns before a fact: its label, the longest of all, between blanks. */
const LABEL_WIDTH = '  partner solution  '.length;

/** A list with commas in lines of its words, as many as fit. */
function listLines(list: string, room: number): readonly string[] {
  const lines: string[] = [];
  for (const item of list.split(', ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + item.length + 3 > room) lines.push(item);
    else lines[lines.length - 1] = `${last}, ${item}`;
  }
  return lines.map((line, index) => (index < lines.length - 1 ? `${line},` : line));
}

/** The namespace that an authorization rule belongs to. */
function namespaceOf(ruleId: string): string {
  return ruleId.replace(/\/(eventhubs\/[^/]+\/)?authorizationrules\/.*$/i, '');
}
