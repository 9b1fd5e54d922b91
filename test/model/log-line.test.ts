import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  interleave,
  isProbe,
  type LogLine,
  parseLogTime,
  parseSections,
} from '../../src/lib/model/log-line.js';

const isoOf = (time: bigint | null) =>
  time === null
    ? null
    : `${new Date(Number(time / 1_000_000n)).toISOString()} ${time % 1_000_000n}`;

test.each([
  ['2020-03-12T13:34:44,500905616+00:00 - gunicorn/run ', '2020-03-12T13:34:44.500Z 905616'],
  ['2025-11-04T09:35:42,021671581+00:00 | gunicorn/run | ###', '2025-11-04T09:35:42.021Z 671581'],
  ['2021-11-23 16:55:00,900 | root | INFO | 404', '2021-11-23T16:55:00.900Z 0'],
  ['2025-11-04 09:35:42,615 I [13] azmlinfsrv - Loaded', '2025-11-04T09:35:42.615Z 0'],
  [
    '127.0.0.1 - - [12/Mar/2020:13:55:47 +0000] "POST /score HTTP/1.0" 200 104 "-" "-"',
    '2020-03-12T13:55:47.000Z 0',
  ],
  [
    '10.244.0.9 - - [12/Mar/2020:13:55:47 -0130] "GET / HTTP/1.0" 200',
    '2020-03-12T15:25:47.000Z 0',
  ],
  ['2026-01-02T03:04:05.123456789Z starting', '2026-01-02T03:04:05.123Z 456789'],
])('%s carries its time', (line, expected) => {
  expect(isoOf(parseLogTime(line))).toBe(expected);
});

test.each([
  'Received input: {"at": "2020-03-12T13:34:44Z"}',
  '00000000-0000-0000-0000-000000000000,Starting',
  'no request id,This is init',
  '2026-13-40T99:99:99Z not a day',
  '2020-01-01 00:00:00,1.5,7.25',
  '\tX-Ms-Request-Id: efe3d535-0000-0000-0000-020e214fd2d5',
  '',
])('"%s" carries none', (line) => {
  expect(parseLogTime(line)).toBeNull();
});

const MANAGED = [
  'Instance status:',
  'SystemSetup: Succeeded',
  'UserContainerStart: InProgress',
  '',
  'Container events:',
  'Kind: Pod, Name: Pulling, Type: Normal, Time: 2025-11-04T09:34:28.289829Z, Message: Start pulling',
  '',
  'Container logs:',
  'Container logs:',
  '',
  '2025-11-04 09:35:42,615 I [13] azmlinfsrv - Ready',
  '',
  '',
].join('\n');

test('the log of a managed deployment has three sections; headings inside the log are log', () => {
  const { status, events, log } = parseSections(MANAGED);
  expect(status).toEqual(['SystemSetup: Succeeded', 'UserContainerStart: InProgress']);
  expect(events.map(({ time }) => isoOf(time))).toEqual(['2025-11-04T09:34:28.289Z 829000']);
  expect(log.map(({ text }) => text)).toEqual([
    'Container logs:',
    '',
    '2025-11-04 09:35:42,615 I [13] azmlinfsrv - Ready',
  ]);
});

test('every other log is its lines', () => {
  const content = 'Starting\r\nInstance status:\nContainer logs:\n\n';
  const { status, events, log } = parseSections(content);
  expect([status, events]).toEqual([[], []]);
  expect(log.map(({ text }) => text)).toEqual(['Starting', 'Instance status:', 'Container logs:']);
  expect(parseSections('').log).toEqual([]);
});

test('a probe is told from a request of a user', () => {
  const access = (request: string, agent: string) =>
    parseSections(
      `2025-11-04 09:36:08,741 I [78] gunicorn.access - 127.0.0.1 - - [04/Nov/2025:09:36:08 +0000] "${request}" 200 7 "-" "${agent}"`,
    ).log.some(isProbe);
  expect(access('GET / HTTP/1.0', 'kube-probe/1.29')).toBe(true);
  expect(access('GET / HTTP/1.0', 'curl/8')).toBe(false);
  expect(access('POST /score HTTP/1.0', 'kube-probe/1.29')).toBe(false);
});

const logs = fc.array(
  fc.record({
    lines: fc.array(
      fc.record({ text: fc.string(), time: fc.option(fc.bigInt({ min: 0n, max: 9n })) }),
    ),
  }),
  { maxLength: 4 },
);

test('interleaved logs hold every line once, each log in its own order', () => {
  fc.assert(
    fc.property(logs, (all) => {
      const merged = interleave(all);
      for (const log of all) {
        const own = merged.filter((entry) => entry.log === log).map(({ line }) => line);
        expect(own).toEqual(log.lines);
      }
    }),
  );
});

test('logs in the order of time are in that order together, untimed lines behind the line before', () => {
  const line = (text: string): LogLine => ({ text, time: /^\d/.test(text) ? BigInt(text) : null });
  const blue = { lines: ['start', '1', 'traceback', '4'].map(line) };
  const green = { lines: ['2', '3', 'x', '5'].map(line) };
  const texts = interleave([blue, green]).map(({ line: { text } }) => text);
  expect(texts).toEqual(['start', '1', 'traceback', '2', '3', 'x', '4', '5']);
});
