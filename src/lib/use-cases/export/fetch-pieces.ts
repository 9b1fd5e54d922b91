import { CliError } from '../../errors.js';
import { type FetchPorts, fetchPiece, retrying, type TooMuch } from './fetch-piece.js';
import {
  type Amount,
  type Counted,
  fits,
  isFinest,
  isInstant,
  least,
  packFirst,
  partsOf,
  type Split,
} from './pieces.js';
import { askProfile, type BoundSource } from './source.js';

export interface FetchOptions {
  readonly split: Split;
  readonly parallel: number;
}

/** What one answer is made to hold: with room under the 500 000 rows and 64 MB of the service. */
const BUDGET: Amount = { rows: 400_000, bytes: 40_000_000 };
/** Of an answer that was cut, the next ones hold so much. */
const AFTER_CUT = 0.8;
/** Into how many bins a piece that is too large is cut. */
const BINS = 1000;

/**
 * Fetches pieces of a source, several at a time, neighbours together as far as an answer holds them; what is too large
 * or takes too long is cut further. A piece counts once its rows are whole and as many as the service counts.
 *
 * @throws {CliError} the first failure that does not pass; what is done by then is done
 */
export async function fetchPieces(
  source: BoundSource,
  pieces: readonly Counted[],
  { split, parallel }: FetchOptions,
  ports: FetchPorts,
): Promise<void> {
  const { signal } = ports.asked;
  const stop = new AbortController();
  const asked = { ...ports.asked, signal: AbortSignal.any([signal, stop.signal]) };
  const own = { ...ports, asked };
  let budget = BUDGET;
  let waiting: readonly Counted[] = pieces;
  let busy = 0;
  let wake = () => {};
  let changed = new Promise<void>((resolve) => {
    wake = resolve;
  });

  function tell(): void {
    wake();
    changed = new Promise((resolve) => {
      wake = resolve;
    });
  }

  /** Answers what is to be fetched instead: nothing once it is here. */
  async function fetchOne(piece: Counted): Promise<readonly Counted[]> {
    const most = least(piece.most ?? budget, budget);
    if (!fits(piece, most) && !isFinest(piece)) {
      const smaller = await cutFurther(own, source, piece, { budget: most, split });
      return smaller.map((one) => ({ ...one, most: piece.most }));
    }
    const isSmall = fits(piece, { rows: budget.rows / 2, bytes: budget.bytes / 2 });
    const outcome = await fetchPiece(own, source, piece, { isSmall });
    if (!('cut' in outcome)) return [];
    const less = learn(most, outcome, piece);
    // What is odd about a small piece says nothing of how much others may hold.
    if (!isSmall) budget = least(budget, less);
    const larger = { ...piece, ...atLeast(piece, outcome) };
    const smaller = await cutFurther(own, source, larger, { budget: less, split });
    return smaller.map((one) => ({ ...one, most: isSmall ? less : piece.most }));
  }

  async function work(): Promise<void> {
    for (;;) {
      asked.signal.throwIfAborted();
      const packed = packFirst(waiting, budget, split);
      if (packed) {
        waiting = waiting.slice(packed.count);
        busy += 1;
        try {
          const smaller = await fetchOne(packed.piece);
          waiting = [...smaller, ...waiting];
        } finally {
          busy -= 1;
          tell();
        }
      } else if (busy > 0) {
        await changed;
      } else {
        return;
      }
    }
  }

  const workers = Array.from({ length: parallel }, () =>
    work().catch((error: unknown) => {
      stop.abort(error);
      tell();
      throw error;
    }),
  );
  const settled = await Promise.allSettled(workers);
  signal.throwIfAborted();
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) throw stop.signal.reason;
}

/** It holds more than came, whatever was said before. */
function atLeast({ rows, bytes }: Amount, { cut: came }: TooMuch): Amount {
  if (came === null || came < rows) return { rows, bytes };
  return { rows: came + 1, bytes: Math.ceil((bytes / Math.max(1, rows)) * (came + 1)) };
}

/** Less than the piece that was too much, so that its parts are not joined to the same again. */
function learn(most: Amount, { cut: came }: TooMuch, piece: Amount): Amount {
  const isMeasured = came !== null && came > 0;
  const share = isMeasured ? AFTER_CUT * Math.min(1, came / Math.max(1, piece.rows)) : 0.5;
  const rows = isMeasured ? AFTER_CUT * came : piece.rows / 2;
  const less = {
    rows: Math.max(1, Math.floor(rows)),
    bytes: Math.max(1, Math.floor(piece.bytes * share)),
  };
  return least(most, less);
}

/** Smaller pieces that together are this one. @throws {CliError} if it cannot be cut */
async function cutFurther(
  ports: FetchPorts,
  source: BoundSource,
  piece: Counted,
  { budget, split }: { readonly budget: Amount; readonly split: Split },
): Promise<readonly Counted[]> {
  if (source.timeColumn === null || isInstant(piece)) {
    if (!isFinest(piece)) return partsOf(piece, budget);
    const message = `Of "${source.name}" more rows are equal than one answer can hold.`;
    throw new CliError('incomplete', message, {
      hint: 'Take columns away with --kql, such as: traces | project-away customDimensions.',
    });
  }
  return retrying(ports, () => askProfile(ports.asked, source, piece, { count: BINS, split }));
}
