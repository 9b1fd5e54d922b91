import type { Column, Row, Table } from '../model/table.js';
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

  async function* rows(): AsyncGenerator<Row> {
    for await (const row of table.rows) {
      const text = printedText(
        String(row[message] ?? ''),
        readDimensions(String(row[dimensions] ?? '')),
      );
      yield [...row, printedJson(text) ?? null];
    }
  }
  return { columns: [...table.columns, CONTENT], rows: rows() };
}
