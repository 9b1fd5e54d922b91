import { CliError } from '../../errors.js';
import { batchedTable, type Column, type RowBatch, type Table } from '../../model/table.js';
import { readAny, readArray } from '../payload.js';
import { faultCode } from '../wire/faults.js';
import { type ByteWindow, createByteWindow } from './byte-window.js';
import { kustoType } from './cells.js';
import { createFrame } from './frame.js';
import { endedEarly, readRows, toBatch } from './row-reader.js';

/** An answer whose rows are read as they arrive. */
export interface OpenAnswer {
  /** To be read once, each before the next. Whoever leaves a loop over rows or tables gives the answer up. */
  readonly tables: AsyncIterable<Table>;
  /** The answer without its rows; undefined before the last of them is read. */
  readonly frame: () => unknown;
}

/** An answer that is smaller is whole before its first row is handed out, or can still be asked for again. */
const HEAD_BYTES = 262_144;

/**
 * Reads an answer as far as its first rows, a small one as far as its end. More bytes are taken when more rows are
 * asked for, so that a slow reader slows the service down, and memory does not grow with the rows.
 *
 * @param stream JSON in UTF-8. If it breaks, or ends before the JSON does, that is thrown as it is until this
 *   answers, later as a `CliError` that says how many rows came
 * @param headBytes so much is waited for before the first row
 * @throws {CliError} `service` if it is no answer
 */
export async function openAnswer(
  stream: AsyncIterable<Uint8Array>,
  headBytes = HEAD_BYTES,
): Promise<OpenAnswer> {
  const window = createByteWindow(stream);
  const frame = createFrame();
  let whole: unknown;
  let isGivenUp = false;
  let rowCount = 0;

  let hasRows = await readHead();

  async function readHead(): Promise<boolean> {
    try {
      for (let isOver = false; !isOver && window.end() < headBytes; )
        isOver = !(await window.more());
      return await seek('rows');
    } catch (error) {
      await window.close();
      throw error;
    }
  }

  /** Reads what is not rows, up to the next rows or behind the table; false: the answer is over. */
  async function seek(wanted: 'rows' | 'table'): Promise<boolean> {
    for (;;) {
      const { stop, next } = frame.take(window.bytes(), window.start(), window.end());
      window.advance(next);
      if (stop === wanted) return true;
      if (stop !== 'bytes' || (await window.more())) continue;
      if (!frame.isWhole()) throw endedEarly();
      whole = frame.isEmpty() ? { tables: [] } : frame.parse();
      return false;
    }
  }

  async function* batches(from: ByteWindow, columns: readonly Column[]): AsyncGenerator<RowBatch> {
    let isFirst = true;
    isGivenUp = true; // unless the loop below comes to its end
    try {
      for await (const piece of readRows(from, columns.length)) {
        rowCount += piece.rowCount;
        if (piece.rowCount > 0) yield toBatch(piece, columns, isFirst);
        isFirst &&= piece.rowCount === 0;
      }
      isGivenUp = false;
    } catch (error) {
      throw brokenOff(error, rowCount);
    } finally {
      if (isGivenUp) await window.close();
    }
  }

  /** The rows come before the names of their columns: they are kept until those are known. */
  async function keepRows(index: number): Promise<Table> {
    const kept: Uint8Array[] = [];
    for await (const { bytes, start, next } of readRows(window, 0)) {
      kept.push(new Uint8Array(bytes.subarray(start, next)));
    }
    frame.endRows();
    await seek('table');
    const columns = columnsOf(frame.parse(), index) ?? [];
    return batchedTable(columns, batches(createByteWindow(each(kept)), columns));
  }

  async function* tables(): AsyncGenerator<Table> {
    try {
      for (let index = 0; hasRows; index++) {
        const columns = columnsOf(frame.parse(), index);
        if (columns) {
          const rows = batches(window, columns);
          yield batchedTable(columns, rows);
          for await (const _ of rows); // of a table that was passed over
          if (isGivenUp) return;
          frame.endRows();
        } else {
          yield await keepRows(index);
          if (isGivenUp) return;
        }
        hasRows = await seek('rows');
      }
      assertTables(whole);
    } catch (error) {
      throw brokenOff(error, rowCount);
    } finally {
      await window.close();
    }
  }

  return { tables: tables(), frame: () => whole };
}

async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

function columnsOf(frame: unknown, index: number): readonly Column[] | undefined {
  const columns = readAny(readArray(frame, 'tables')[index], 'columns');
  if (!Array.isArray(columns)) return undefined;
  return columns.map((column: unknown) => ({
    name: String(readAny(column, 'name') ?? ''),
    type: kustoType(String(readAny(column, 'type') ?? '')),
  }));
}

/** Whether the answer has tables, each with columns and rows. */
function assertTables(frame: unknown): void {
  const tables = readAny(frame, 'tables');
  const isWhole = (table: unknown) =>
    Array.isArray(readAny(table, 'columns')) && Array.isArray(readAny(table, 'rows'));
  if (Array.isArray(tables) && tables.every(isWhole)) return;
  throw new CliError('service', "Log Analytics' answer has no tables.");
}

/** What a connection that breaks among the rows means to the user; other errors are what they are. */
function brokenOff(error: unknown, rowCount: number): unknown {
  const code = faultCode(error);
  if (error instanceof CliError || code === undefined) return error;
  const rows = rowCount === 1 ? '1 row' : `${rowCount} rows`;
  return new CliError(
    'service',
    `The answer of Log Analytics broke off after ${rows}.`,
    { code, hint: 'Ask again; a shorter time range or fewer columns make the answer smaller.' },
    error,
  );
}
