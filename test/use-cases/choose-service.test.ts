import { expect, test } from 'vitest';
import type { ServiceGateway } from '../../src/lib/azure/gateways.js';
import { CliError } from '../../src/lib/errors.js';
import type { Report } from '../../src/lib/host.js';
import { chooseService, type ServiceChoice } from '../../src/lib/use-cases/find-targets.js';

/** A world that only knows its names. */
function world(names: readonly string[] | CliError): ServiceGateway {
  const unused = () => Promise.reject(new Error('This world only knows its names.'));
  return {
    async *findTargets() {},
    async *listServices() {
      if (names instanceof CliError) throw names;
      yield* names;
    },
    setInsights: unused,
    setCollection: unused,
    cannotCollect: () => null,
    findDataUris: async () => new Map(),
    readLogs: unused,
  };
}

async function chosen(
  v1: readonly string[] | CliError,
  v2: readonly string[] | CliError,
  choice: Partial<ServiceChoice> = {},
) {
  const notes: string[] = [];
  const silent = () => {};
  const report: Report = {
    note: (message) => notes.push(message),
    warn: silent,
    instruct: silent,
    verbose: silent,
    debug: silent,
    progress: () => ({ update: silent, done: silent }),
  };
  const wish = { typed: undefined, preset: undefined, ask: undefined, ...choice };
  return { name: await chooseService({ v1: world(v1), v2: world(v2) }, wish, report), notes };
}

const preset = { name: 'churn', source: 'AML_MONITOR_SERVICE' };

test('the typed service goes before the default one', async () => {
  expect(await chosen([], [], { typed: 'fraud', preset })).toEqual({ name: 'fraud', notes: [] });
});

test('the default service is used, and said with its source', async () => {
  expect(await chosen([], [], { preset })).toEqual({
    name: 'churn',
    notes: ['The service is churn (AML_MONITOR_SERVICE).'],
  });
});

test('the only service is used, and said', async () => {
  expect(await chosen([], ['fraud'])).toEqual({
    name: 'fraud',
    notes: ['The service is fraud, the only one.'],
  });
});

test('of several services one is asked for where that is possible', async () => {
  const questions: string[] = [];
  const { name } = await chosen(['b'], ['a'], {
    ask: async (message, choices) => {
      questions.push(`${message} ${choices.join(' ')}`);
      return 'b';
    },
  });
  expect({ name, questions }).toEqual({ name: 'b', questions: ['Which service? a b'] });
});

test('else several services are a usage error with their names', async () => {
  await expect(chosen(['b'], ['a'])).rejects.toMatchObject({
    kind: 'usage',
    message: 'This workspace has 2 services: name one.',
    facts: { hint: expect.stringContaining('They are a, b.') },
  });
});

test('no service at all is not found', async () => {
  await expect(chosen([], [])).rejects.toMatchObject({ kind: 'not-found' });
});

test('if no world answers, the reason is v2 and not v1', async () => {
  const v1 = new CliError('service', 'v1 is gone.');
  const v2 = new CliError('auth', 'Not signed in.');
  await expect(chosen(v1, v2)).rejects.toBe(v2);
});
