import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { openToRead } from '../duckdb/files.js';
import { told } from '../file-errors.js';
import { assertLineLengths } from './line-limits.js';

/** A file with more costs as much by itself. */
const SMALL_BYTES = 262_144;

const unzip = promisify(gunzip);

/**
 * The text of a file, without a byte order mark; undefined if it is not small.
 *
 * @throws {CliError} `not-found` or `usage` for a file that cannot be read, `usage` for one with a line that is too long
 */
export async function readSmall(path: string): Promise<Buffer | undefined> {
  const file = await openToRead(path);
  try {
    const { size } = await told(path, 'read', file.stat());
    if (size > SMALL_BYTES) {
      await assertLineLengths(path, file, size);
      return undefined;
    }
    const buffer = Buffer.allocUnsafe(size);
    const { bytesRead } = await told(path, 'read', file.read(buffer, 0, size, 0));
    const content = buffer.subarray(0, bytesRead);
    if (!/\.gz$/i.test(path)) return withoutMark(content);
    // What is no gzip, or has more in it, is DuckDB's to read.
    const plain = await unzip(content, { maxOutputLength: SMALL_BYTES }).catch(() => undefined);
    if (plain === undefined) await assertLineLengths(path, file, size);
    return plain && withoutMark(plain);
  } finally {
    await file.close();
  }
}

const MARK = Buffer.from('\ufeff');

function withoutMark(content: Buffer): Buffer {
  const isMarked = content.subarray(0, MARK.length).equals(MARK);
  return isMarked ? content.subarray(MARK.length) : content;
}
