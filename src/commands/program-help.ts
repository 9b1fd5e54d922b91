import type { Host } from '../lib/host.js';
import { createStyle } from '../lib/output/style.js';
import { resolvePresentation } from '../lib/settings.js';
import type { TopRow } from './program.js';

const OPTIONS = [
  { name: '--version', summary: 'show the version' },
  { name: '-h, --help', summary: 'show help' },
];

const EXAMPLES = [
  '  $ aml-monitor list',
  '  $ aml-monitor enable-insights my-service',
  '  $ aml-monitor logs',
  '  $ aml-monitor query --contains input',
];

const AFTER = [
  'With --local, a command works on an embedded Azure: no account, no network.',
  'aml-monitor COMMAND --help shows its options, examples and exit statuses.',
];

/**
 * What `aml-monitor --help` shows. It is not left to commander, whose loading and formatting would be most of the
 * time that this answer takes.
 */
export function programHelp(rows: readonly TopRow[], host: Host): string {
  const style = createStyle(resolvePresentation({ output: 'text' }, host).color.stdout);
  const width = host.stdout.columns() ?? 80;
  const nameWidth = Math.max(...[...rows, ...OPTIONS].map(({ name }) => name.length));
  const groups = [...new Set(rows.map(({ group }) => group))];

  function list(heading: string, items: readonly { name: string; summary: string }[]): string {
    const indent = nameWidth + 4;
    const lines = items.map(({ name, summary }) => {
      const [first, ...rest] = wrap(summary, Math.max(width - indent, 24));
      return [
        `  ${name.padEnd(nameWidth)}  ${first}`,
        ...rest.map((line) => ' '.repeat(indent) + line),
      ].join('\n');
    });
    return `${style.bold(heading)}\n${lines.join('\n')}`;
  }

  const parts = [
    `${style.bold('Usage:')} aml-monitor COMMAND [options]`,
    'Switch monitoring of Azure Machine Learning endpoints on and off, and read it.',
    ...groups.map((group) =>
      list(
        group,
        rows.filter((row) => row.group === group),
      ),
    ),
    list('Options:', OPTIONS),
    [style.bold('Examples:'), ...EXAMPLES].join('\n'),
    AFTER.join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The words of a text in lines of at most that width. */
function wrap(text: string, width: number): readonly string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
