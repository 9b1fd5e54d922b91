import { Command, CommanderError } from '@commander-js/extra-typings';
import { CliError } from '../lib/errors.js';
import type { Host } from '../lib/host.js';
import { createStyle } from '../lib/output/style.js';
import { resolvePresentation } from '../lib/settings.js';
import { programHelp } from './program-help.js';
import { type SharedCommand, type SharedLevel, sharedOptions } from './shared-options.js';

export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  /** Which of the shared options it has. */
  readonly level: SharedLevel;
  readonly load: () => Promise<{ define: (command: SharedCommand, host: Host) => void }>;
}

export interface GroupRow {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly CommandRow[];
}

/** `group` is the heading in the help. */
export type TopRow = (CommandRow | GroupRow) & { readonly group: string };

/** What parsing leaves behind, however it ends. */
export interface Parsed {
  /** What was typed for the program and the command, as far as parsing got. */
  readonly options: () => Readonly<Record<string, unknown>>;
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
  const style = { stdout: createStyle(color.stdout), stderr: createStyle(color.stderr) };
  const program: Command = new Command('aml-monitor');
  const loaders = new Map<unknown, () => Promise<void>>();
  let chosen: SharedCommand | undefined;

  program
    .exitOverride()
    .enablePositionalOptions()
    .helpCommand(false)
    .helpOption('-h, --help', 'show help')
    .configureOutput({
      writeOut: (part) => {
        text.stdout += part;
      },
      writeErr: (part) => {
        text.stderr += part;
      },
      outputError: () => {},
      getOutHelpWidth: () => host.stdout.columns() ?? 80,
      getErrHelpWidth: () => host.stderr.columns() ?? 80,
      getOutHasColors: () => color.stdout > 0,
      getErrHasColors: () => color.stderr > 0,
    })
    .configureHelp({ styleTitle: (title) => style.stdout.bold(title) })
    .option('--version', 'show the version');
  for (const each of sharedOptions('workspace')) program.addOption(each.hideHelp());

  async function load(row: CommandRow, command: SharedCommand): Promise<void> {
    for (const each of sharedOptions(row.level)) command.addOption(each);
    const { define } = await row.load();
    define(command, host);
    for (const [name, value] of Object.entries(program.opts())) {
      if (program.getOptionValueSource(name) !== 'cli') continue;
      command.setOptionValueWithSource(name, value, 'config');
    }
    chosen = command;
  }

  function add(parent: Command, row: CommandRow, heading?: string): void {
    const command = parent.command(row.name).summary(row.summary).description(row.summary);
    if (heading !== undefined) command.helpGroup(heading);
    loaders.set(command, () => load(row, command));
  }

  for (const row of rows) {
    if ('load' in row) {
      add(program, row, row.group);
    } else {
      const group = program.command(row.name).summary(row.summary).description(row.summary);
      group.helpGroup(row.group).usage('COMMAND [options]');
      for (const inner of row.commands) add(group, inner);
      group.hook('preSubcommand', (_, command) => loaders.get(command)?.());
    }
  }
  program.hook('preSubcommand', (_, command) => loaders.get(command)?.());
  program.helpInformation = () => programHelp(rows, host);
  return {
    program,
    parsed: {
      options: () => ({ ...program.opts(), ...chosen?.opts() }),
      written: () => text,
    },
  };
}

/** How commander ends without running a command: with help, or with a usage error. */
export function isEnding(error: unknown): error is CommanderError {
  return error instanceof CommanderError;
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
