import { CliError, EXIT_STATUS, Interrupted } from '../lib/errors.js';
import type { Host } from '../lib/host.js';
import { errorJson, errorText } from '../lib/output/error-text.js';
import { createStyle } from '../lib/output/style.js';
import { type Presentation, resolvePresentation, type SettingsOptions } from '../lib/settings.js';
import type { TopRow } from './program.js';
import { programHelp } from './program-help.js';

const SWITCH = 'See and switch monitoring:';
const READ = 'Read:';
const KEEP = 'Keep in Azure:';
const WRITE = 'Write and check code:';
const SETUP = 'Sign-in and settings:';
const LOCAL = 'Without an account:';

const COMMANDS: readonly TopRow[] = [
  {
    name: 'list',
    summary: 'list services with what is monitored',
    group: SWITCH,
    level: 'workspace',
    load: () => import('./list.js'),
  },
  {
    name: 'show',
    summary: 'show the whole monitoring state of a service',
    group: SWITCH,
    level: 'workspace',
    load: () => import('./show.js'),
  },
  {
    name: 'enable-insights',
    summary: 'turn Application Insights on',
    group: SWITCH,
    level: 'workspace',
    load: () => import('./enable-insights.js'),
  },
  {
    name: 'disable-insights',
    summary: 'turn Application Insights off',
    group: SWITCH,
    level: 'workspace',
    load: () => import('./disable-insights.js'),
  },
  {
    name: 'collect',
    summary: 'turn the collection of model data on or off',
    group: SWITCH,
    examples: ['collect on my-service', 'collect off fraud/blue'],
    commands: [
      {
        name: 'on',
        summary: 'collect model data',
        level: 'workspace',
        load: () => import('./collect/on.js'),
      },
      {
        name: 'off',
        summary: 'stop collecting model data',
        level: 'workspace',
        load: () => import('./collect/off.js'),
      },
    ],
  },
  {
    name: 'logs',
    summary: 'read or follow the container logs of a service',
    group: READ,
    level: 'workspace',
    load: () => import('./logs.js'),
  },
  {
    name: 'query',
    summary: 'run a Kusto query on Application Insights',
    group: READ,
    level: 'workspace',
    formats: ['parquet'],
    load: () => import('./query.js'),
  },
  {
    name: 'metrics',
    summary: 'show rates, failures and durations over time',
    group: READ,
    level: 'workspace',
    load: () => import('./metrics.js'),
  },
  {
    name: 'export',
    summary: 'copy telemetry to files, however much there is',
    group: READ,
    level: 'files',
    load: () => import('./export.js'),
  },
  {
    name: 'archive',
    summary: 'have Azure copy telemetry to a storage account',
    group: KEEP,
    examples: ['archive status', 'archive on --categories traces,requests'],
    commands: [
      {
        name: 'status',
        summary: 'show what is copied where',
        level: 'workspace',
        load: () => import('./archive/status.js'),
      },
      {
        name: 'on',
        summary: 'copy telemetry to a storage account from now on',
        level: 'workspace',
        load: () => import('./archive/on.js'),
      },
      {
        name: 'off',
        summary: 'end the copies',
        level: 'workspace',
        load: () => import('./archive/off.js'),
      },
    ],
  },
  {
    name: 'retention',
    summary: 'how long Azure keeps telemetry',
    group: KEEP,
    examples: ['retention show', 'retention set traces --days 180'],
    commands: [
      {
        name: 'show',
        summary: 'show how long tables keep their rows',
        level: 'workspace',
        load: () => import('./retention/show.js'),
      },
      {
        name: 'set',
        summary: 'set how long tables keep their rows',
        level: 'workspace',
        load: () => import('./retention/set.js'),
      },
    ],
  },
  {
    name: 'scaffold',
    summary: 'write or check scoring scripts and deployment files',
    group: WRITE,
    level: 'workspace',
    load: () => import('./scaffold.js'),
  },
  {
    name: 'data',
    summary:
      'collected model data: find it, see it, fetch it, describe it, compare it with a baseline',
    group: READ,
    examples: ['data list my-service', 'data drift --files today.csv --baseline training.csv'],
    commands: [
      {
        name: 'list',
        summary: 'list what was collected, or say why nothing was',
        level: 'workspace',
        load: () => import('./data/list.js'),
      },
      {
        name: 'head',
        summary: 'show the newest rows',
        level: 'workspace',
        load: () => import('./data/head.js'),
      },
      {
        name: 'download',
        summary: 'bring collected model data into a folder',
        level: 'workspace',
        formats: ['parquet'],
        load: () => import('./data/download.js'),
      },
      {
        name: 'stats',
        summary: 'show what each column holds',
        level: 'workspace',
        load: () => import('./data/stats.js'),
      },
      {
        name: 'drift',
        summary: 'show how far each feature has moved from a baseline',
        level: 'workspace',
        load: () => import('./data/drift.js'),
      },
    ],
  },
  {
    name: 'login',
    summary: 'sign in and remember it',
    group: SETUP,
    level: 'cloud',
    load: () => import('./login.js'),
  },
  {
    name: 'logout',
    summary: 'forget the sign-in',
    group: SETUP,
    level: 'cloud',
    load: () => import('./logout.js'),
  },
  {
    name: 'whoami',
    summary: 'show who is signed in, and which settings hold',
    group: SETUP,
    level: 'workspace',
    load: () => import('./whoami.js'),
  },
  {
    name: 'use',
    summary: 'remember a workspace and a default service',
    group: SETUP,
    level: 'remembered',
    load: () => import('./use.js'),
  },
  {
    name: 'local',
    summary: 'the embedded Azure: serve it, reset it, load telemetry, send scoring requests',
    group: LOCAL,
    examples: ['local score my-service', 'local start --port 8443'],
    commands: [
      {
        name: 'start',
        summary: 'serve the embedded Azure over HTTPS on this machine',
        level: 'local',
        load: () => import('./local/start.js'),
      },
      {
        name: 'reset',
        summary: 'put the embedded Azure back to its first state',
        level: 'local',
        load: () => import('./local/reset.js'),
      },
      {
        name: 'load',
        summary: 'add telemetry files to the embedded Azure',
        level: 'local',
        load: () => import('./local/load.js'),
      },
      {
        name: 'score',
        summary: 'send a scoring request to a service',
        level: 'local',
        load: () => import('./local/score.js'),
      },
    ],
  },
];

/** Runs one command line (without `node` and the script) and answers its exit status. Never throws. */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  // `help X Y` is `X Y --help`: what a command takes is known once it is loaded.
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
  if (words.length === 0 || ['--help', '-h'].includes(words.join(' '))) {
    await host.stdout.write(programHelp(COMMANDS, host));
    return 0;
  }
  const { createProgram, isEnding, usageError } = await import('./program.js');
  const { program, parsed } = createProgram(COMMANDS, host);
  try {
    await program.parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    if (!isEnding(error)) return fail(error, host, parsed.options());
    if (parsed.isMisnamed()) {
      // Without asking for help the wrong word is what remains to be said.
      return run(
        words.filter((word) => !['--help', '-h'].includes(word)),
        host,
      );
    }
    const { stdout, stderr } = parsed.written();
    await host.stdout.write(stdout);
    await host.stderr.write(stderr);
    if (error.exitCode === 0) return 0;
    // A group without one of its commands: its help is on stderr by now.
    if (error.code === 'commander.help') return EXIT_STATUS.usage;
    return fail(usageError(error), host, parsed.options());
  }
}

/** Says what went wrong and answers its exit status. After Ctrl-C, whatever failed failed because of it. */
async function fail(error: unknown, host: Host, options: SettingsOptions): Promise<number> {
  const { reason } = host.signal;
  const failure = reason instanceof Interrupted && !(error instanceof Interrupted) ? reason : error;
  const { stderr } = host;
  const { format, color } = presentation(options, host);
  const text =
    format === 'json' || format === 'jsonl'
      ? errorJson(failure)
      : errorText(failure, createStyle(color.stderr), stderr.isTty ? stderr.columns() : undefined);
  await stderr.write(`${text}\n`);
  if (failure instanceof CliError) return EXIT_STATUS[failure.kind];
  return failure instanceof Interrupted ? failure.status : 1;
}

/** How to show an error, which may well be about how to show things. */
function presentation(options: SettingsOptions, host: Host): Presentation {
  try {
    return resolvePresentation(options, host);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return resolvePresentation({ ...options, output: 'text' }, host);
  }
}
