import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogLine } from '../../src/lib/model/log-line.js';
import {
  type LogWindow,
  type MergedWindow,
  mergeWindow,
  NOTHING_SEEN,
  type SeenLog,
} from '../../src/lib/model/log-window.js';

/** `12 served` has the time stamp 12; a line without a number has none. */
const line = (text: string): LogLine => {
  const [, time] = /^(\d+) /.exec(text) ?? [];
  return { text, time: time === undefined ? null : BigInt(time) };
};
const texts = (lines: readonly LogLine[]) => lines.map(({ text }) => text);

const WIDEST = 40;

function windowOf(log: readonly LogLine[], tail: number, widest = WIDEST): LogWindow {
  const lines = log.slice(Math.max(0, log.length - tail));
  return { lines, isWhole: log.length < tail, isWidest: tail >= widest };
}

/** One look at a log, as `logs --follow` looks: a narrow window, the widest where that one is unclear. */
function look(seen: SeenLog, log: readonly LogLine[], tail: number, widest = WIDEST): MergedWindow {
  const narrow = mergeWindow(seen, windowOf(log, tail, widest));
  return narrow.change === 'unclear' ? mergeWindow(seen, windowOf(log, widest, widest)) : narrow;
}

/** Looks at a log after each length in turn; the first look is where following starts. */
function follow(log: readonly LogLine[], lengths: readonly number[], tail: number) {
  let seen = NOTHING_SEEN;
  return lengths.map((length) => {
    const merged = look(seen, log.slice(0, length), tail);
    seen = merged.seen;
    return merged;
  });
}

/** A log whose time stamps rise, with untimed lines between them that repeat each other. */
const arbitraryLog = fc
  .array(fc.constantFrom('timed', 'timed', '200', '', 'Received input', '200'), {
    minLength: 1,
    maxLength: 120,
  })
  .map((kinds) => kinds.map((kind, i) => line(kind === 'timed' ? `${i} served` : kind)));

test('whatever the windows overlap, every line is there once and in order, repeats too', () => {
  fc.assert(
    fc.property(
      arbitraryLog,
      fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 5, max: 25 }),
      (log, growths, tail) => {
        let length = Math.min(log.length, 1);
        const lengths = growths.map((growth) => {
          length = Math.min(log.length, length + growth);
          return length;
        });
        const polls = follow(log, lengths, tail);
        const first = Math.max(0, (lengths[0] ?? 0) - tail);
        const shown = polls.flatMap(({ fresh }) => texts(fresh));
        const timed = (all: readonly string[]) => all.filter((text) => /^\d+ /.test(text));
        const written = texts(log.slice(first, lengths.at(-1)));
        expect(timed(shown)).toEqual(timed(written));
        // Where a window reached back to the first line, or held a time stamp, untimed lines are exact as well.
        const anchored = polls.every(({ change }) => change === 'continues');
        const windows = lengths.map((end) => log.slice(Math.max(0, end - tail), end));
        const clear = windows.every(
          (window) => window.length < tail || window.at(-1)?.time !== null,
        );
        if (anchored && clear) expect(shown).toEqual(written);
      },
    ),
    { numRuns: 2000 },
  );
});

test('untimed repeats are never dropped while the window reaches back to the first line', () => {
  const log = Array.from({ length: 30 }, () => line('200'));
  const polls = follow(log, [3, 3, 4, 9, 30], 5);
  expect(polls.map(({ fresh }) => fresh.length)).toEqual([3, 0, 1, 5, 21]);
});

test('a poll that shares no line asks for more, and only then reports a gap', () => {
  const log = Array.from({ length: 200 }, (_, i) => line(`${i} served`));
  const narrow = mergeWindow(
    follow(log, [10], 5)[0]?.seen ?? NOTHING_SEEN,
    windowOf(log.slice(0, 30), 5),
  );
  expect(narrow).toMatchObject({ change: 'unclear', fresh: [] });

  const [, widened, gap] = follow(log, [10, 30, 120], 5);
  expect(widened?.change).toBe('continues');
  expect(texts(widened?.fresh ?? [])).toEqual(texts(log.slice(10, 30)));
  expect(gap?.change).toBe('gap');
  expect(texts(gap?.fresh ?? [])).toEqual(texts(log.slice(80, 120)));
});

test('a service that sends fewer lines than it has does not look like one that starts anew', () => {
  const log = Array.from({ length: 60 }, (_, i) => line(i % 3 === 0 ? '200' : `${i} served`));
  const capped = (length: number): LogWindow => ({
    lines: log.slice(Math.max(0, length - 20), length),
    isWhole: true,
    isWidest: true,
  });
  let seen = NOTHING_SEEN;
  const shown = [20, 25, 31, 31, 48, 60].flatMap((length) => {
    const merged = mergeWindow(seen, capped(length));
    expect(merged.change).toBe('continues');
    seen = merged.seen;
    return texts(merged.fresh);
  });
  expect(shown).toEqual(texts(log));
});

test('a restarted container is read from its first line', () => {
  const before = Array.from({ length: 8 }, (_, i) => line(`${i} served`));
  const after = ['Starting', '20 ready', '200', '200'].map(line);
  const { seen } = look(NOTHING_SEEN, before, 5);
  const restarted = look(seen, after, 5);
  expect(restarted.change).toBe('restart');
  expect(texts(restarted.fresh)).toEqual(texts(after));
  expect(look(restarted.seen, [...after, line('200')], 5)).toMatchObject({
    change: 'continues',
    fresh: [{ text: '200' }],
  });
});

test('the window of another replica is recognised: only what is later than all that was seen', () => {
  const a = Array.from({ length: 10 }, (_, i) => line(`${2 * i} a`));
  const b = Array.from({ length: 14 }, (_, i) => line(`${2 * i + 1} b`));
  const first = look(NOTHING_SEEN, a, 5);
  const other = look(first.seen, b, 5);
  expect(other.change).toBe('other-replica');
  expect(texts(other.fresh)).toEqual(['19 b', '21 b', '23 b', '25 b', '27 b']);
  // And back again: both are known now.
  const back = look(other.seen, [...a, line('30 a')], 5);
  expect(back).toMatchObject({ change: 'continues', fresh: [{ text: '30 a' }] });
  const again = look(back.seen, [...b, line('200'), line('200')], 5);
  expect(again).toMatchObject({ change: 'continues', fresh: [{ text: '200' }, { text: '200' }] });
});

test('replicas that take turns: no line is there twice, and none written since its replica was first seen is missing', () => {
  const turn = fc.record({ replica: fc.nat({ max: 2 }), written: fc.nat({ max: 9 }) });
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 20 }), (turns) => {
      const logs: LogLine[][] = [[line('0 r0')], [line('0 r1')], [line('0 r2')]];
      const firstSeen = new Map<number, number>();
      const expected = new Set<string>();
      let clock = 1;
      let seen = NOTHING_SEEN;
      const shown = turns.flatMap(({ replica, written }) => {
        for (const end = clock + written; clock < end; clock += 1) {
          for (const [name, log] of logs.entries()) log.push(line(`${clock} r${name}`));
        }
        const first = firstSeen.get(replica) ?? clock;
        firstSeen.set(replica, first);
        for (let time = first; time < clock; time += 1) expected.add(`${time} r${replica}`);
        const merged = look(seen, logs[replica] ?? [], 10, 500);
        seen = merged.seen;
        return texts(merged.fresh);
      });
      expect(new Set(shown).size).toBe(shown.length);
      for (const text of expected) expect(shown).toContain(text);
    }),
  );
});

test('a log that is empty for a moment is not a new one', () => {
  const log = [line('1 served'), line('200')];
  const { seen } = look(NOTHING_SEEN, log, 5);
  const empty = look(seen, [], 5);
  expect(empty).toMatchObject({ change: 'continues', fresh: [] });
  expect(look(empty.seen, [...log, line('200')], 5).fresh).toHaveLength(1);
});
