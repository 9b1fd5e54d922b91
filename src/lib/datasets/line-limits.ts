import type { FileHandle } from 'node:fs/promises';
import { CliError } from '../errors.js';
import { told } from '../file-errors.js';

/** The collector itself puts what has more than 4 MB into a file of its own. */
const LONGEST = 16_777_216;

/**
 * Options of `read_csv`. Threads are given pieces of the longest line's length: a buffer that is no multiple of it loses
 * lines between them without a word (DuckDB 1.5.5). Its own size would be 16 times that.
 */
export const LINE_LIMITS = `max_line_size = ${LONGEST}, buffer_size = ${2 * LONGEST}`;

/** With a line end in each of these, no line is longer than two. */
const STRIDE = LONGEST / 2;
const PIECE = 65_536;

/**
 * A line that is longer than the buffer is lost without a word, too (duckdb/duckdb#25825), so files are looked into
 * before, here and there.
 *
 * @throws {CliError} `usage` for a file with a line that is too long
 */
export async function assertLineLengths(
  path: string,
  file: FileHandle,
  size: number,
): Promise<void> {
  const piece = Buffer.alloc(size > LONGEST ? PIECE : 0);
  for (let at = 0; size > LONGEST && at + STRIDE <= size; at += STRIDE) {
    if (await told(path, 'read', hasLineEnd(file, at, piece))) continue;
    throw tooLong(path);
  }
}

function tooLong(path: string): CliError {
  return new CliError('usage', `"${path}" has a line that is longer than 8 MB.`);
}

async function hasLineEnd(file: FileHandle, from: number, piece: Buffer): Promise<boolean> {
  for (let at = from; at < from + STRIDE; at += PIECE) {
    const { bytesRead } = await file.read(piece, 0, PIECE, at);
    if (piece.subarray(0, bytesRead).includes('\n')) return true;
  }
  return false;
}
