import type { Files, NewFile } from '../host.js';
import type { Column, Row, Table } from '../model/table.js';
import type { TableFiles } from '../use-cases/export/table-files.js';
import { heading, tableSource, uniqueNames } from './source.js';

/** Text is written in pieces of about this many characters. */
const PIECE = 262_144;

type TextFormat = 'jsonl' | 'csv';

/** Tables as JSON lines or CSV, a row as `print` writes it. Pieces of CSV have no line of headings; what they are joined to has. */
export function textFiles(format: TextFormat, files: Files): TableFiles {
  return {
    extension: format,
    async write(table, path, signal) {
      let rowCount = 0;
      const sizeBytes = await writing(files, path, async (file) => {
        for await (const { content, rows } of contents(format, table)) {
          signal.throwIfAborted();
          await file.write(content);
          rowCount += rows;
        }
      });
      return { rowCount, sizeBytes };
    },
    async join(pieces, path, { columns, signal }) {
      const sizeBytes = await writing(files, path, async (file) => {
        if (format === 'csv') await file.write(await headings(columns));
        for (const piece of pieces) {
          for await (const bytes of files.readBytes(piece)) {
            await file.write(bytes);
            signal.throwIfAborted();
          }
        }
      });
      return { sizeBytes };
    },
  };
}

async function writing(
  files: Files,
  path: string,
  work: (file: NewFile) => Promise<void>,
): Promise<number> {
  const file = await files.create(path);
  try {
    await work(file);
    return await file.keep();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

interface Content {
  readonly content: string | Uint8Array;
  readonly rows: number;
}

/** The rows of a table as text, from their batches where it has them. */
async function* contents(format: TextFormat, table: Table): AsyncGenerator<Content> {
  const { columns, batches } = table;
  if (batches) {
    const { csvPrinter, jsonlPrinter } = await import('./batch/batch-printer.js');
    const bytesOf =
      format === 'csv' ? csvPrinter(columns) : jsonlPrinter(columns, uniqueNames(columns));
    for await (const batch of batches) yield { content: bytesOf(batch), rows: batch.rowCount };
    return;
  }
  const line = await lineOf(format, table);
  let [content, rows] = ['', 0];
  for await (const row of table.rows) {
    content += line(row);
    rows += 1;
    if (content.length < PIECE) continue;
    yield { content, rows };
    [content, rows] = ['', 0];
  }
  yield { content, rows };
}

async function lineOf(format: TextFormat, table: Table): Promise<(row: Row) => string> {
  const source = tableSource(table);
  if (format === 'jsonl') return (row) => `${source.json(row, 0)}\n`;
  const { csvRecord } = await import('./delimited.js');
  const names = uniqueNames(table.columns);
  return (row) => csvRecord(source.fields(row, names));
}

async function headings(columns: readonly Column[]): Promise<string> {
  const { csvRecord } = await import('./delimited.js');
  return csvRecord(uniqueNames(columns).map(heading));
}
