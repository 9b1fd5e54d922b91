import { expect, test } from 'vitest';
import type { Change } from '../../src/lib/azure/gateways.js';
import { CliError, Interrupted } from '../../src/lib/errors.js';
import { type Target, targetName } from '../../src/lib/model/target.js';
import { assertAllDone, changeEach, type Outcome } from '../../src/lib/use-cases/change-each.js';
import { target } from '../support/targets.js';

const DONE: Change = { changed: true, applied: true, requests: [], before: null };

const pause = () => new Promise((resolve) => setTimeout(resolve, 2));

function plan(change: (target: Target) => Promise<Change>, signal = new AbortController().signal) {
  return { state: () => ({ insights: true }), change, dryRun: false, signal };
}

test('changes of one endpoint run one after another, of several at most four at a time', async () => {
  const targets = Array.from({ length: 8 }, (_, index) => `s${index}`).flatMap((service) =>
    ['blue', 'green'].map((part) => target({ service, part })),
  );
  const running: string[] = [];
  let most = 0;
  const outcomes = await changeEach(
    targets,
    plan(async ({ service }) => {
      expect(running).not.toContain(service);
      running.push(service);
      most = Math.max(most, running.length);
      await pause();
      running.splice(running.indexOf(service), 1);
      return DONE;
    }),
  );
  expect(most).toBe(4);
  expect(outcomes.map(targetName)).toEqual(targets.map(targetName));
});

test('one that fails does not stop the rest', async () => {
  const targets = [target({ part: 'blue' }), target({ part: 'green' })];
  const outcomes = await changeEach(
    targets,
    plan(async ({ part }) => {
      if (part === 'blue') throw new CliError('service', 'No.', { code: 'X' });
      return DONE;
    }),
  );
  expect(outcomes).toMatchObject([
    { part: 'blue', insights: false, changed: false, error: { kind: 'service', code: 'X' } },
    { part: 'green', insights: true, changed: true, error: null },
  ]);
});

test('a bug stops everything', async () => {
  const bug = plan(() => Promise.reject(new TypeError('x is not a function')));
  await expect(changeEach([target()], bug)).rejects.toThrow(TypeError);
});

test('an interruption tells what was changed, what may be, and what was not begun', async () => {
  const controller = new AbortController();
  const targets = ['a', 'b', 'c'].map((part) => target({ part }));
  const changes = changeEach(
    targets,
    plan(async ({ part }) => {
      if (part !== 'b') return DONE;
      controller.abort(new Interrupted(143));
      throw new DOMException('aborted', 'AbortError');
    }, controller.signal),
  );
  await expect(changes).rejects.toMatchObject({
    status: 143,
    message:
      'Interrupted: changed fraud/a; the change of fraud/b may be under way; did not begin with fraud/c.',
  });
});

const outcome = (part: string, error: Outcome['error']): Outcome => ({
  api: 'v2',
  service: 'fraud',
  part,
  computeType: 'Managed',
  insights: true,
  collection: false,
  changed: error === null,
  applied: error === null,
  error,
});
const failure = (kind: 'service' | 'timeout', message: string) => ({ kind, message });

test('a failure alone is thrown as it is, with its facts', () => {
  const error = { ...failure('timeout', 'Too slow.'), hint: 'Wait.', code: 'T' };
  expect(() => assertAllDone([outcome('a', error)])).toThrow(
    expect.objectContaining({
      kind: 'timeout',
      message: 'Too slow.',
      facts: { hint: 'Wait.', code: 'T' },
    }),
  );
});

test('failures of one kind keep it, of several kinds are incomplete, as some failures are', () => {
  const slow = outcome('a', failure('timeout', 'Slow.'));
  const refused = outcome('b', failure('service', 'No.'));
  const done = outcome('c', null);
  const kindOf = (outcomes: readonly Outcome[]) => {
    try {
      assertAllDone(outcomes);
      return null;
    } catch (error) {
      return error instanceof CliError ? [error.kind, error.message] : error;
    }
  };
  expect(kindOf([slow, slow])).toEqual(['timeout', 'None of the 2 changes was made.']);
  expect(kindOf([slow, refused])).toEqual(['incomplete', 'None of the 2 changes was made.']);
  expect(kindOf([slow, done])).toEqual(['incomplete', '1 of 2 changes was not made.']);
  expect(kindOf([done, done])).toBeNull();
});
