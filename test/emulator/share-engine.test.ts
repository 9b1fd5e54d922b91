import { expect, test } from 'vitest';
import { shareEngine } from '../../src/lib/emulator/query/share-engine.js';
import { openEngine } from '../../src/lib/engine/duckdb-engine.js';
import { CliError } from '../../src/lib/errors.js';
import { runKql } from '../engine/run-kql.js';

test('who asks at the same time or soon after has the same engine; it is closed when nobody does', async () => {
  let opened = 0;
  let closed = 0;
  const share = shareEngine(async () => {
    opened += 1;
    const engine = await openEngine();
    const close = async () => {
      closed += 1;
      await engine.close();
    };
    return { ...engine, close };
  }, 50);
  const [one, other] = await Promise.all([share(), share()]);
  await one.close();
  await one.close();
  expect(await runKql(other, 'print x = 1')).toEqual([{ x: 1 }]);
  await other.close();
  const next = await share();
  expect([opened, closed]).toEqual([1, 0]);
  await next.close();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(closed).toBe(1);
  await (await share()).close();
  expect(opened).toBe(2);
});

test('an engine that did not open is not kept', async () => {
  let opened = 0;
  const share = shareEngine(() => {
    opened += 1;
    return Promise.reject(new CliError('unsupported', 'DuckDB is not installed.'));
  });
  await expect(share()).rejects.toThrow(CliError);
  await expect(share()).rejects.toThrow(CliError);
  expect(opened).toBe(2);
});
