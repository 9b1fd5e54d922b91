import {
  formatDatetime,
  MAX_DATETIME_TICKS,
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_SECOND,
} from '../../model/ticks.js';

/** The rows of a span of time, or of these the ones whose hash says so. */
export interface Piece {
  /** Ticks: the first instant, and the one behind the last. */
  readonly from: bigint;
  readonly to: bigint;
  /** Number `k` of `n` parts by hash; `n` is a power of two. */
  readonly part?: Part | undefined;
}

export interface Part {
  readonly k: number;
  readonly n: number;
}

export interface Amount {
  readonly rows: number;
  /** The service's own estimate, which is not the size of the answer. */
  readonly bytes: number;
}

/** A piece and what it is said to hold; not exact if that was worked out from a larger piece. */
export interface Counted extends Piece, Amount {
  readonly isExact: boolean;
  /** Of a larger piece that was too much: what it may be joined to at most, whatever others may. */
  readonly most?: Amount | undefined;
}

/** Behind every instant: rows that have none are a piece of their own. */
const NO_TIME = MAX_DATETIME_TICKS + 1n;
export const UNTIMED: Piece = { from: NO_TIME, to: NO_TIME + 1n };
/** Where there is no time at all, the span of everything. */
export const EVERYTHING: Piece = { from: 0n, to: NO_TIME };

export function isUntimed({ from }: Piece): boolean {
  return from >= NO_TIME;
}

/** What one file holds: all, the rows of a day or of an hour (UTC). */
export const SPLITS = ['none', 'day', 'hour'] as const;
export type Split = (typeof SPLITS)[number];

const DATE = { none: 0, day: '2026-11-22'.length, hour: '2026-11-22T08'.length } as const;

/** The file that the rows of an instant belong to: `2026-11-22`, `2026-11-22T08`, or the empty text. */
export function splitKey(ticks: bigint, split: Split): string {
  return formatDatetime(ticks).slice(0, DATE[split]);
}

const WIDEST = { none: null, day: TICKS_PER_DAY, hour: TICKS_PER_HOUR } as const;
/** Each divides a second, an hour or a day, or is made of days. */
const STEPS = [
  ...[1n, 10n, 100n, 1000n, 10_000n, 100_000n, 1_000_000n].flatMap((unit) => [
    unit,
    2n * unit,
    5n * unit,
  ]),
  ...[1n, 2n, 5n, 10n, 30n, 60n, 300n, 900n, 1800n, 3600n, 7200n, 21_600n].map(
    (seconds) => seconds * TICKS_PER_SECOND,
  ),
  ...[1n, 7n, 30n, 365n].map((days) => days * TICKS_PER_DAY),
];

/** The width of bins that cut a piece into about `count` of them, none across two files. */
export function chooseStep({ from, to }: Piece, count: number, split: Split): bigint {
  const exact = (to - from) / BigInt(count) + 1n;
  const step = STEPS.find((one) => one >= exact) ?? exact;
  const widest = WIDEST[split];
  return widest !== null && step > widest ? widest : step;
}

/** What both cover; null if that is nothing. */
export function overlap(a: Piece, b: Piece): Piece | null {
  const from = a.from > b.from ? a.from : b.from;
  const to = a.to < b.to ? a.to : b.to;
  return from < to ? { from, to } : null;
}

/** Bins in order, each up to the next one of its file: there is nothing between them. */
export function joinEmpty(bins: readonly Counted[], split: Split): readonly Counted[] {
  return bins.map((bin, index) => {
    const next = bins[index + 1];
    const isNear = next && splitKey(next.from, split) === splitKey(bin.from, split);
    return isNear ? { ...bin, to: next.from } : bin;
  });
}

/** What of these pieces the done ones do not cover. Pieces in parts are left in parts. */
export function remaining(all: readonly Counted[], done: readonly Piece[]): readonly Counted[] {
  return all.flatMap((piece) => {
    const inside = done.filter((one) => overlap(piece, one));
    if (inside.length === 0) return [piece];
    const spans = distinctSpans(inside);
    const gaps = gapsBetween(piece, spans).map((gap) => shareOf(piece, gap, 1));
    const missing = spans.flatMap((span) => {
      const parts = inside.filter((one) => isSameSpan(one, span)).map(({ part }) => part ?? WHOLE);
      return missingParts(WHOLE, parts).map((part) =>
        shareOf(piece, { from: span.from, to: span.to, part }, part.n),
      );
    });
    return [...gaps, ...missing].sort(inOrder);
  });
}

const WHOLE: Part = { k: 0, n: 1 };

export function inOrder(a: Piece, b: Piece): number {
  if (a.from !== b.from) return a.from < b.from ? -1 : 1;
  return (a.part?.k ?? 0) - (b.part?.k ?? 0);
}

function isSameSpan(a: Piece, b: Piece): boolean {
  return a.from === b.from && a.to === b.to;
}

function distinctSpans(pieces: readonly Piece[]): readonly Piece[] {
  return [...new Map(pieces.map((piece) => [`${piece.from}-${piece.to}`, piece])).values()];
}

function gapsBetween({ from, to }: Piece, spans: readonly Piece[]): readonly Piece[] {
  const gaps: Piece[] = [];
  let at = from;
  for (const span of [...spans].sort(inOrder)) {
    if (span.from > at) gaps.push({ from: at, to: span.from });
    if (span.to > at) at = span.to;
  }
  return at < to ? [...gaps, { from: at, to }] : gaps;
}

/** The parts that with the given ones make up `wanted`, as few as possible. */
function missingParts(wanted: Part, parts: readonly Part[]): readonly Part[] {
  const { k, n } = wanted;
  if (parts.some((part) => k % part.n === part.k && n >= part.n)) return [];
  if (!parts.some((part) => part.k % n === k)) return [wanted];
  return halves(wanted).flatMap((half) => missingParts(half, parts));
}

/** A hash that leaves `k` by `n` leaves one of two numbers by `2n`. */
export function halves({ k, n }: Part): readonly [Part, Part] {
  return [
    { k, n: n * 2 },
    { k: k + n, n: n * 2 },
  ];
}

function shareOf(whole: Counted, piece: Piece, divisor: number): Counted {
  const share = Number(piece.to - piece.from) / Number(whole.to - whole.from) / divisor;
  return {
    ...piece,
    rows: Math.ceil(whole.rows * share),
    bytes: Math.ceil(whole.bytes * share),
    isExact: false,
  };
}

/**
 * The first pieces together, as long as they fit, belong to one file and nothing is between them, which another
 * piece may be of; at least one, which alone may be too much. Answers the joined piece and how many it is of.
 */
export function packFirst(
  pieces: readonly Counted[],
  budget: Amount,
  split: Split,
): { readonly piece: Counted; readonly count: number } | undefined {
  const [first, ...others] = pieces;
  if (!first) return undefined;
  let piece = first;
  let count = 1;
  if (first.part) return { piece, count };
  const key = splitKey(first.from, split);
  const most = first.most ?? budget;
  for (const next of others) {
    const joined = { rows: piece.rows + next.rows, bytes: piece.bytes + next.bytes };
    const isNext =
      next.from === piece.to && !next.part && !isUntimed(next) && next.most === first.most;
    if (!isNext || !fits(joined, least(most, budget)) || splitKey(next.from, split) !== key) break;
    piece = { ...piece, ...joined, to: next.to, isExact: piece.isExact && next.isExact };
    count += 1;
  }
  return { piece, count };
}

export function least(one: Amount, other: Amount): Amount {
  return { rows: Math.min(one.rows, other.rows), bytes: Math.min(one.bytes, other.bytes) };
}

export function fits(amount: Amount, budget: Amount): boolean {
  return amount.rows <= budget.rows && amount.bytes <= budget.bytes;
}

/** An instant, or a piece of one, can be cut by hash alone. */
export function isInstant({ from, to, part }: Piece): boolean {
  return part !== undefined || to - from <= 1n;
}

/** No hash cuts further: what is left are equal rows. */
const MOST_PARTS = 4096;

export function isFinest({ part }: Piece): boolean {
  return part !== undefined && part.n >= MOST_PARTS;
}

/** As many equal parts by hash as an amount needs to fit, as far as there are. */
export function partsOf(piece: Counted, budget: Amount): readonly Counted[] {
  const needed = Math.max(piece.rows / budget.rows, piece.bytes / budget.bytes, 1.01);
  let parts: readonly Part[] = [piece.part ?? WHOLE];
  const most = MOST_PARTS / (piece.part?.n ?? 1);
  while (parts.length < Math.min(needed, most)) parts = parts.flatMap(halves);
  return parts.map((part) => ({
    ...piece,
    part,
    rows: Math.ceil(piece.rows / parts.length),
    bytes: Math.ceil(piece.bytes / parts.length),
    isExact: false,
  }));
}
