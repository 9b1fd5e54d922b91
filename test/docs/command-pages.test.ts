import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openBuiltCli, ROOT } from '../support/built-cli.js';

/** The commands as the tree has them: a file with `define` each, a group is a folder. */
const commands = readdirSync(join(ROOT, 'src/commands'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .filter((path) => /^export function define\(/m.test(readSource(`src/commands/${path}`)))
  .map((path) => path.replace(/\.ts$/, '').split(/[\\/]/).join(' '))
  .sort();

const groups = [...new Set(commands.filter((name) => name.includes(' ')).map(groupOf))];

const pageOf = (command: string) => `${command.replaceAll(' ', '-')}.md`;
const read = (path: string) => readSource(`docs/${path}`);
const cli = openBuiltCli();
afterAll(() => cli.remove());

test('every command has a page, and every page a command', () => {
  expect(readdirSync(join(ROOT, 'docs/commands')).sort()).toEqual(commands.map(pageOf).sort());
});

test('the README links every page', () => {
  const readme = readSource('README.md');
  expect(commands.filter((name) => !readme.includes(`docs/commands/${pageOf(name)}`))).toEqual([]);
});

test.each(groups)('%s --help shows two examples and the exit statuses', async (group) => {
  const { stdout } = await cli.run([group, '--help'], { env: { COLUMNS: '80' } });
  const lines = section(stdout, 'Examples:').filter((line) => line.includes('$ aml-monitor'));
  expect(lines).toHaveLength(2);
  expect(statuses(section(stdout, 'Exit status:').join('\n'))).toContain('2');
});

describe.each(commands)('%s', (command) => {
  const page = read(`commands/${pageOf(command)}`);
  const help = cli
    .run([...command.split(' '), '--help'], { env: { COLUMNS: '80' } })
    .then(({ stdout }) => stdout);

  test('--help shows at least two examples and the exit statuses', async () => {
    const lines = section(await help, 'Examples:').filter((line) => line.includes('$ aml-monitor'));
    expect(lines.length).toBeGreaterThanOrEqual(2);
    expect(statuses(section(await help, 'Exit status:').join('\n'))).toContain('2');
  });

  test('the page has usage, role, output, exit statuses and the shape of the JSON', () => {
    const headings = page.match(/^##? .*$/gm);
    expect(headings?.[0]).toBe(`# aml-monitor ${command}`);
    for (const name of ['## Usage', '## Azure role', '## Output', '## JSON', '## Exit status']) {
      expect(headings).toContain(name);
    }
  });

  test('page and --help name the same options', async () => {
    const own = flags(ownOptions(await help));
    const shared = flags(read('settings.md'));
    expect(own.filter((flag) => !flags(usageOf(page)).includes(flag))).toEqual([]);
    const known = [...own, ...shared];
    expect(flags(about(command, page)).filter((flag) => !known.includes(flag))).toEqual([]);
  });

  test('page and --help name the same exit statuses', async () => {
    const table = page.slice(page.indexOf('## Exit status'));
    expect(statuses(table)).toEqual(statuses(section(await help, 'Exit status:').join('\n')));
  });
});

function readSource(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The indented lines below a heading of a help text. */
function section(help: string, heading: string): readonly string[] {
  const lines = help.split('\n');
  const from = lines.indexOf(heading) + 1;
  if (from === 0) return [];
  const end = lines.findIndex((line, at) => at >= from && !line.startsWith(' '));
  return lines.slice(from, end === -1 ? undefined : end);
}

/** The part of a help text with the options that only this command has. */
function ownOptions(help: string): string {
  const end = help.search(/^(Workspace|Cloud and sign-in|State|Output):$/m);
  return help.slice(0, end === -1 ? undefined : end);
}

/** The page without the lines that run another command. */
function about(command: string, page: string): string {
  const lines = page.split('\n');
  return lines
    .filter((line) => !line.includes('aml-monitor ') || line.includes(`aml-monitor ${command}`))
    .join('\n');
}

function usageOf(page: string): string {
  return page.slice(page.indexOf('## Usage'), page.indexOf('## Azure role'));
}

function flags(text: string): string[] {
  return [...new Set(text.match(/(?<![\w-])--[a-z][a-z-]+/g) ?? [])];
}

/** The numbers that begin a line or a row of a table. */
function statuses(text: string): string[] {
  return [...text.matchAll(/^[ |]*(\d+) /gm)].map(([, status = '']) => status);
}

function groupOf(command: string): string {
  return command.split(' ')[0] ?? '';
}
