import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ask } from '../duckdb/ask.js';
import { told } from '../file-errors.js';
import { keepTable, type Rejected } from './rejected.js';
import type { Workshop } from './workshop.js';

/** Of records that are known by their first byte, from 1 on, the lines on which they begin. */
export async function numberLines(workshop: Workshop, rejected: Rejected): Promise<Rejected> {
  if (rejected.count === 0) return rejected;
  const { connection, uniqueName, signal } = workshop;
  const table = uniqueName('lines');
  await ask(connection, `CREATE TABLE ${table} (file VARCHAR, place BIGINT, line BIGINT)`);
  const found = await ask(
    connection,
    `SELECT file, list(line ORDER BY line) AS places FROM (${rejected.sql}) GROUP BY file`,
  );
  const rows = await connection.createAppender(table);
  for (const { file, places } of found) {
    const path = String(file);
    const bytes = Array.isArray(places) ? places.map(Number) : [];
    const numbers = await told(path, 'read', linesAt(path, bytes, signal));
    for (const [at, line] of numbers.entries()) {
      rows.appendVarchar(path);
      rows.appendBigInt(BigInt(bytes[at] ?? 0));
      rows.appendBigInt(BigInt(line));
      rows.endRow();
    }
  }
  rows.closeSync();
  return keepTable(
    workshop,
    `SELECT found.file, numbers.line, reason, text FROM (${rejected.sql}) found
     JOIN ${table} numbers ON found.file = numbers.file AND found.line = numbers.place ORDER BY ALL`,
  );
}

const [LF, CR] = [10, 13];

/** @param places in their order; of a record behind CR LF it is the LF */
async function linesAt(
  path: string,
  places: readonly number[],
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const numbers: number[] = [];
  let [at, line, last] = [1, 1, 0];
  const count = async (source: AsyncIterable<Uint8Array>) => {
    for await (const bytes of source) {
      for (const byte of bytes) {
        while (places[numbers.length] === at) numbers.push(line);
        if (byte === CR || (byte === LF && last !== CR)) line += 1;
        last = byte;
        at += 1;
      }
    }
  };
  const file = createReadStream(path, { highWaterMark: 262_144 });
  await pipeline(file, count, { signal });
  return places.map((_, index) => numbers[index] ?? line);
}
