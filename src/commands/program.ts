import { Command, CommanderError, Option } from '@commander-js/extra-typings';
import { CliError } from '../lib/errors.js';
import type { Host } from '../lib/host.js';
import { createStyle } from '../lib/output/style.js';
import { type BinaryFormat, resolvePresentation, type SettingsOptions } from '../lib/settings.js';
import { programHelp } from './program-help.js';
import {
  examples,
  exitStatuses,
  type SharedCommand,
  type SharedLevel,
  sharedOptions,
} from './shared-options.js';

export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  /** Which of the shared options it has. */
  readonly level: SharedLevel;
  /** Formats beside those of every command. */
  readonly formats?: readonly BinaryFormat[];
  readonly load: () => Promise<{ define: (command: SharedCommand, host: Host) => void }>;
}

export interface GroupRow {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly CommandRow[];
  /** Command lines for its help, without `aml-monitor`. */
  readonly examples: readonly string[];
}

/** `group` is the heading in the help. */
export type TopRow = (CommandRow | GroupRow) & { readonly group: string };

/** What parsing leaves behind, however it ends. */
export interface Parsed {
  /** What was typed for the program and the command, as far as parsing got. */
  readonly options: () => Readonly<Record<string, unknown>>;
  /** Whether help was asked for a command that does not exist, for which commander shows that of all. */
  readonly isMisnamed: () => boolean;
  /** Help, as commander wrote it. */
  readonly written: () => { readonly stdout: string; readonly stderr: string };
}

/**
 * The command line of these rows. Only the command that is typed is loaded, before its own options are parsed.
 * The shared options may stand in front of the command too.
 */
export function createProgram(
  rows: readonly TopRow[],
  host: Host,
): { readonly program: Command; readonly parsed: Parsed } {
  const text = { stdout: '', stderr: '' };
  const { color } = resolvePresentation({ output: 'text' }, host);
  const style = createStyle(color.stdout);
  const program: Command = new Command('aml-monitor');
  const loaders = new Map<unknown, () => Promise<void>>();
  let chosen: SharedCommand | undefined;
  let isMisnamed = false;

  program
    .exitOverride()
    .enablePositionalOptions()
    .helpCommand(false)
    .addHelpOption(new Option('-h, --help').hideHelp())
    .configureOutput({
      writeOut: (part) => {
        text.stdout += part;
      },
      writeErr: (part) => {
        text.stderr += part;
      },
      outputError: () => {},
      getOutHelpWidth: () => helpWidth(host.stdout),
      getErrHelpWidth: () => helpWidth(host.stderr),
      getOutHasColors: () => color.stdout > 0,
      getErrHasColors: () => color.stderr > 0,
    })
    .configureHelp({
      styleTitle: (title) => style.bold(title),
      optionDescription,
    })
    .addHelpText('beforeAll', ({ command: { commands, args } }) => {
      isMisnamed = commands.length > 0 && args[0]?.startsWith('-') === false;
      return '';
    })
    // The executable answers it before anything is loaded.
    .addOption(new Option('--version').hideHelp());
  for (const each of sharedOptions('workspace')) program.addOption(each.hideHelp());

  async function load(row: CommandRow, command: SharedCommand, words: string): Promise<void> {
    const { define } = await row.load();
    define(command, host);
    for (const each of sharedOptions(row.level, row.formats)) command.addOption(each);
    chosen = command;
    for (const option of program.options) {
      const name = option.attributeName();
      if (program.getOptionValueSource(name) !== 'cli') continue;
      if (!command.options.some((known) => known.attributeName() === name)) {
        throw new CliError('usage', `"${words}" has no option ${option.long}.`, {
          hint: 'Add --help to see what can be typed.',
        });
      }
      command.setOptionValueWithSource(name, program.getOptionValue(name), 'config');
    }
  }

  function add(parent: Command, row: CommandRow, heading?: string): void {
    const command = parent.command(row.name).summary(row.summary).description(row.summary);
    if (heading !== undefined) command.helpGroup(heading);
    const words = parent === program ? row.name : `${parent.name()} ${row.name}`;
    loaders.set(command, () => load(row, command, words));
  }

  for (const row of rows) {
    if ('load' in row) {
      add(program, row, row.group);
    } else {
      const group = program.command(row.name).summary(row.summary).description(row.summary);
      group.helpGroup(row.group).usage('COMMAND [options]').helpCommand(false);
      group.addHelpText('after', examples(...row.examples)).addHelpText('after', exitStatuses());
      for (const inner of row.commands) add(group, inner);
      group.hook('preSubcommand', (_, command) => loaders.get(command)?.());
    }
  }
  program.hook('preSubcommand', (_, command) => loaders.get(command)?.());
  program.hook('preAction', async (_, command) => {
    const { query }: SettingsOptions = command.opts();
    if (query === undefined) return;
    // Known to be wrong before anything is asked or changed.
    (await import('../lib/output/jmespath.js')).checkJmesPath(query);
  });
  program.helpInformation = () => programHelp(rows, host);
  return {
    program,
    parsed: {
      options: () => ({ ...program.opts(), ...chosen?.opts() }),
      isMisnamed: () => isMisnamed,
      written: () => text,
    },
  };
}

/** How commander ends without running a command: with help, or with a usage error. */
export function isEnding(error: unknown): error is CommanderError {
  return error instanceof CommanderError;
}

function helpWidth(stream: Host['stdout']): number {
  return Math.min(stream.columns() ?? 80, 100);
}

/** Commander quotes each choice and every default; names need no quotes. */
function optionDescription(option: Option): string {
  const { description, argChoices, defaultValue } = option;
  const choices = argChoices ? `: ${argChoices.join(', ')}` : '';
  const hasDefault = defaultValue !== undefined && typeof defaultValue !== 'boolean';
  return `${description}${choices}${hasDefault ? ` (default: ${String(defaultValue)})` : ''}`;
}

/** Commander's usage error as ours: one sentence, its suggestion as the hint. */
export function usageError(error: CommanderError): CliError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const message = `${first.charAt(0).toUpperCase()}${first.slice(1).replace(/\.$/, '')}.`;
  const suggestion = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  return new CliError('usage', message, {
    hint: suggestion || 'Add --help to see what can be typed.',
  });
}
