import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { Host } from '../lib/host.js';
import { logsView } from '../lib/output/logs-view.js';
import { print } from '../lib/output/print.js';
import { findTargets } from '../lib/use-cases/find-targets.js';
import { followLogs } from '../lib/use-cases/follow-logs.js';
import { assertAllRead, readLogs } from '../lib/use-cases/read-logs.js';
import { parseCount } from './count-argument.js';
import { assertFollowFormat } from './follow-format.js';
import { openSession, serviceOf } from './session.js';
import { apiOption, examples, exitStatuses, type SharedCommand } from './shared-options.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Read the last lines that the containers of a service have logged, or follow them. ' +
        'With a filter, the last of those 5000 that match; (?i) in front of a pattern ignores case.',
    )
    .argument('[service...]', 'web services or online endpoints, as SERVICE or SERVICE/PART')
    .addOption(new Option('--tail <n>', 'lines from the end').argParser(parseCount).default(100))
    .option('-f, --follow', 'go on with what is written from now on')
    .addOption(
      new Option('--container <name>', 'which container')
        .choices(['server', 'init'] as const)
        .default('server' as const),
    )
    .option('--init', 'the container that prepares the start; short for --container init')
    .addOption(new Option('--grep <regexp>', 'only lines that match').argParser(parseRegExp))
    .addOption(new Option('--exclude <regexp>', 'no lines that match').argParser(parseRegExp))
    .option('--no-probes', 'no calls of health probes')
    .option('--sections', 'how the instance started, too (managed endpoints)')
    .addOption(apiOption)
    .addHelpText('after', examples('logs', 'logs fraud/blue --follow --no-probes --grep error'))
    .addHelpText('after', exitStatuses('not-found', 'auth', 'service', 'incomplete'))
    .action(async (services, options) => {
      const session = await openSession(options, host);
      const { settings, report, gateways } = session;
      if (options.follow) assertFollowFormat(settings);
      const { api, tail, grep, exclude, probes } = options;
      const names =
        services.length > 0 ? services : [await serviceOf(undefined, session, host, api)];
      const targets = await findTargets(gateways, { services: names, api }, report);
      const wish = {
        tail,
        container: options.init ? 'init' : options.container,
        filter: { grep, exclude, probes },
        sections: options.sections === true,
      } as const;
      const view = logsView(targets);
      if (options.follow) {
        const ports = {
          clock: host.clock,
          report,
          signal: host.signal,
          closed: host.stdout.closed,
        };
        const lines = followLogs(gateways, targets, wish, ports);
        return print(host, settings, lines, view, { live: true });
      }
      const reading = report.progress('Reading logs');
      const read = await readLogs(gateways, targets, wish, report).finally(reading.done);
      await print(host, settings, read.entries, view);
      assertAllRead(read, targets.length);
    });
}

/** A JavaScript regular expression; `(?i)` in front ignores case. */
function parseRegExp(text: string): RegExp {
  const isInsensitive = text.startsWith('(?i)');
  try {
    return new RegExp(isInsensitive ? text.slice(4) : text, isInsensitive ? 'i' : '');
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : '');
  }
}
