import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { Host, Report } from '../../lib/host.js';
import { archiveView } from '../../lib/output/archive-view.js';
import { print } from '../../lib/output/print.js';
import type {
  ArchiveOutcome,
  ArchiveRequest,
} from '../../lib/use-cases/archive/archive-outcome.js';
import { confirmation } from '../confirmation.js';
import { openSession, type Session } from '../session.js';
import type { SharedOptions } from '../shared-options.js';

const DEFAULT_NAME = 'aml-monitor';
const ACCOUNT_ID =
  /^\/subscriptions\/[^/?#%\\]*[^/?#%\\. ]\/resourceGroups\/[^/?#%\\]*[^/?#%\\. ]\/providers\/Microsoft\.Storage\/storageAccounts\/[a-z0-9]{3,24}$/i;

export function nameOption(description: string) {
  return new Option('--name <name>', description)
    .default(DEFAULT_NAME)
    .argParser((text: string) => {
      if (/^[^<>*%&:\\?+/#]{0,259}[^<>*%&:\\?+/#. ]$/.test(text)) return text;
      throw new InvalidArgumentError(
        'A name has no <>*%&:\\?+/#, no point or space at its end, and at most 260 characters.',
      );
    });
}

export function storageAccountOption(description: string) {
  return new Option('--storage-account <account>', description).argParser((text: string) => {
    if (!text.includes('/') || ACCOUNT_ID.test(text)) return text;
    throw new InvalidArgumentError(
      'A resource id is /subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Storage/storageAccounts/NAME.',
    );
  });
}

export function categoriesOption(description: string) {
  return new Option('--categories <tables>', description).argParser(parseCategories);
}

/** `traces,requests` as its names, each once; undefined for `all`. */
function parseCategories(text: string): readonly string[] | undefined {
  const names = text.split(',').map((name) => name.trim());
  if (!names.every((name) => /^\w+$/.test(name))) {
    throw new InvalidArgumentError('Write names with commas between them, as traces,requests.');
  }
  return names.includes('all') ? undefined : [...new Set(names)];
}

interface ArchiveOptions extends SharedOptions {
  readonly component?: string | undefined;
  readonly name: string;
  readonly categories?: readonly string[] | undefined;
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
}

/** What `on` and `off` have in common, from the settings to the result. */
export async function applyArchive(
  host: Host,
  options: ArchiveOptions,
  act: (
    gateways: Session['gateways'],
    request: ArchiveRequest,
    report: Report,
  ) => Promise<ArchiveOutcome>,
): Promise<void> {
  const { component, name, categories, dryRun = false } = options;
  const { settings, report, gateways } = await openSession(options, host);
  const confirm = confirmation(host, settings, options);
  const { signal } = host;
  const outcome = await act(
    gateways,
    { component, name, categories, dryRun, confirm, signal },
    report,
  );
  const view = dryRun
    ? (await import('../../lib/output/dry-run-view.js')).dryRunView<ArchiveOutcome>(
        ({ setting }) => setting,
      )
    : archiveView;
  await print(host, settings, outcome, view);
}
