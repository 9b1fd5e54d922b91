import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { BIN } from '../support/built-cli.js';
import { temporaryFolder } from '../support/host.js';
import { openTerminal } from './terminal.js';

const ENDLESS = 'range x from 1 to 1000000000000 step 1';
const HEAVY = 'range x from 1 to 1000000000000 step 1 | summarize sum(x)';

test('Ctrl-C ends a query at work on this machine within a second, and leaves nothing behind', async () => {
  const folder = await temporaryFolder();
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  const env = { TMPDIR: temporary, AML_MONITOR_LOCAL_DIR: join(folder, 'cloud') };
  const terminal = await openTerminal(process.execPath, [BIN, 'query', HEAVY, '--local'], env);
  await terminal.waitFor('Asking Application Insights');
  await untilSpillable(temporary);
  // The parser, which has this thread for itself, is done by then on a busy machine, too.
  await new Promise((resolve) => setTimeout(resolve, 3000));

  terminal.type('\x03');
  const { status, afterMs } = await terminal.ended;
  expect(status).toBe(130);
  expect(afterMs).toBeLessThan(1500); // a second, and what a busy machine takes to end a process
  expect(terminal.lines().at(-1)).toBe('Interrupted.');
  expect(await readdir(temporary)).toEqual([]);
});

test('rows without end obey Ctrl-C, too, and --timeout', async () => {
  const folder = await temporaryFolder();
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  await writeFile(join(folder, 'rows.jsonl'), '{"a":1}\n');
  const run = (...more: string[]) => {
    const argv = [BIN, 'query', ENDLESS, '--files', 'rows.jsonl', '-o', 'jsonl', ...more];
    const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: temporary };
    const child = spawn(process.execPath, argv, { cwd: folder, env });
    const ended = once(child, 'close').then(([status]) => ({ status, at: performance.now() }));
    return { child, ended };
  };

  const endless = run();
  await once(endless.child.stdout, 'data');
  endless.child.stdout.resume();
  const typedAt = performance.now();
  endless.child.kill('SIGINT');
  const { status, at } = await endless.ended;
  expect(status).toBe(130);
  expect(at - typedAt).toBeLessThan(1500);

  const limited = run('--timeout', '2s');
  limited.child.stdout.resume();
  expect(await limited.ended).toMatchObject({ status: 6 });
  expect(await readdir(temporary)).toEqual([]);
});

test('--follow shows what arrives, once and in order, until Ctrl-C', async () => {
  const env = { AML_MONITOR_LOCAL_DIR: await temporaryFolder() };
  const cli = (...argv: string[]) =>
    promisify(execFile)(process.execPath, [BIN, ...argv], { env: { ...process.env, ...env } });
  await cli('enable-insights', 'my-service', '--local');
  const kql = 'traces | project timestamp, printed = tostring(customDimensions.Content)';
  const argv = [BIN, 'query', kql, '--since', '5s', '--follow', '--local'];
  const terminal = await openTerminal(process.execPath, argv, env);
  await terminal.waitFor('Asking Application Insights');
  const shown = () => terminal.lines().filter((line) => line.includes('"input"'));
  for (const count of [1, 2]) {
    await cli('local', 'score', 'my-service');
    while (shown().length < count) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  // A poll that brings nothing new shows nothing again.
  await new Promise((resolve) => setTimeout(resolve, 6000));
  expect(shown()).toHaveLength(2);
  expect(shown().toSorted()).toEqual(shown());

  terminal.type('\x03');
  const { status, afterMs } = await terminal.ended;
  expect(status).toBe(130);
  expect(afterMs).toBeLessThan(1500);
  expect(terminal.lines().at(-1)).toMatch(/Interrupted\.$/);
}, 60_000);

/** The engine is open: it has its folder. */
async function untilSpillable(temporary: string): Promise<void> {
  while ((await readdir(temporary)).length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
