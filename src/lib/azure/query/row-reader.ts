import { isUtf8 } from 'node:buffer';
import type { Column, RowBatch } from '../../model/table.js';
import type { ByteWindow } from './byte-window.js';
import { readCell } from './cells.js';
import { createRowScanner, type RowScan } from './row-scanner.js';

/** Rows that are whole, as they lie in the bytes from `start` on. Holds until the next are asked for. */
export interface RowPiece extends RowScan {
  readonly bytes: Buffer;
  readonly start: number;
}

/** An answer ended before its JSON did. */
export function endedEarly(): Error {
  const code = 'ERR_STREAM_PREMATURE_CLOSE';
  return Object.assign(new Error('the answer is not whole'), { code });
}

/** Takes rows out of the window as they arrive, up to the `]` that ends them. @throws {CliError} `service` if they are none */
export async function* readRows(window: ByteWindow, width: number): AsyncGenerator<RowPiece> {
  const scan = createRowScanner(width);
  for (let isFirst = true; ; ) {
    const [bytes, start] = [window.bytes(), window.start()];
    const found = scan(bytes, start, window.end(), isFirst);
    yield { ...found, bytes, start };
    window.advance(found.next);
    if (found.isEnd) return;
    isFirst &&= found.rowCount === 0;
    const held = window.end() - window.start();
    // A row larger than all that came is only looked at again when there is twice as much of it.
    const wanted = found.rowCount === 0 ? 2 * held + 1 : held + 1;
    let isOver = false;
    while (!isOver && window.end() - window.start() < wanted) isOver = !(await window.more());
    if (isOver && window.end() - window.start() === held) throw endedEarly();
  }
}

/** Rows as a table gives them away. */
export function toBatch(piece: RowPiece, columns: readonly Column[], isFirst: boolean): RowBatch {
  const width = columns.length;
  const { rowCount, bytes, bounds } = inUtf8(piece, width, isFirst);
  return {
    rowCount,
    bytes,
    bounds,
    width,
    cell(row, column) {
      const place = 2 * (row * width + column);
      const [start = -1, end = -1] = [bounds[place], bounds[place + 1]];
      const type = columns[column]?.type ?? 'string';
      return readCell(start < 0 ? 'null' : bytes.toString('utf8', start, end), type);
    },
  };
}

/** Bytes that are no UTF-8 are replaced, for what is written from them has to be. */
function inUtf8(piece: RowPiece, width: number, isFirst: boolean) {
  const view = piece.bytes.subarray(piece.start, piece.next);
  if (isUtf8(view)) return piece;
  const bytes = Buffer.from(view.toString());
  return { ...createRowScanner(width)(bytes, 0, bytes.length, isFirst), bytes };
}
