import { expect, test } from 'vitest';
import { walkConcurrently } from '../../../src/lib/use-cases/data/walk-concurrently.js';
import { collectItems } from '../../azure/collect-items.js';

/** Numbers below a number: itself, then its digits one by one. */
async function* digits(node: string) {
  await Promise.resolve();
  yield { item: node };
  if (node.length < 4) for (const digit of '0123456789') yield { node: `${node}${digit}` };
}

test('everything is found once, and no more is visited at a time than may be', async () => {
  let running = 0;
  let most = 0;
  const found = await collectItems(
    walkConcurrently(['a', 'b'], 5, async function* (node: string) {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      yield* digits(node);
      running -= 1;
    }),
  );
  expect(found).toHaveLength(2 * 1111);
  expect(new Set(found).size).toBe(2 * 1111);
  expect(most).toBe(5);
});

test('the first failure is thrown, and nothing is begun after it', async () => {
  let hasFailed = false;
  let begunAfter = 0;
  const walk = walkConcurrently(['a'], 2, async function* (node: string) {
    if (hasFailed) begunAfter += 1;
    hasFailed ||= node === 'a9';
    if (hasFailed) throw new Error('no rights');
    yield* digits(node);
  });
  await expect(collectItems(walk)).rejects.toThrow('no rights');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(begunAfter).toBe(0);
});

test('visits wait for a reader that takes its time, and end when it leaves', async () => {
  let given = 0;
  const walk = walkConcurrently(['a'], 2, async function* (_: string) {
    for (; ; given++) {
      yield { item: given };
      if (given % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  });
  for await (const item of walk) {
    if (item < 10) await new Promise((resolve) => setTimeout(resolve, 20));
    if (item === 30_000) break;
  }
  const then = given;
  expect(then).toBeLessThan(80_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(given - then).toBeLessThanOrEqual(1);
});
