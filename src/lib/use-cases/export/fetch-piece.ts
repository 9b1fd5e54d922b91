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
import type { Amount, Counted } from './pieces.js';
import { type Asked, askCount, askPiece, type BoundSource, isTimeout } from './source.js';
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

const MISCOUNTED = 'Miscounted';
/** Beside the gateway's own, which last seconds. */
const RETRY_AFTER_MS = [1000, 2000, 5000, 10_000, 30_000];

/** A piece that the service would not give whole. */
export interface TooMuch {
  /** How many rows an answer held that was as large as it may be; null: it took too long, or too much memory. */
  readonly cut: number | null;
}

/**
 * Fetches a piece into a file of its own. It counts once its rows are whole and as many as the service counts.
 *
 * @param isSmall whether it takes long for another reason than its size, and is asked again as it is
 */
export async function fetchPiece(
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
export async function retrying<T>(ports: FetchPorts, work: () => Promise<T>): Promise<T> {
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
