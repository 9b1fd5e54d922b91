import { join } from 'node:path';
import type { PartialError } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import type { Clock } from '../../host.js';
import {
  batchedTable,
  emptyTable,
  type Row,
  type RowBatch,
  type Table,
} from '../../model/table.js';
import { skipRows } from '../counted-table.js';
import { isCutBySize } from '../cut-answer.js';
import type { Slice } from './journal.js';
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
import {
  type Asked,
  askCount,
  askPiece,
  askProfile,
  type BoundSource,
  isTimeout,
} from './source.js';
import type { TableFiles, WrittenTable } from './table-files.js';

export interface FetchPorts {
  readonly asked: Asked;
  readonly clock: Clock;
  readonly tableFiles: TableFiles;
  /** Where slices wait. */
  readonly folder: string;
  /** A name that no slice of this export had. */
  readonly nextName: () => string;
  readonly onSlice: (slice: Slice) => Promise<void>;
  /** Rows that came; a negative number takes back those of an attempt that failed. */
  readonly onRows: (rows: number) => void;
  /** Takes why something is asked again. */
  readonly say: (message: string) => void;
}

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
const MISCOUNTED = 'Miscounted';
/** Beside the gateway's own, which last seconds. */
const RETRY_AFTER_MS = [1000, 2000, 5000, 10_000, 30_000];

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

/** A piece that the service would not give whole. */
interface TooMuch {
  /** How many rows an answer held that was as large as it may be; null: it took too long, or too much memory. */
  readonly cut: number | null;
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

async function fetchPiece(
  ports: FetchPorts,
  source: BoundSource,
  piece: Counted,
  { isSmall }: { readonly isSmall: boolean },
): Promise<TooMuch | { readonly done: true }> {
  let isAgain = false;
  return retrying(ports, async () => {
    const { asked, tableFiles, folder, nextName, onRows, onSlice } = ports;
    const name = nextName();
    let came = 0;
    const count = (rows: number) => {
      came += rows;
      onRows(rows);
    };
    let isDone = false;
    try {
      const table = await openPiece(asked, source, piece, count);
      const path = join(folder, name);
      const written = await tableFiles.write(table, path, asked.signal);
      await assertCount(asked, source, piece, written);
      const { from, to, part } = piece;
      const { rowCount: rows, sizeBytes: bytes } = written;
      isDone = true;
      await onSlice({ source: source.name, file: name, from, to, part, rows, bytes });
      return { done: true };
    } catch (error) {
      if (isSmall && isTimeout(error) && !isAgain) {
        isAgain = true;
        throw new CliError('service', error.message, {}, error);
      }
      const tooMuch = tooMuchOf(error, came, piece);
      if (tooMuch) return tooMuch;
      throw error;
    } finally {
      if (!isDone) onRows(-came);
    }
  });
}

/** Tells the writer, before it ends, that the rows are not all. */
class CutAnswer extends Error {
  readonly partialError: PartialError;

  constructor(partialError: PartialError) {
    super(partialError.message);
    this.partialError = partialError;
  }
}

async function openPiece(
  asked: Asked,
  source: BoundSource,
  piece: Counted,
  count: (rows: number) => void,
): Promise<Table> {
  const answer = await askPiece(asked, source, piece);
  const tables = answer.tables[Symbol.asyncIterator]();
  const first = await tables.next();
  const table = first.done ? emptyTable(source.columns) : first.value;
  assertColumns(source, table);

  async function assertWhole(): Promise<void> {
    for (let next = await tables.next(); !next.done; next = await tables.next()) {
      await skipRows(next.value);
    }
    const { partialError } = answer.ending();
    if (partialError) throw new CutAnswer(partialError);
  }

  async function* batches(from: AsyncIterable<RowBatch>): AsyncGenerator<RowBatch> {
    for await (const batch of from) {
      count(batch.rowCount);
      yield batch;
    }
    await assertWhole();
  }

  async function* rows(): AsyncGenerator<Row> {
    for await (const row of table.rows) {
      count(1);
      yield row;
    }
    await assertWhole();
  }

  return table.batches
    ? batchedTable(source.columns, batches(table.batches))
    : { columns: source.columns, rows: rows() };
}

function assertColumns({ name, columns }: BoundSource, table: Table): void {
  const isSame =
    table.columns.length === columns.length &&
    table.columns.every((column, index) => {
      const known = columns[index];
      return known?.name === column.name && known.type === column.type;
    });
  if (isSame) return;
  throw new CliError(
    'incomplete',
    `The columns of "${name}" have changed since the export began.`,
    {
      hint: 'Begin anew in another folder, with --out.',
    },
  );
}

async function assertCount(
  asked: Asked,
  source: BoundSource,
  piece: Counted,
  { rowCount }: WrittenTable,
): Promise<void> {
  if (piece.isExact && rowCount === piece.rows) return;
  const counted = await askCount(asked, source, piece);
  if (counted === rowCount) return;
  throw new CliError(
    'service',
    `Azure sent ${rowCount} rows of "${source.name}" and counts ${counted}.`,
    {
      code: MISCOUNTED,
    },
  );
}

/** A piece that a cut or slow answer was of, as too much; undefined for other failures. */
function tooMuchOf(error: unknown, came: number, { rows }: Amount): TooMuch | undefined {
  if (error instanceof CutAnswer) return { cut: isCutBySize(error.partialError) ? came : null };
  return isTimeout(error) && rows > 1 ? { cut: null } : undefined;
}

/** Again after what passes: a busy service, a connection that broke, half an answer. */
async function retrying<T>(ports: FetchPorts, work: () => Promise<T>): Promise<T> {
  const { asked, clock, say } = ports;
  for (const pauseMs of RETRY_AFTER_MS) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CliError && error.kind === 'service')) throw error;
      say(`${error.message} It is asked again in ${pauseMs / 1000} s.`);
      await clock.sleep(pauseMs * (0.75 + Math.random() / 2), asked.signal);
    }
  }
  return work();
}
