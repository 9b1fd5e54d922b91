import type { Cell, Column, KustoType, RowBatch } from '../../model/table.js';
import { cellJson, cellText } from '../cell.js';
import { csvField } from '../delimited.js';
import { copyBytes, createByteWriter, reserve, writeText } from './byte-writer.js';
import {
  type CopyCell,
  copyBool,
  copyDatetime,
  copyDecimal,
  copyLong,
  copyNumber,
  isWord,
} from './copy-cell.js';
import { copyCsvText, copyDynamic, copyJsonString } from './copy-text.js';

/** Prints the rows of a batch. The bytes hold until the next call. */
export type BatchPrinter = (batch: RowBatch) => Uint8Array;

/** How a format puts rows together. */
interface RowFormat {
  /** What stands before each cell, and behind the last. */
  readonly before: readonly string[];
  readonly behind: string;
  readonly null: string;
  readonly copies: Readonly<Partial<Record<KustoType, CopyCell>>>;
  /** Any value, as the format has it. */
  readonly print: (cell: Cell, column: Column) => string;
}

const NUMBERS = {
  bool: copyBool,
  int: copyNumber,
  real: copyNumber,
  long: copyLong,
  decimal: copyDecimal,
};
const JSON_COPIES = {
  ...NUMBERS,
  datetime: copyDatetime('"'),
  guid: copyJsonString,
  string: copyJsonString,
  dynamic: copyDynamic,
};
const CSV_COPIES = {
  ...NUMBERS,
  datetime: copyDatetime(''),
  guid: copyCsvText,
  string: copyCsvText,
  dynamic: copyCsvText,
};

/** Room for what a format adds to a cell. */
const SLACK = 64;

/** One JSON object a line. @param names of the members, each once */
export function jsonlPrinter(columns: readonly Column[], names: readonly string[]): BatchPrinter {
  const before = names.map((name, at) => `${at === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  return printer(columns, {
    before,
    behind: before.length === 0 ? '{}\n' : '}\n',
    null: 'null',
    copies: JSON_COPIES,
    print: cellJson,
  });
}

/** Records of CSV, without a heading. */
export function csvPrinter(columns: readonly Column[]): BatchPrinter {
  return printer(columns, {
    before: columns.map((_, at) => (at === 0 ? '' : ',')),
    behind: '\n',
    null: '',
    copies: CSV_COPIES,
    print: (cell, column) => csvField(cellText(cell, column)),
  });
}

/**
 * Cells whose text in the answer is that of the format, but for quotes and escapes, are copied byte by byte; the rest
 * is read and printed as any value is. So what is printed is the same either way.
 */
function printer(columns: readonly Column[], format: RowFormat): BatchPrinter {
  const cells = columns.map((column, at) => ({
    at,
    column,
    before: Buffer.from(format.before[at] ?? ''),
    copy: format.copies[column.type] ?? (() => false),
  }));
  const [behind, absent] = [Buffer.from(format.behind), Buffer.from(format.null)];
  const out = createByteWriter();

  return ({ rowCount, bytes, bounds, width, cell }) => {
    out.length = 0;
    for (let row = 0; row < rowCount; row++) {
      let place = 2 * row * width;
      for (const { at, column, before, copy } of cells) {
        const start = at < width ? (bounds[place] ?? -1) : -1;
        const end = bounds[place + 1] ?? -1;
        place += 2;
        reserve(out, before.length + 2 * (end - start) + SLACK);
        copyBytes(out, before, 0, before.length);
        if (start >= 0 && copy(out, bytes, start, end)) continue;
        if (start >= 0 && column.type !== 'string' && isWord(bytes, start, end, 'null')) {
          copyBytes(out, absent, 0, absent.length);
        } else writeText(out, format.print(cell(row, at), column));
      }
      reserve(out, behind.length);
      copyBytes(out, behind, 0, behind.length);
    }
    return out.bytes.subarray(0, out.length);
  };
}
