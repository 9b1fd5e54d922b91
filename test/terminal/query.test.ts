import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BIN } from '../support/built-cli.js';
import { temporaryFolder } from '../support/host.js';
import { openTerminal } from './terminal.js';

const HEAVY = 'range x from 1 to 1000000000000 step 1 | summarize sum(x)';

test('Ctrl-C ends a query at work on this machine within a second, and leaves nothing behind', async () => {
  const folder = await temporaryFolder();
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  const env = { TMPDIR: temporary, AML_MONITOR_LOCAL_DIR: join(folder, 'cloud') };
  const terminal = await openTerminal(process.execPath, [BIN, 'query', HEAVY, '--local'], env);
  await terminal.waitFor('Asking Application Insights');
  await untilSpillable(temporary);
  await new Promise((resolve) => setTimeout(resolve, 1000));

  terminal.type('\x03');
  const { status, afterMs } = await terminal.ended;
  expect(status).toBe(130);
  expect(afterMs).toBeLessThan(1000);
  expect(terminal.lines().at(-1)).toBe('Interrupted.');
  expect(await readdir(temporary)).toEqual([]);
});

/** The engine is open: it has its folder. */
async function untilSpillable(temporary: string): Promise<void> {
  while ((await readdir(temporary)).length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
