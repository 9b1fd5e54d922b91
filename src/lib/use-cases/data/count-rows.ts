import { v1Layout } from '../../model/csv-record.js';
import { PAYLOAD_PLACES } from '../../model/payload-places.js';
import type { Target } from '../../model/target.js';

/** What a file of collected data holds. */
export interface RowCount {
  readonly rows: number;
  /** v2: lines that are not JSON, and are no rows. */
  readonly malformed: number;
  /** v2: lines whose data is in another blob; each counts as one row. */
  readonly referring: number;
}

/** Counts rows as the bytes come. v1: records behind the headings; v2: the rows in the data of each line. */
export async function countRows(
  api: Target['api'],
  bytes: AsyncIterable<Uint8Array>,
): Promise<RowCount> {
  return api === 'v1' ? countRecords(bytes) : countLines(bytes);
}

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Headings are not longer. */
const MOST_HEADING = 1_000_000;

/** A line end in quotes belongs to a value. */
async function countRecords(bytes: AsyncIterable<Uint8Array>): Promise<RowCount> {
  let records = 0;
  let isQuoted = false;
  let isEmpty = true;
  const first: number[] = [];
  for await (const chunk of bytes) {
    for (const byte of chunk) {
      if (byte === QUOTE) isQuoted = !isQuoted;
      if (byte === LINE_FEED && !isQuoted) {
        if (!isEmpty) records += 1;
        isEmpty = true;
        continue;
      }
      if (byte !== CARRIAGE_RETURN) isEmpty = false;
      if (records === 0 && first.length < MOST_HEADING) first.push(byte);
    }
  }
  if (!isEmpty) records += 1;
  const heading = Buffer.from(first)
    .toString()
    .replace(/^\ufeff/, '')
    .trim();
  const rows = records > 0 && v1Layout(heading).hasHeader ? records - 1 : records;
  return { rows, malformed: 0, referring: 0 };
}

async function countLines(bytes: AsyncIterable<Uint8Array>): Promise<RowCount> {
  const decoder = new TextDecoder();
  let rows = 0;
  let malformed = 0;
  let referring = 0;
  /** Pieces of the line that has not ended yet. */
  let pieces: string[] = [];
  const count = (line: string) => {
    if (line.trim() === '') return;
    const found = rowsOf(line);
    if (found === undefined) malformed += 1;
    else rows += found.rows;
    if (found?.isElsewhere) referring += 1;
  };
  for await (const chunk of bytes) {
    const [end = '', ...lines] = decoder.decode(chunk, { stream: true }).split('\n');
    pieces.push(end);
    for (const beginning of lines) {
      count(pieces.join(''));
      pieces = [beginning];
    }
  }
  count(pieces.join(''));
  return { rows, malformed, referring };
}

/** Undefined: it is not the JSON of an object. */
function rowsOf(
  line: string,
): { readonly rows: number; readonly isElsewhere: boolean } | undefined {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return undefined;
  const data = 'data' in event ? event.data : undefined;
  const isElsewhere = 'dataref' in event || 'datainblob' in event;
  return { rows: arrayIn(data)?.length ?? 1, isElsewhere };
}

/** The rows that data is, or that the payload of a request or response has in one of its places. */
function arrayIn(data: unknown): readonly unknown[] | undefined {
  if (Array.isArray(data)) return data;
  for (const { path } of PAYLOAD_PLACES) {
    let value: unknown = data;
    for (const name of path.split('/').slice(1)) {
      const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
      value = members.find(([key]) => key === name)?.[1];
    }
    if (Array.isArray(value)) return value;
  }
  return undefined;
}
