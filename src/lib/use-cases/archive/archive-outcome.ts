import type { Change, Gateways, WriteRequest } from '../../azure/gateways.js';
import type {
  DiagnosticCategory,
  DiagnosticSetting,
  SettingEdit,
} from '../../azure/telemetry-gateways.js';
import { Interrupted } from '../../errors.js';
import type { Report } from '../../host.js';
import { tableName } from '../../model/telemetry.js';
import { interrupted } from '../failures.js';
import { sends } from './setting-facts.js';

/** What became of one diagnostic setting. */
export interface ArchiveOutcome {
  /** Resource id of the component. */
  readonly component: string;
  readonly setting: string;
  /** Whether the setting sends any log to a storage account: now, or with `dryRun` as it would be. */
  readonly archive: boolean;
  readonly storageAccountId: string | null;
  /** What the setting sends there, by the names of tables. */
  readonly categories: readonly string[];
  /** What other settings send there of that which was asked for. */
  readonly elsewhere: readonly Elsewhere[];
  /** Whether anything was sent; with `dryRun`, whether anything would be. */
  readonly changed: boolean;
  /** False: not sent. */
  readonly applied: boolean;
  /** Only with `dryRun`: what would be sent. */
  readonly requests?: readonly WriteRequest[];
  /** Only with `dryRun`: the text that the request would replace. */
  readonly before?: string | null;
}

export interface Elsewhere {
  readonly setting: string;
  readonly categories: readonly string[];
}

export interface ArchiveRequest {
  /** Resource id; undefined: the component of the ML workspace. */
  readonly component: string | undefined;
  /** Name of the diagnostic setting. */
  readonly name: string;
  /** Names of tables; undefined: all that the component has. */
  readonly categories: readonly string[] | undefined;
  readonly dryRun: boolean;
  /** Asks before something ends; undefined where no question is wanted or possible. */
  readonly confirm: ((message: string) => Promise<boolean>) | undefined;
  readonly signal: AbortSignal;
}

/**
 * Changes a setting as `decide` wants, which is asked again if something else changes the setting meanwhile.
 *
 * @throws {Interrupted} after Ctrl-C; once something was sent, it says so
 */
export async function changeSetting(
  { diagnosticSettings }: Pick<Gateways, 'diagnosticSettings'>,
  { component, setting }: Pick<ArchiveOutcome, 'component' | 'setting'>,
  decide: (setting: DiagnosticSetting | null) => Promise<SettingEdit | 'removed' | null>,
  { dryRun, signal }: Pick<ArchiveRequest, 'dryRun' | 'signal'>,
  report: Report,
): Promise<Change> {
  let isAgain = false;
  let isSent = false;
  const decided = (current: DiagnosticSetting | null) => {
    if (isAgain)
      report.note(`The setting "${setting}" was changed meanwhile; looking at it again.`);
    isAgain = true;
    return decide(current);
  };
  const onSend = () => {
    isSent = true;
  };
  try {
    return await diagnosticSettings.change(component, setting, decided, { dryRun, onSend });
  } catch (error) {
    if (!isSent || !(signal.reason instanceof Interrupted)) throw error;
    throw interrupted(signal.reason, { changed: [], halfway: [setting], untouched: [] });
  }
}

/** What a change tells of itself. */
export function changeFacts(
  { changed, applied, requests, before }: Change,
  dryRun: boolean,
): Pick<ArchiveOutcome, 'changed' | 'applied' | 'requests' | 'before'> {
  return { changed, applied, ...(dryRun && { requests, before }) };
}

/** The names of tables that a setting sends, of these categories. */
export function namesSent(
  setting: DiagnosticSetting,
  categories: readonly DiagnosticCategory[],
): readonly string[] {
  return namesOf(categories.filter((category) => sends(setting, category)));
}

export function namesOf(categories: readonly DiagnosticCategory[]): readonly string[] {
  return categories.map(({ name }) => tableName(name));
}

/** @throws {Interrupted} if the answer is no */
export async function assertConfirmed(
  question: string,
  { confirm, dryRun, signal }: Pick<ArchiveRequest, 'confirm' | 'dryRun' | 'signal'>,
): Promise<void> {
  if (!confirm || dryRun || (await confirm(question))) return;
  signal.throwIfAborted();
  throw new Interrupted(130, 'Nothing was changed.');
}
