import { expect, test } from 'vitest';
import { CliError } from '../../src/lib/errors.js';
import { type Target, targetName } from '../../src/lib/model/target.js';
import {
  assertAllRead,
  type ReadLogsOptions,
  readLogs,
} from '../../src/lib/use-cases/read-logs.js';
import { fakeTarget, fakeWorld } from '../support/fake-gateways.js';
import { fakeReport } from '../support/fake-report.js';

const ALL: ReadLogsOptions = {
  tail: 100,
  container: 'server',
  filter: { probes: true },
  sections: false,
};

/** Reads logs that are given by target; an error is what the call throws. */
async function read(
  logs: readonly (readonly [Target, string | Error])[],
  options: Partial<ReadLogsOptions> = {},
) {
  const { report, said } = fakeReport();
  const world = fakeWorld({
    readLogs: async (target) => {
      const [, log = ''] = logs.find(([each]) => each === target) ?? [];
      if (log instanceof Error) throw log;
      return log;
    },
  });
  const targets = logs.map(([target]) => target);
  const result = await readLogs({ v1: world, v2: world }, targets, { ...ALL, ...options }, report);
  let thrown: unknown;
  try {
    assertAllRead(result, targets.length);
  } catch (error) {
    thrown = error;
  }
  return {
    lines: result.entries.map((entry) => `${targetName(entry)}: ${entry.line}`),
    result,
    said,
    thrown,
  };
}

const failure = {
  code: 'CrashLoopBackOff',
  message: 'ModuleNotFoundError: no module named sklearn.',
};

test('a line says where it is from and when it was written', async () => {
  const log = '2026-11-21 08:00:01,500 | root | INFO | 200\n\nbare\n';
  const { result } = await read([[fakeTarget('fraud', 'blue'), log]]);
  expect(result.entries).toEqual([
    {
      service: 'fraud',
      part: 'blue',
      section: 'log',
      timestamp: '2026-11-21T08:00:01.500Z',
      line: '2026-11-21 08:00:01,500 | root | INFO | 200',
    },
    { service: 'fraud', part: 'blue', section: 'log', timestamp: null, line: '' },
    { service: 'fraud', part: 'blue', section: 'log', timestamp: null, line: 'bare' },
  ]);
});

test('lines are kept by --grep, --exclude and --no-probes together', async () => {
  const log = [
    'Received input: 1',
    'Received input: 2 (test)',
    '10.0.0.1 - - [21/Nov/2026:08:00:00 +0000] "GET / HTTP/1.0" 200 7 "-" "kube-probe/1.29"',
    'other',
  ].join('\n');
  const churn = fakeTarget('churn');
  const filter = { grep: /input|GET/, exclude: /test/, probes: false };
  expect((await read([[churn, log]], { filter })).lines).toEqual(['churn: Received input: 1']);
  const none = await read([[churn, log]], { filter: { grep: /nothing/, probes: true } });
  expect(none.said).toEqual([
    'note: None of the last 4 lines of "churn" is one that you asked for.',
  ]);
});

test('how an instance started is shown with --sections, and hinted at where there is no log yet', async () => {
  const managed = [
    'Instance status:',
    'UserContainerStart: InProgress',
    '',
    'Container events:',
    'Kind: Pod, Name: Pulling, Type: Normal, Time: 2026-11-21T08:00:00Z, Message: Start pulling',
    '',
    'Container logs:',
    '',
  ].join('\n');
  const blue = fakeTarget('fraud', 'blue');
  const plain = await read([[blue, managed]]);
  expect(plain.lines).toEqual([]);
  expect(plain.said).toEqual([
    'note: The container of "fraud/blue" has logged nothing. --sections shows how far its start has come.',
  ]);
  const { result } = await read([[blue, managed]], { sections: true });
  expect(result.entries.map(({ section, timestamp }) => [section, timestamp])).toEqual([
    ['status', null],
    ['event', '2026-11-21T08:00:00.000Z'],
  ]);
});

test('a service that never started shows Azure’s error', async () => {
  const churn = fakeTarget('churn', null, { failure });
  const expected = {
    kind: 'service',
    message: '"churn" did not start: ModuleNotFoundError: no module named sklearn.',
    facts: { code: 'CrashLoopBackOff' },
  };
  expect((await read([[churn, '']])).thrown).toMatchObject(expected);
  expect(
    (await read([[churn, new CliError('service', 'Azure answered 500.')]])).thrown,
  ).toMatchObject(expected);
  const running = await read([[churn, 'Traceback']]);
  expect(running.thrown).toBeUndefined();
  expect(running.said).toEqual([`WARNING: "churn" failed: ${failure.message}`]);
});

test('of several targets those that answer are shown, and the rest fails', async () => {
  const [blue, green] = [fakeTarget('fraud', 'blue'), fakeTarget('fraud', 'green')];
  const refused = new CliError('auth', 'You may not read logs.');
  const some = await read([
    [blue, 'up'],
    [green, refused],
  ]);
  expect(some.lines).toEqual(['fraud/blue: up']);
  expect(some.thrown).toMatchObject({
    kind: 'incomplete',
    message: '1 of 2 gave no log: "fraud/green".',
    facts: { details: [{ code: 'fraud/green', message: 'You may not read logs.' }] },
  });
  expect(
    (
      await read([
        [blue, refused],
        [green, refused],
      ])
    ).thrown,
  ).toBe(refused);
});
