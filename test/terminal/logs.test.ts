import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/host.js';
import { openTerminal } from './terminal.js';

const PROGRAM = fileURLToPath(new URL('scripted-services.cjs', import.meta.url));
const CTRL_C = '\x03';
const DOWN = '\x1b[B';

type Services = Readonly<Record<string, readonly (readonly string[])[]>>;

async function open(argv: readonly string[], services: Services) {
  const script = join(await temporaryFolder(), 'services.json');
  await writeFile(script, JSON.stringify(services));
  return openTerminal(process.execPath, [PROGRAM, ...argv], { SERVICES: script });
}

const at = (second: number, text: string) =>
  `2026-11-21T08:${String(Math.floor(second / 60) % 60).padStart(2, '0')}:${String(second % 60).padStart(2, '0')},000000000+00:00 | ${text}`;

test('logs --follow shows each line once and in order, through restarts, replicas and gaps', async () => {
  const first = [at(1, 'one'), '200', '200', at(2, 'two')];
  const more = [...first, '200', at(3, 'three'), '200', '200', at(4, 'four')];
  const restarted = [at(10, 'starting'), 'Listening', '200'];
  const grown = [...restarted, '200', at(11, 'ready')];
  const flood = Array.from({ length: 5100 }, (_, i) => at(20 + Math.floor(i / 100), `flood ${i}`));
  const looks = [
    first,
    first,
    more,
    restarted,
    grown,
    [...grown, ...flood],
    [...grown, ...flood, at(90, 'the end')],
  ];
  const terminal = await open(['logs', 'churn', '--follow'], { churn: looks });
  await terminal.waitFor('the end');
  const lines = terminal.lines();
  const log = lines.filter((line) => !/^(note:|WARNING:)/.test(line));
  expect(log).toEqual([...more, ...grown, ...flood.slice(-5000), at(90, 'the end')]);
  expect(lines).toContain('note: churn: the container started anew.');
  const gap = lines.findIndex((line) => line.startsWith('WARNING: churn: lines are missing here'));
  expect([lines[gap - 1], lines[gap + 1]]).toEqual([at(11, 'ready'), flood[100]]);

  terminal.type(CTRL_C);
  const { status, afterMs } = await terminal.ended;
  expect(status).toBe(130);
  expect(afterMs).toBeLessThan(1000);
});

test('nothing in a log drives the terminal', async () => {
  const hostile =
    '\x1b[2J\x1b[31m \x1b]52;c;aGVsbG8=\x07 \x1b]0;title\x07 \x07 \x9b1A \x9d52;c;aGk=\x9c \u202etxt';
  const terminal = await open(['logs', 'churn', '-f'], {
    churn: [['before'], ['before', hostile, 'after']],
  });
  await terminal.waitFor('after');
  const shown = String.raw`\x1b[2J\x1b[31m \x1b]52;c;aGVsbG8=\x07 \x1b]0;title\x07 \x07 \x9b1A \x9d52;c;aGk=\x9c \u202etxt`;
  expect(terminal.lines()).toEqual(['before', shown, 'after']);
  expect(terminal.effects).toEqual([]);
  terminal.type(CTRL_C);
  expect((await terminal.ended).status).toBe(130);
});

test('which service is meant is asked, and the answer is read', async () => {
  const services = { churn: [['log of churn']], pricing: [['log of pricing']] };
  const terminal = await open(['logs'], services);
  await terminal.waitFor('Which service?');
  terminal.type(`${DOWN}\r`);
  expect((await terminal.ended).status).toBe(0);
  await terminal.waitFor('log of pricing');
  expect(terminal.lines().join('\n')).not.toContain('log of churn');
});

test('Ctrl-C at a question ends it with 130, and nothing is read', async () => {
  const terminal = await open(['logs'], {
    churn: [['log of churn']],
    pricing: [['log of pricing']],
  });
  await terminal.waitFor('Which service?');
  terminal.type(CTRL_C);
  expect((await terminal.ended).status).toBe(130);
  expect(terminal.lines().join('\n')).not.toContain('log of');
});
