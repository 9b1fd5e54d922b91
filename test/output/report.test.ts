import { expect, test } from 'vitest';
import { createReport } from '../../src/lib/output/report.js';
import type { Presentation } from '../../src/lib/settings.js';
import { fakeClock, memoryOutput } from '../support/host.js';

function reported(verbosity: Presentation['verbosity'], columns?: number) {
  const stderr = memoryOutput({ columns });
  const clock = fakeClock();
  const report = createReport({ stderr, clock }, { verbosity, color: { stdout: 0, stderr: 0 } });
  return { report, stderr, clock };
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test.each([
  ['errors', ''],
  ['normal', 'note: a\nWARNING: b\n'],
  ['verbose', 'note: a\nWARNING: b\nc\n'],
  ['debug', 'note: a\nWARNING: b\nc\nd\n'],
] as const)('with verbosity %s, %j is said', (verbosity, said) => {
  const { report, stderr } = reported(verbosity);
  report.note('a');
  report.warn('b');
  report.verbose('c');
  report.debug('d');
  expect(stderr.text()).toBe(said);
});

test('on a terminal a wait turns in the last line, makes room for a note and leaves nothing behind', async () => {
  const { report, stderr, clock } = reported('normal', 40);
  const progress = report.progress('Waiting for a very long name of a deployment');
  expect(stderr.text()).toBe('');
  clock.advance(100);
  await wait(150);
  expect(stderr.text()).toMatch(/^\r\x1b\[K⠋ Waiting for a very long name of a [^\n]*…/);
  report.note('by the way');
  expect(stderr.text()).toContain('\r\x1b[Knote: by the way\n\r\x1b[K');
  progress.done();
  expect(stderr.text().endsWith('\r\x1b[K')).toBe(true);
});

test('off a terminal a wait is said once, if it lasts for a second', async () => {
  const { report, stderr, clock } = reported('normal');
  const short = report.progress('Short');
  short.done();
  const long = report.progress('Long \x1b[2J');
  clock.advance(1000);
  await wait(1100);
  long.done();
  expect(stderr.text()).toBe('Long \\x1b[2J …\n');
});

test('a wait that is over before it is slow is never said', async () => {
  const { report, stderr, clock } = reported('normal', 80);
  report.progress('Quick').done();
  clock.advance(1000);
  await wait(150);
  expect(stderr.text()).toBe('');
});
