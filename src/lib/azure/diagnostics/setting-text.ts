import { findNodeAtLocation, type JSONPath } from 'jsonc-parser';
import { type JsonText, readJsonText, textWithout, withValue } from '../json-text.js';
import type { DiagnosticSwitch, SettingEdit } from '../telemetry-gateways.js';

const STORAGE: JSONPath = ['properties', 'storageAccountId'];
const LOGS: JSONPath = ['properties', 'logs'];
const READ_ONLY: readonly JSONPath[] = [['id'], ['name'], ['type'], ['systemData']];

/** @throws {CliError} `service` if it is not a JSON object, or one whose members cannot be told apart */
export function readSettingText(text: string): JsonText {
  return readJsonText(text, 'the diagnostic setting');
}

/**
 * The body of a PUT: the text without the members that only Azure writes.
 *
 * Contract: diagnosticSettings 2021-05-01-preview, read-only members of the resource.
 * Known from: documented, azure-rest-api-specs.
 */
export function putBody(setting: JsonText): string {
  return textWithout(setting, READ_ONLY);
}

/** The body of a PUT that makes a setting, or changes one. */
export function bodyOf(edit: SettingEdit, current: JsonText | null): string {
  return current ? putBody(editSetting(current, edit)) : newSetting(edit);
}

/** A setting that has what an edit names and nothing else. */
function newSetting({ storageAccountId, logs }: SettingEdit): string {
  return JSON.stringify({
    properties: { ...(storageAccountId ? { storageAccountId } : {}), logs: logs.map(newLine) },
  });
}

/** The setting with its edit: only what that names is touched. */
export function editSetting(setting: JsonText, { storageAccountId, logs }: SettingEdit): JsonText {
  let edited = setting;
  if (storageAccountId !== undefined && valueAt(setting, STORAGE) !== storageAccountId) {
    edited = withValue(edited, STORAGE, storageAccountId ?? undefined);
  }
  return logs.reduce(switchLine, edited);
}

function switchLine(setting: JsonText, wish: DiagnosticSwitch): JsonText {
  const lines = findNodeAtLocation(setting.root, [...LOGS]);
  if (lines === undefined || lines.type === 'null') {
    return wish.enabled ? withValue(setting, LOGS, [newLine(wish)]) : setting;
  }
  const member = memberOf(wish);
  const name = wish.name.toLowerCase();
  const named = [...(lines.children ?? []).keys()].filter((index) => {
    const value = valueAt(setting, [...LOGS, index, member]);
    return typeof value === 'string' && value.toLowerCase() === name;
  });
  // Absent means off.
  const on = named.filter((index) => valueAt(setting, [...LOGS, index, 'enabled']) ?? false);
  const put = (text: JsonText, index: number) =>
    withValue(text, [...LOGS, index, 'enabled'], wish.enabled);
  if (!wish.enabled) return on.reduce(put, setting);
  if (on.length > 0) return setting;
  const [first] = named;
  return first === undefined
    ? withValue(setting, [...LOGS, -1], newLine(wish))
    : put(setting, first);
}

function newLine(wish: DiagnosticSwitch) {
  return { [memberOf(wish)]: wish.name, enabled: wish.enabled };
}

function memberOf({ of }: DiagnosticSwitch): 'category' | 'categoryGroup' {
  return of === 'category' ? 'category' : 'categoryGroup';
}

function valueAt({ root }: JsonText, path: JSONPath): unknown {
  return findNodeAtLocation(root, [...path])?.value;
}
