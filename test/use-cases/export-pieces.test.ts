import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Counted,
  chooseStep,
  halves,
  inOrder,
  joinEmpty,
  type Part,
  type Piece,
  packFirst,
  partsOf,
  remaining,
  splitKey,
} from '../../src/lib/use-cases/export/pieces.js';

/** Rows as (instant, hash), so that what pieces hold can be counted. */
const rows = Array.from({ length: 60 }, (_, at) =>
  Array.from({ length: (at * 7) % 5 }, (_, hash) => ({ at: BigInt(at), hash })),
).flat();

const holds = ({ from, to, part }: Piece, { at, hash }: (typeof rows)[number]) =>
  at >= from && at < to && (part === undefined || hash % part.n === part.k);

const parts: fc.Arbitrary<Part> = fc
  .array(fc.nat({ max: 1 }), { maxLength: 3 })
  .map((choices) =>
    choices.reduce<Part>((part, choice) => halves(part)[choice] ?? part, { k: 0, n: 1 }),
  );

/** Done pieces that do not overlap: some spans, and some parts of single instants. */
const done = fc.uniqueArray(fc.nat({ max: 60 }), { minLength: 2, maxLength: 12 }).chain((cuts) => {
  const sorted = cuts.sort((a, b) => a - b).map(BigInt);
  const spans = sorted.slice(1).map((to, index) => ({ from: sorted[index] ?? 0n, to }));
  return fc.tuple(...spans.map(() => fc.tuple(fc.nat({ max: 2 }), parts))).map((kinds) =>
    spans.flatMap((span, index): Piece[] => {
      const [kind, part] = kinds[index] ?? [0, { k: 0, n: 1 }];
      if (kind === 0) return [];
      return kind === 1 ? [span] : [{ from: span.from, to: span.from + 1n, part }];
    }),
  );
});

const bins = fc.integer({ min: 1, max: 9 }).map((step) => {
  const found: Counted[] = [];
  for (let from = 0; from < 60; from += step) {
    const piece = { from: BigInt(from), to: BigInt(Math.min(60, from + step)) };
    const count = rows.filter((row) => holds(piece, row)).length;
    if (count > 0) found.push({ ...piece, rows: count, bytes: count * 10, isExact: true });
  }
  return found;
});

test('done pieces, and those that are packed of what remains, hold each row once', () => {
  fc.assert(
    fc.property(bins, done, fc.integer({ min: 1, max: 40 }), (all, before, most) => {
      const fetched: Piece[] = [...before];
      let waiting = [...remaining(joinEmpty(all, 'none'), before)];
      for (;;) {
        const packed = packFirst(waiting, { rows: most, bytes: 1e9 }, 'none');
        if (!packed) break;
        fetched.push(packed.piece);
        waiting = waiting.slice(packed.count);
      }
      for (const row of rows) {
        expect(fetched.filter((piece) => holds(piece, row))).toHaveLength(1);
      }
    }),
  );
});

test('pieces that come back in front are not joined over those that others have', () => {
  const piece = (from: number, to: number): Counted => {
    return { from: BigInt(from), to: BigInt(to), rows: 1, bytes: 1, isExact: true };
  };
  const packed = packFirst(
    [piece(0, 5), piece(5, 8), piece(20, 25)],
    { rows: 9, bytes: 9 },
    'none',
  );
  expect(packed).toMatchObject({ piece: { from: 0n, to: 8n, rows: 2 }, count: 2 });
});

test('bins of every width are within a day and an hour', () => {
  const hour = 36_000_000_000n;
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n * hour }), fc.nat({ max: 9999 }), (span, count) => {
      expect(hour % chooseStep({ from: 0n, to: span }, count + 1, 'hour')).toBe(0n);
      expect((24n * hour) % chooseStep({ from: 0n, to: span }, count + 1, 'day')).toBe(0n);
    }),
  );
});

test('no piece is of two files', () => {
  const day = 864_000_000_000n;
  const first: Counted = { from: 0n, to: day, rows: 1, bytes: 1, isExact: true };
  const second: Counted = { ...first, from: day, to: 2n * day };
  const packed = packFirst(joinEmpty([first, second], 'day'), { rows: 9, bytes: 9 }, 'day');
  expect(packed).toMatchObject({ piece: first, count: 1 });
  expect([first, second].toSorted(inOrder).map(({ from }) => splitKey(from, 'day'))).toEqual([
    '0001-01-01',
    '0001-01-02',
  ]);
});

test('no more parts are made of a piece than its hash can tell apart', () => {
  const piece: Counted = { from: 0n, to: 1n, rows: 1e6, bytes: 1e8, isExact: true };
  const parts = partsOf({ ...piece, part: { k: 1, n: 2 } }, { rows: 1, bytes: 1 });
  expect(parts).toHaveLength(2048);
  expect(parts[0]?.part?.n).toBe(4096);
});
