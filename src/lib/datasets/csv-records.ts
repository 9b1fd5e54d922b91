import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ofFiles } from '../duckdb/files.js';
import { told } from '../file-errors.js';
import { type Gathered, type Lines, linesOf } from './gather-files.js';

/**
 * The records of CSV, which may have line ends in quotes: undefined where a quote neither opens nor closes a value, so
 * that what follows might be taken for a part of it.
 */
export function recordsOf(content: Buffer, delimiter: string): Lines | undefined {
  if (!content.includes('"')) return linesOf(content);
  const text = content.toString('latin1');
  const bare = text.replaceAll(quotedValues(delimiter), '$1');
  if (bare.includes('"')) return undefined;
  const { ends } = linesOf(content);
  if (!content.includes('\r')) return { text: content, ends };
  const outside = text.replaceAll(LINE_ENDS, (_, value: string | undefined) => value ?? '\n');
  return { text: Buffer.from(outside, 'latin1'), ends };
}

const QUOTED = '"[^"]*(?:""[^"]*)*"';
const LINE_ENDS = new RegExp(`(${QUOTED})|\\r\\n?`, 'g');

/** Each with what is in front of it. */
function quotedValues(delimiter: string): RegExp {
  const border = `[\\${delimiter}\\r\\n]`;
  return new RegExp(`(^|${border})${QUOTED}(?=${border}|$)`, 'g');
}

/**
 * Files in groups that are read by a query each: of more than two files a thread, DuckDB 1.5.5 loses without a word the
 * last record of one that ends within quotes, as it does if it was cut while it was written.
 */
export async function readTogether(
  { files, together }: Gathered,
  signal: AbortSignal | undefined,
): Promise<readonly (readonly string[])[]> {
  if (files.length <= 2) return [files];
  const groups: string[][] = [];
  let isApart = true;
  const look = async (path: string) => ({
    path,
    endsInQuotes: !together.has(path) && (await endsInQuotes(path, signal)),
  });
  for await (const { path, endsInQuotes } of ofFiles(files, look, signal)) {
    const group = isApart || endsInQuotes ? undefined : groups.at(-1);
    if (group) group.push(path);
    else groups.push([path]);
    isApart = endsInQuotes;
  }
  return groups;
}

async function endsInQuotes(path: string, signal: AbortSignal | undefined): Promise<boolean> {
  let quotes = 0;
  const count = async (source: AsyncIterable<Uint8Array>) => {
    for await (const bytes of source) {
      for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === QUOTE) quotes += 1;
    }
  };
  const file = createReadStream(path, { highWaterMark: 262_144 });
  await told(path, 'read', pipeline(file, count, { signal }));
  return quotes % 2 === 1;
}

const QUOTE = 34;
