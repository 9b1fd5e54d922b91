import {
  batchedTable,
  type Cell,
  type Column,
  type Row,
  type RowBatch,
  type Table,
} from '../model/table.js';
import { printedJson, printedText, readDimensions } from '../model/telemetry.js';

const CONTENT: Column = { name: 'content', type: 'dynamic' };

/**
 * The table with one column more, `content`: what a scoring script printed, where that is JSON. Only rows
 * with a message and custom dimensions have it; a table of others stays as it is.
 */
export function withContent(table: Table): Table {
  const indexOf = (name: string) => table.columns.findIndex((column) => column.name === name);
  const [message, dimensions] = [indexOf('message'), indexOf('customDimensions')];
  if (message < 0 || dimensions < 0 || indexOf(CONTENT.name) >= 0) return table;

  const columns = [...table.columns, CONTENT];
  const contentOf = (cell: (column: number) => Cell | undefined) => {
    const [text, json] = [cell(message), cell(dimensions)].map((cell) => String(cell ?? ''));
    return printedJson(printedText(text ?? '', readDimensions(json ?? ''))) ?? null;
  };

  async function* rows(): AsyncGenerator<Row> {
    for await (const row of table.rows) yield [...row, contentOf((column) => row[column])];
  }

  async function* widened(batches: AsyncIterable<RowBatch>): AsyncGenerator<RowBatch> {
    for await (const batch of batches) {
      yield {
        ...batch,
        cell: (row, column) =>
          column < table.columns.length
            ? batch.cell(row, column)
            : contentOf((column) => batch.cell(row, column)),
      };
    }
  }
  return table.batches ? batchedTable(columns, widened(table.batches)) : { columns, rows: rows() };
}
