import { readStart } from '../duckdb/find-files.js';
import { type CsvLayout, distinctNames, splitRecord } from '../model/csv-record.js';
import type { PlainFile } from './plain-file.js';

/** Bytes enough for the first record of almost any file. */
const START = 65_536;
const MOST = 64_000_000;

/** The first record of a text, which may have line ends in quotes. */
const FIRST = /^[\r\n]*((?:"(?:[^"]|"")*"|[^"\r\n])+)/;

/** @returns undefined where there is no record */
export async function firstRecord(file: PlainFile): Promise<string | undefined> {
  if (file.text) return FIRST.exec(file.text.toString('utf8'))?.[1];
  for (let bytes = START; ; bytes *= 8) {
    const start = await readStart({ path: file.plain }, bytes);
    const record = FIRST.exec(start);
    const isWhole = (record?.[0].length ?? 0) < start.length || Buffer.byteLength(start) < bytes;
    if (isWhole || bytes > MOST) return record?.[1];
  }
}

/** A table of one's own: a line of headings; between them stands the sign that is there most. */
export function plainLayout(record: string): CsvLayout {
  const bare = record.replaceAll(/"(?:[^"]|"")*"/g, '');
  const count = (sign: string) => bare.split(sign).length;
  const delimiter = [',', ';', '\t', '|'].reduce((a, b) => (count(b) > count(a) ? b : a));
  return { delimiter, hasHeader: true, names: distinctNames(splitRecord(record, delimiter)) };
}
