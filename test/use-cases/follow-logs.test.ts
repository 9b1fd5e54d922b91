import { expect, test } from 'vitest';
import { CliError } from '../../src/lib/errors.js';
import { type Target, targetName } from '../../src/lib/model/target.js';
import { followLogs } from '../../src/lib/use-cases/follow-logs.js';
import { fakeTarget, fakeWorld } from '../support/fake-gateways.js';
import { fakeReport } from '../support/fake-report.js';
import { fakeClock } from '../support/host.js';

type Look = readonly string[] | Error;

/** A day before the fake clock's. */
const at = (second: number, text: string) =>
  `2026-11-21T08:00:${String(second).padStart(2, '0')},000000000+00:00 | ${text}`;

/**
 * Follows logs that grow as scripted: what a target's log is at the first poll, at the second, and so on. Ends
 * after the last one. A poll sees as many lines as it asks for.
 */
async function follow(
  script: Readonly<Record<string, readonly Look[]>>,
  {
    tail = 100,
    targets = Object.keys(script).map((name) => fakeTarget(name)),
  }: { tail?: number; targets?: readonly Target[] } = {},
) {
  const clock = fakeClock();
  const closed = new AbortController();
  const started = clock.now().getTime();
  const { report, said } = fakeReport();
  const asked: number[] = [];
  const polls = Math.max(...Object.values(script).map(({ length }) => length));
  const pollNumber = () => (clock.now().getTime() - started) / 5000;
  const world = fakeWorld({
    readLogs: async (target, options) => {
      asked.push(options.tail);
      const looks = script[targetName(target)] ?? [];
      const look = looks[Math.min(pollNumber(), looks.length - 1)] ?? [];
      if (look instanceof Error) throw look;
      return look
        .slice(-options.tail)
        .map((line) => `${line}\n`)
        .join('');
    },
  });
  const ports = {
    clock: {
      ...clock,
      sleep: async (ms: number, signal?: AbortSignal) => {
        if (pollNumber() + 1 >= polls) closed.abort();
        await clock.sleep(ms, signal);
      },
    },
    report,
    signal: new AbortController().signal,
    closed: closed.signal,
  };
  const options = { tail, container: 'server', filter: { probes: true }, sections: false } as const;
  const lines: string[] = [];
  for await (const entry of followLogs({ v1: world, v2: world }, targets, options, ports)) {
    lines.push(targets.length > 1 ? `${targetName(entry)}: ${entry.line}` : entry.line);
  }
  return { lines, said, asked };
}

const written = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => at(Math.floor((from + i) / 200), `line ${from + i}`));

test('lines appear once and in order, repeats as often as they were written', async () => {
  const log = [at(1, 'a'), '200', '200', at(2, 'b'), '200'];
  const { lines, said } = await follow({ churn: [log.slice(0, 2), log.slice(0, 4), log, log] });
  expect(lines).toEqual(log);
  expect(said).toEqual([]);
});

test('the first poll shows as many lines as asked for, whatever a later poll has to read', async () => {
  const log = written(0, 300);
  const { lines, asked } = await follow({ churn: [log.slice(0, 200), log] }, { tail: 5 });
  expect(lines).toEqual(log.slice(195));
  expect(asked).toEqual([100, 100, 5000]);
});

test('where even 5000 lines do not reach back, the gap is reported', async () => {
  const log = written(0, 6000);
  const { lines, said } = await follow({ churn: [log.slice(0, 10), log] });
  expect(lines).toEqual([...log.slice(0, 10), ...log.slice(1000)]);
  expect(said).toEqual([
    'WARNING: churn: lines are missing here: more than 5000 were written since the last look.',
  ]);
});

test('a restarted container and another replica are said, and neither repeats a line', async () => {
  const a = [at(1, 'a1'), at(2, 'a2')];
  const restarted = [at(5, 'starting'), 'banner'];
  const b = [at(0, 'b0'), at(1, 'b1'), at(6, 'b6')];
  const { lines, said } = await follow({
    churn: [a, restarted, b, [...restarted, at(7, 'more')], [...b, at(8, 'b8')]],
  });
  expect(lines).toEqual([...a, ...restarted, at(6, 'b6'), at(7, 'more'), at(8, 'b8')]);
  expect(said).toEqual([
    'note: churn: the container started anew.',
    'note: churn: another replica answers now; its earlier lines are not shown.',
  ]);
});

test('several targets are interleaved by time', async () => {
  const { lines } = await follow({
    blue: [
      [at(1, 'x'), 'untimed', at(4, 'y')],
      [at(1, 'x'), 'untimed', at(4, 'y'), at(9, 'z')],
    ],
    green: [
      [at(2, 'p'), at(3, 'q')],
      [at(2, 'p'), at(3, 'q'), at(8, 'r')],
    ],
  });
  expect(lines.map((line) => line.replace(/2026.* /, ''))).toEqual([
    'blue: x',
    'blue: untimed',
    'green: p',
    'green: q',
    'blue: y',
    'green: r',
    'blue: z',
  ]);
});

test('a call that fails is said once and tried again; a target that is gone is left out', async () => {
  const broken = new CliError('service', 'Azure answered 500.');
  const gone = new CliError('not-found', 'There is no service "green".');
  const { lines, said } = await follow({
    blue: [[at(1, 'x')], broken, broken, [at(1, 'x'), at(2, 'y')]],
    green: [[at(1, 'p')], gone],
  });
  expect(lines.map((line) => line.replace(/2026.* /, ''))).toEqual([
    'blue: x',
    'green: p',
    'blue: y',
  ]);
  expect(said).toEqual([
    'WARNING: blue: Azure answered 500. Trying again.',
    'WARNING: green is no longer followed: There is no service "green".',
    'note: blue: the log can be read again.',
  ]);
});

test('what cannot get better ends it', async () => {
  const refused = new CliError('auth', 'You may not read logs.');
  await expect(follow({ churn: [[at(1, 'x')], refused] })).rejects.toBe(refused);
  await expect(follow({ churn: [new CliError('service', 'Azure answered 500.')] })).rejects.toThrow(
    '500',
  );
  const targets = Array.from({ length: 17 }, (_, i) => fakeTarget(`s${i}`));
  await expect(follow({ s1: [[]] }, { targets })).rejects.toMatchObject({ kind: 'usage' });
});

test('a line that claims to be of the future is no time stamp', async () => {
  const log = ['2099-01-01 00:00:00 planned', at(1, 'a')];
  const restarted = [at(5, 'starting'), at(6, 'ready')];
  const { lines } = await follow({ churn: [log, restarted] });
  expect(lines).toEqual([...log, ...restarted]);
});
