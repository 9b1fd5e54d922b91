import type { Cell, Column, KustoType, RowBatch } from '../model/table.js';

/** Lines of rows; the bytes hold until the next call. */
export interface Lines {
  readonly bytes: Uint8Array;
  /** Bytes of the longest. */
  readonly longest: number;
}

/** The types whose texts in an answer are strings of JSON, or null. */
const IN_QUOTES: readonly KustoType[] = ['string', 'dynamic', 'datetime', 'timespan'];

const CODE = { quote: 0x22, null: 0x6e, open: 0x5b, close: 0x5d, comma: 0x2c, end: 0x0a } as const;

/**
 * The rows of batches as arrays of JSON, a line each. A row whose text is that of its cells and nothing else is copied
 * whole; one with anything unusual in it is read and written anew.
 *
 * @param lineOf a row, read, as its line
 */
export function batchLines(
  columns: readonly Column[],
  lineOf: (row: readonly Cell[]) => string,
): (batch: RowBatch) => Lines {
  const inQuotes = columns.map(({ type }) => IN_QUOTES.includes(type));
  let out = Buffer.allocUnsafe(1 << 20);

  return (batch) => {
    const { bytes, bounds, width, rowCount, cell } = batch;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const hasHalves = mayHoldHalves(text);
    let [at, longest] = [0, 0];

    /** Makes room behind what is written. */
    function reserve(count: number): void {
      if (at + count <= out.length) return;
      const larger = Buffer.allocUnsafe(Math.max(out.length * 2, at + count));
      out.copy(larger, 0, 0, at);
      out = larger;
    }

    /** The end of a row's text, if it can be copied; else -1. */
    function endOfPlain(first: number): number {
      if (width !== columns.length || hasHalves) return -1;
      let end = (bounds[first] ?? -1) - 1;
      for (let column = 0; column < width; column++) {
        const start = bounds[first + 2 * column] ?? -1;
        if (start !== end + 1) return -1; // there is more between them than a comma
        const code = bytes[start];
        if (inQuotes[column] && code !== CODE.quote && code !== CODE.null) return -1;
        if (column > 0 && bytes[end] !== CODE.comma) return -1;
        end = bounds[first + 2 * column + 1] ?? -1;
      }
      return end;
    }

    for (let row = 0; row < rowCount; row++) {
      const first = 2 * row * width;
      const [begun, end] = [at, endOfPlain(first)];
      if (end >= 0) {
        const start = bounds[first] ?? 0;
        reserve(end - start + 3);
        out[at] = CODE.open;
        at += 1 + text.copy(out, at + 1, start, end);
        out[at] = CODE.close;
        out[at + 1] = CODE.end;
        at += 2;
      } else {
        const line = lineOf(columns.map((_, column) => cell(row, column)));
        reserve(line.length * 3);
        at += out.write(line, at);
      }
      longest = Math.max(longest, at - begun);
    }
    return { bytes: out.subarray(0, at), longest };
  };
}

/** Whether there is an escape of half a pair of UTF-16, which may be alone: `\ud83d`. */
function mayHoldHalves(text: Buffer): boolean {
  return text.includes('\\ud') || text.includes('\\uD');
}
