import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { Interrupted } from '../../lib/errors.js';
import type { Host } from '../../lib/host.js';
import { print } from '../../lib/output/print.js';
import { createReport } from '../../lib/output/report.js';
import { resolveSettings } from '../../lib/settings.js';
import {
  type LocalVariables,
  localVariables,
  untilAborted,
  variableLines,
} from '../../lib/use-cases/serve-local-cloud.js';
import { examples, exitStatuses, type SharedCommand } from '../shared-options.js';
import { openCloud } from './open-cloud.js';
import {
  faultSeedOption,
  faultsOption,
  latencyOption,
  limitBytesOption,
  limitRowsOption,
  switchesOf,
  throttleOption,
} from './weather-options.js';

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Serve the embedded Azure over HTTPS on 127.0.0.1, for other programs, until Ctrl-C. ' +
        'Prints the variables that a client needs.',
    )
    .addOption(new Option('--port <n>', 'port (default: a free one)').argParser(parsePort))
    // Node takes a long option of this name for its own, wherever it stands, and ends if there is no such file
    // (nodejs/node#54232; 20 and 24 do): hence -e.
    .option('-e, --env-file <file>', 'write the variables there too, once it is ready')
    .addOption(
      new Option(
        '--seed <state>',
        'begin with this state instead of the one that is there',
      ).choices(['sample', 'empty'] as const),
    )
    .addOption(limitRowsOption)
    .addOption(limitBytesOption)
    .addOption(latencyOption)
    .addOption(throttleOption)
    .addOption(faultsOption)
    .addOption(faultSeedOption)
    .addHelpText(
      'after',
      examples(
        'local start -e local.env',
        'local start --port 8443 --seed sample',
        'local start --limit-rows 1000 --throttle 20/10s --faults 2%',
      ),
    )
    .addHelpText('after', exitStatuses())
    .action(async ({ port, envFile, seed, ...options }) => {
      const settings = await resolveSettings({ ...options, local: true }, host);
      const report = createReport(host, settings);
      const cloud = await openCloud(host, settings, report);
      if (seed) await cloud.reset(seed);
      const switches = switchesOf(options);
      if (switches) await cloud.switchQueries(switches);
      const server = await cloud.listen(port === undefined ? {} : { port });
      try {
        const variables = localVariables(cloud, server);
        if (envFile) {
          await host.files.write(resolve(host.cwd, envFile), variableLines(variables), 0o600);
        }
        await print(host, settings, variables, {
          text: (each: LocalVariables) => variableLines(each).trimEnd(),
        });
        report.note(`Serving ${settings.localDir} at ${server.origin}. Ctrl-C ends it.`);
        await untilAborted(host.signal);
      } finally {
        await server.close();
      }
      const { reason } = host.signal;
      const status = reason instanceof Interrupted ? reason.status : 130;
      throw new Interrupted(status, `No longer serving; the state stays in ${settings.localDir}.`);
    });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a port, 1 to 65535.');
}
