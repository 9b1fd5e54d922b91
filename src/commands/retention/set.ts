import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { CliError } from '../../lib/errors.js';
import type { Host } from '../../lib/host.js';
import { isRetention, isTotal, nearestTotals } from '../../lib/model/retention.js';
import { print } from '../../lib/output/print.js';
import { retentionSetView } from '../../lib/output/retention-view.js';
import { assertNoneFailed } from '../../lib/use-cases/failures.js';
import {
  type RetentionOutcome,
  setRetention,
} from '../../lib/use-cases/retention/set-retention.js';
import { componentOption } from '../component-option.js';
import { confirmation } from '../confirmation.js';
import { openSession } from '../session.js';
import {
  dryRunOption,
  examples,
  exitStatuses,
  type SharedCommand,
  yesOption,
} from '../shared-options.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Set how long the Log Analytics workspace of Application Insights keeps the rows of tables. Only what is named changes.',
    )
    .argument('<table...>', 'tables, as traces or AppTraces')
    .addOption(
      new Option('--days <number>', 'how long rows can be queried: 4 to 730, or default').argParser(
        parseDays,
      ),
    )
    .addOption(
      new Option(
        '--total-days <number>',
        'how long they are kept in all: 4 to 730, years up to 4383, or default',
      ).argParser(parseTotal),
    )
    .addOption(componentOption())
    .addOption(dryRunOption)
    .addOption(yesOption)
    .addHelpText(
      'after',
      examples(
        'retention set traces requests --days 180',
        'retention set traces --total-days 730 --dry-run',
        'retention set traces --days default --total-days default',
      ),
    )
    .addHelpText(
      'after',
      exitStatuses('not-found', 'auth', 'service', 'timeout', 'unsupported', 'incomplete'),
    )
    .action(async (tables, options) => {
      const { component, days, totalDays, dryRun = false } = options;
      if (days === undefined && totalDays === undefined) {
        throw new CliError('usage', 'Nothing to set is named.', {
          hint: 'Give --days, --total-days or both.',
        });
      }
      const change = {
        ...(days && { retentionDays: days.days }),
        ...(totalDays && { totalDays: totalDays.days }),
      };
      const { settings, report, gateways } = await openSession(options, host);
      const confirm = confirmation(host, settings, options);
      const { signal } = host;
      const request = { component, tables, change, dryRun, confirm, signal };
      const outcomes = await setRetention(gateways, request, report);
      const view = dryRun
        ? (await import('../../lib/output/dry-run-view.js')).dryRunView<RetentionOutcome>(
            ({ table }) => table,
          )
        : retentionSetView;
      await print(host, settings, outcomes, view);
      assertNoneFailed(outcomes.map(({ table, error }) => ({ name: table, error })));
    });
}

/** Days, or null for the default. */
interface Days {
  readonly days: number | null;
}

function parseDays(text: string): Days {
  const days = parseNumber(text);
  if (days === null || isRetention(days)) return { days };
  throw new InvalidArgumentError('Rows can be queried for 4 to 730 days, or default.');
}

function parseTotal(text: string): Days {
  const days = parseNumber(text);
  if (days === null || isTotal(days)) return { days };
  const nearest = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(
    nearestTotals(days).map(String),
  );
  throw new InvalidArgumentError(
    `Rows are kept for 4 to 730 days, for whole years up to 4383, or default. Nearest: ${nearest}.`,
  );
}

function parseNumber(text: string): number | null {
  if (/^default$/i.test(text)) return null;
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a number of days, such as 90, or default.');
}
