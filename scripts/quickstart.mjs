// The main job from a fresh clone, on the embedded local cloud: installs, builds, then runs each
// command as it is printed. Ends with a status other than 0 as soon as one of them fails.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';

class Failure extends Error {}

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'bin', 'aml-monitor.cjs');
const colored = process.stdout.isTTY === true && !process.env.NO_COLOR;
const style = (format, text) => (colored ? styleText(format, text) : text);
const state = mkdtempSync(join(tmpdir(), 'aml-monitor-quickstart-'));

try {
  main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`\n${style('red', 'The quick start failed:')} ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(state, { recursive: true, force: true });
}

function main() {
  const started = performance.now();
  say('Installing and building.');
  if (!isInstalled()) npm('ci', '--no-fund', '--no-audit', '--loglevel=error');
  npm('run', '--silent', 'build');

  say('The workspace of the local cloud: every web service and online endpoint.');
  run('list --local');

  say('Switch Application Insights on for a v1 web service. Only that setting changes.');
  run('enable-insights my-service --local');

  say('Collect its model data as well.');
  run('collect on my-service --local');

  say('Three scoring requests, as a client of the service would send them.');
  run('local score my-service --count 3');

  say('What the container logged.');
  run('logs --tail 12 --local');

  say('What Application Insights recorded about requests that mention "input".');
  run('query --contains input --limit 5 --local');
  const rows = JSON.parse(
    aml('query --contains input --local -o json', ['ignore', 'pipe', 'ignore']),
  );
  if (!rows.some((row) => JSON.stringify(row.content ?? '').includes('input'))) {
    throw new Failure('the query found no row with an input.');
  }

  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `\n${style('green', 'All of it worked')}, in ${seconds} s, without an Azure account.`,
  );
  console.log(`
To go on:
  npm link                              puts aml-monitor on your PATH
  aml-monitor --help                    lists the commands
  aml-monitor list --local              keeps a local cloud between calls
  aml-monitor login                     signs in to Azure; then leave out --local
`);
}

/** Prints one command and runs it where its output is seen, in the colors and width of the terminal. */
function run(line) {
  console.log(style('bold', `\n$ aml-monitor ${line}`));
  aml(line, ['ignore', 'inherit', 'inherit']);
}

function aml(line, stdio) {
  const { status, signal, stdout } = spawnSync(process.execPath, [bin, ...line.split(' ')], {
    env: {
      ...withoutOwnSettings(process.env),
      AML_MONITOR_LOCAL_DIR: join(state, 'cloud'),
      AML_MONITOR_CONFIG_DIR: join(state, 'config'),
    },
    stdio,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Failure(`"${line}" ended with ${signal ?? `status ${status}`}.`);
  return stdout;
}

function npm(...args) {
  // npm itself says where it is when it runs this script; shell: true finds npm.cmd on Windows.
  const own = process.env.npm_execpath;
  const options = { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] };
  const { status } = own?.endsWith('.js')
    ? spawnSync(process.execPath, [own, ...args], options)
    : spawnSync(['npm', ...args].join(' '), { ...options, shell: true });
  if (status !== 0) throw new Failure(`npm ${args.join(' ')} ended with status ${status}.`);
}

/** Whether node_modules is what the lock file says: npm notes there what it installed. */
function isInstalled() {
  const noted = statSync(join(root, 'node_modules', '.package-lock.json'), {
    throwIfNoEntry: false,
  });
  return noted !== undefined && noted.mtime >= statSync(join(root, 'package-lock.json')).mtime;
}

function withoutOwnSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^AML_MONITOR_/.test(name)));
}

function say(text) {
  console.log(`\n${style('cyan', `# ${text}`)}`);
}
