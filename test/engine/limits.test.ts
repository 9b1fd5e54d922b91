import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../src/lib/engine/duckdb-engine.js';
import { runKql } from './run-kql.js';
import { NOW } from './sample-tables.js';

const MANY_GROUPS = `range x from 1 to 3000000 step 1
  | summarize n = count() by h = hash_md5(tostring(x)) | summarize most = max(n)`;
const ENDLESS = 'range x from 1 to 1000000000000 step 1';

let spillFolder: string;

beforeAll(async () => {
  spillFolder = await mkdtemp(join(tmpdir(), 'spill-'));
});
afterAll(() => rm(spillFolder, { recursive: true, force: true }));

test('a query that needs more memory than it may use says so, with the next step', async () => {
  const engine = await openEngine({ maxMemoryBytes: 50_000_000 });
  const answer = runKql(engine, MANY_GROUPS);
  await expect(answer).rejects.toMatchObject({
    kind: 'service',
    message: 'The query needs more memory than it may use.',
    facts: { hint: expect.stringContaining('--max-memory') },
  });
  expect(await runKql(engine, 'print a = 1')).toEqual([{ a: 1 }]);
  await engine.close();
});

test('what does not fit into memory goes to the folder, and nothing of it stays there', async () => {
  const engine = await openEngine({ maxMemoryBytes: 50_000_000, spillFolder });
  expect(await runKql(engine, MANY_GROUPS)).toEqual([{ most: 1 }]);
  await engine.close();
  expect(await readdir(spillFolder)).toEqual([]);
});

test.each([
  ['at work', `${ENDLESS} | summarize sum(x)`],
  ['comparing texts', `${ENDLESS} | where tostring(x) matches regex "(a|b)*c" | count`],
  [
    'joining',
    `${ENDLESS} | extend k = 1 | join kind=inner (range k from 1 to 1 step 1) on k | count`,
  ],
  ['among its rows', ENDLESS],
])('a query %s ends soon after its signal, with its reason', async (_where, kql) => {
  const engine = await openEngine();
  const controller = new AbortController();
  const reason = new Error('enough');
  const reading = runToEnd(kql, controller.signal);
  await new Promise((resolve) => setTimeout(resolve, 700));
  const abortedAt = performance.now();
  controller.abort(reason);
  await expect(reading).rejects.toBe(reason);
  expect(performance.now() - abortedAt).toBeLessThan(1000);
  await engine.close();

  async function runToEnd(text: string, signal: AbortSignal) {
    const { rows } = await engine.run(text, [], { now: NOW, signal });
    for await (const _ of rows);
  }
});
