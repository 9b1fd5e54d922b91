import { type Command, Option } from '@commander-js/extra-typings';
import type { ErrorKind } from '../lib/errors.js';
import { AUTH_KINDS, type BinaryFormat, FORMATS, type SettingsOptions } from '../lib/settings.js';

/** What every command may be given. `main.ts` adds them, as far as the command's row in its table says. */
export type SharedOptions = { [Name in keyof SettingsOptions]: SettingsOptions[Name] };

/** A command as `define` gets it: the shared options are there already. */
export type SharedCommand = Command<[], SharedOptions>;

/** Which of the shared options a command has: those that it reads, and no others. */
export type SharedLevel = 'workspace' | 'files' | 'cloud' | 'remembered' | 'local';

interface SharedOption {
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly hidden?: true;
}

const WORKSPACE_OPTIONS: readonly SharedOption[] = [
  { flags: '-g, --resource-group <name>', description: 'resource group of the workspace' },
  { flags: '-w, --workspace-name <name>', description: 'Azure Machine Learning workspace' },
  { flags: '--subscription <id>', description: 'subscription, by its id or its name' },
];

const WORKSPACE_FILE_OPTION: SharedOption = {
  flags: '--config <file>',
  description: 'workspace file; else config.json is searched for',
};

const LOCAL_OPTION: SharedOption = {
  flags: '--local',
  description: 'use the embedded Azure: no account, no network',
};

const LOCAL_FOLDER_OPTION: SharedOption = {
  flags: '--local-dir <folder>',
  description: 'where the embedded Azure keeps its state',
};

const CLOUD_OPTIONS: readonly SharedOption[] = [
  { flags: '--tenant <id>', description: 'sign in to this tenant only, by its id or domain' },
  {
    flags: '--cloud <name>',
    description: 'AzureCloud, AzureUSGovernment, AzureChinaCloud or the URL of its ARM',
  },
];

const SIGN_IN_OPTIONS: readonly SharedOption[] = [
  { flags: '--auth <kind>', description: 'how to sign in', choices: AUTH_KINDS },
  { flags: '--ca-file <file>', description: 'trust these root certificates too (PEM)' },
  { flags: '--api-version <date>', description: 'for changes of deployments', hidden: true },
];

const OUTPUT_OPTIONS: readonly SharedOption[] = [
  {
    flags: '-o, --output <format>',
    description: 'format of the result',
    choices: [...FORMATS, 'table'],
  },
  { flags: '--query <expression>', description: 'JMESPath applied to the JSON of the result' },
  {
    flags: '--color <when>',
    description: 'color the text',
    choices: ['auto', 'always', 'never'],
  },
  { flags: '--no-input', description: 'never ask a question' },
  { flags: '--only-show-errors', description: 'no notes, warnings or progress on stderr' },
  { flags: '--verbose', description: 'say more on stderr' },
  { flags: '--debug', description: 'log every request to stderr, without secrets' },
];

interface SharedGroup {
  readonly heading: string;
  readonly options: readonly SharedOption[];
}

const CLOUD: SharedGroup = {
  heading: 'Cloud and sign-in:',
  options: [LOCAL_OPTION, LOCAL_FOLDER_OPTION, ...CLOUD_OPTIONS, ...SIGN_IN_OPTIONS],
};
const OUTPUT: SharedGroup = { heading: 'Output:', options: OUTPUT_OPTIONS };

/** Where the result is files, their format is an option of the command. */
const RESULT_OPTIONS = ['-o, --output <format>', '--query <expression>'];

const GROUPS: Readonly<Record<SharedLevel, readonly SharedGroup[]>> = {
  workspace: [
    { heading: 'Workspace:', options: [...WORKSPACE_OPTIONS, WORKSPACE_FILE_OPTION] },
    CLOUD,
    OUTPUT,
  ],
  files: [
    { heading: 'Workspace:', options: [...WORKSPACE_OPTIONS, WORKSPACE_FILE_OPTION] },
    CLOUD,
    {
      heading: 'Output:',
      options: OUTPUT_OPTIONS.filter(({ flags }) => !RESULT_OPTIONS.includes(flags)),
    },
  ],
  cloud: [CLOUD, OUTPUT],
  // What can be remembered.
  remembered: [
    { heading: 'Workspace:', options: WORKSPACE_OPTIONS },
    { heading: 'Cloud and sign-in:', options: CLOUD_OPTIONS },
    OUTPUT,
  ],
  // It is about the embedded Azure anyway: --local may be said, and changes nothing.
  local: [
    { heading: 'State:', options: [{ ...LOCAL_OPTION, hidden: true }, LOCAL_FOLDER_OPTION] },
    OUTPUT,
  ],
};

/**
 * The shared options of a level, new ones each time, the most specific first.
 *
 * @param formats what `-o` takes beside the formats of every command
 */
export function sharedOptions(
  level: SharedLevel,
  formats: readonly BinaryFormat[] = [],
): readonly Option[] {
  return GROUPS[level].flatMap(({ heading, options }) =>
    options.map(({ flags, description, choices, hidden }) => {
      const option = new Option(flags, description).helpGroup(heading).hideHelp(hidden === true);
      if (choices) option.choices(flags.startsWith('-o,') ? [...choices, ...formats] : choices);
      return option;
    }),
  );
}

/** `--api v1|v2`, for names that both worlds have. */
export const apiOption = new Option(
  '--api <version>',
  'v1 web services or v2 online endpoints only, where both have the name',
).choices(['v1', 'v2'] as const);

export const serviceArgument =
  'web services or online endpoints, as SERVICE or SERVICE/PART (one deployment)';

/** What every command that switches something takes. */
export const allOption = new Option('--all', 'everything in the workspace');
export const noWaitOption = new Option(
  '--no-wait',
  'do not wait until Azure has applied it; fail at once if it is busy',
);
export const dryRunOption = new Option(
  '--dry-run',
  'show what would be sent, byte for byte, and what it would change; send nothing',
);
export const yesOption = new Option(
  '-y, --yes',
  'do not ask before changing many things, or what is hard to undo',
);

/** The part of a command's help that shows how it is used. Each is typed without `aml-monitor`. */
export function examples(...commandLines: readonly string[]): string {
  const lines = commandLines.map((line) => `  $ aml-monitor ${line}`);
  return `\nExamples:\n${lines.join('\n')}`;
}

const STATUS_TEXT: Readonly<Record<ErrorKind, string>> = {
  usage: '2    the command line or the settings are wrong',
  'not-found': '3    there is no such thing, or you may not see it',
  auth: '4    no sign-in, or it was refused',
  service: '5    Azure refused or failed',
  timeout: '6    Azure did not finish in time',
  unsupported: '7    valid, but it cannot be done here',
  incomplete: '8    the answer was cut, or some of several things failed',
  'check-failed': '9    a check that you asked for failed',
};

/** The part of a command's help that lists its exit statuses: those of every command and these. */
export function exitStatuses(...kinds: readonly ErrorKind[]): string {
  const known = new Set<ErrorKind>(['usage', ...kinds]);
  const lines = Object.entries(STATUS_TEXT)
    .filter(([kind]) => [...known].some((each) => each === kind))
    .map(([, text]) => `  ${text}`);
  return `\nExit status:\n  0    done, or already as wished\n${lines.join('\n')}\n  130  interrupted`;
}
