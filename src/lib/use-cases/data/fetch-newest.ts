import { join } from 'node:path';
import type { BlobGateway } from '../../azure/gateways.js';
import type { Files } from '../../host.js';
import type { CollectedFile } from '../../model/collected-file.js';
import { v1Layout } from '../../model/csv-record.js';
import { mapConcurrently } from '../map-concurrently.js';

export interface NewestPorts {
  readonly blobs: BlobGateway;
  readonly files: Pick<Files, 'write'>;
  /** Where what is fetched goes: empty. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Bytes that are asked for first: enough for the last rows of almost any file. */
const TAIL = 65_536;
const AT_ONCE = 8;

/**
 * Fetches the ends of the newest files, so much of each and so many of them that they hold that many rows at least, if
 * there are. Of files of the same time all are asked.
 *
 * @returns paths of files with what was fetched, the oldest first
 */
export async function fetchNewest(
  collected: readonly CollectedFile[],
  rows: number,
  ports: NewestPorts,
): Promise<readonly string[]> {
  const newest = collected.toSorted(
    (a, b) => b.from.getTime() - a.from.getTime() || b.modified.getTime() - a.modified.getTime(),
  );
  const paths: string[] = [];
  let [at, found] = [0, 0];
  while (at < newest.length && found < rows) {
    const time = newest[at]?.from.getTime();
    const end = newest.findIndex(({ from }, index) => index >= at && from.getTime() !== time);
    const together = newest.slice(at, end < 0 ? newest.length : end);
    const tails = await mapConcurrently(together, AT_ONCE, (file) => readTail(file, rows, ports));
    for (const [index, { text, rowCount }] of tails.entries()) {
      const path = join(
        ports.folder,
        `${at + index}.${together[index]?.api === 'v1' ? 'csv' : 'jsonl'}`,
      );
      await ports.files.write(path, text);
      paths.unshift(path);
      found += rowCount;
    }
    at += together.length;
  }
  return paths;
}

interface Tail {
  readonly text: string;
  /** About as many rows. */
  readonly rowCount: number;
}

async function readTail(file: CollectedFile, rows: number, ports: NewestPorts): Promise<Tail> {
  const isCsv = file.api === 'v1';
  for (let length = TAIL; ; length *= 8) {
    const from = Math.max(0, file.sizeBytes - length);
    const text = await readText(file, { from, length: file.sizeBytes - from }, ports);
    if (from === 0) return { text, rowCount: countRows(text, isCsv) };
    const whole = isCsv ? fromRecord(text) : fromLine(text);
    const rowCount = countRows(whole, isCsv);
    if (rowCount < rows) continue;
    return { text: isCsv ? `${await readHeadings(file, ports)}${whole}` : whole, rowCount };
  }
}

async function readText(
  { accountName, containerName, name }: CollectedFile,
  range: { readonly from: number; readonly length: number },
  { blobs, signal }: NewestPorts,
): Promise<string> {
  if (range.length === 0) return '';
  const { bytes } = await blobs.read({ accountName, containerName }, name, { ...range, signal });
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function fromLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? '' : text.slice(end + 1);
}

/** From the first line end that is not in quotes: behind it there are as many opening quotes as closing ones. */
function fromRecord(text: string): string {
  const end = recordEnd(text, text.split('"').length % 2 === 0);
  return end < 0 ? '' : text.slice(end + 1);
}

/** Where the first line feed that is in no quotes is; -1 without one. */
function recordEnd(text: string, startsQuoted: boolean): number {
  let isQuoted = startsQuoted;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') isQuoted = !isQuoted;
    else if (text[at] === '\n' && !isQuoted) return at;
  }
  return -1;
}

/** The first record, if it is headings: the end of a file does not tell them. */
async function readHeadings(file: CollectedFile, ports: NewestPorts): Promise<string> {
  for (let length = TAIL; ; length *= 8) {
    const text = await readText(file, { from: 0, length: Math.min(length, file.sizeBytes) }, ports);
    const end = recordEnd(text, false);
    if (end >= 0) {
      const record = text.slice(0, end).replace(/^\ufeff|\r$/g, '');
      return v1Layout(record).hasHeader ? `${record}\n` : '';
    }
    if (length >= file.sizeBytes) return '';
  }
}

function countRows(text: string, isCsv: boolean): number {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return isCsv ? Math.max(0, lines.length - 1) : lines.reduce((sum, line) => sum + rowsIn(line), 0);
}

/** What a line holds, as far as it is seen without unrolling payloads. */
function rowsIn(line: string): number {
  try {
    const event: unknown = JSON.parse(line);
    const data = typeof event === 'object' && event !== null && 'data' in event ? event.data : null;
    return Array.isArray(data) ? data.length : 1;
  } catch {
    return 0;
  }
}
