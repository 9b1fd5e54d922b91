import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';
import { openToRead } from '../duckdb/files.js';
import { isZipped, unzipped } from '../duckdb/zipped.js';
import { hasCode, told } from '../file-errors.js';
import { assertLineLengths } from './line-limits.js';
import type { Workshop } from './workshop.js';

/** A file with more costs as much by itself. */
const SMALL_BYTES = 262_144;

const unzip = promisify(gunzip);

/** What a file says, unpacked: its text without a byte order mark if it is small, else where that is. */
export type PlainFile =
  | { readonly path: string; readonly text: Buffer }
  | { readonly path: string; readonly text?: never; readonly plain: string };

/**
 * Looks into a file. A large one that is zipped is unpacked into a scratch file: DuckDB would take for its end where it
 * is cut off, and read it on one thread.
 *
 * @throws {CliError} `not-found` or `usage` for a file that cannot be read, `usage` for one with a line that is too long
 */
export async function readPlain(
  path: string,
  workshop: Pick<Workshop, 'scratchFile' | 'signal'>,
): Promise<PlainFile> {
  const file = await openToRead(path);
  try {
    const { size } = await told(path, 'read', file.stat());
    const content = size > SMALL_BYTES ? undefined : await readWhole(path, file, size);
    if (!isZipped(path)) {
      if (content) return { path, text: withoutMark(content) };
      await assertLineLengths(path, file, size);
      return { path, plain: path };
    }
    const text = content && (await unzipSmall(path, content));
    return text ? { path, text: withoutMark(text) } : await unpack(path, workshop);
  } finally {
    await file.close();
  }
}

async function readWhole(path: string, file: FileHandle, size: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(size);
  const { bytesRead } = await told(path, 'read', file.read(buffer, 0, size, 0));
  return buffer.subarray(0, bytesRead);
}

/** Undefined for what is not small unpacked. */
async function unzipSmall(path: string, content: Buffer): Promise<Buffer | undefined> {
  try {
    return await unzipped(path, unzip(content, { maxOutputLength: SMALL_BYTES }));
  } catch (error) {
    if (hasCode(error, 'ERR_BUFFER_TOO_LARGE')) return undefined;
    throw error;
  }
}

async function unpack(
  path: string,
  { scratchFile, signal }: Pick<Workshop, 'scratchFile' | 'signal'>,
): Promise<PlainFile> {
  const plain = await scratchFile('txt');
  const file = await told(plain, 'written', open(plain, 'wx+'));
  try {
    const write = async (source: AsyncIterable<Uint8Array>) => {
      for await (const bytes of source) await told(plain, 'written', file.write(bytes));
    };
    const unpacked = pipeline(createReadStream(path), createGunzip(), write, { signal });
    await told(path, 'read', unzipped(path, unpacked));
    await assertLineLengths(path, file, (await file.stat()).size);
    return { path, plain };
  } finally {
    await file.close();
  }
}

const MARK = Buffer.from('\ufeff');

/** Without a byte order mark. */
export function withoutMark(content: Buffer): Buffer {
  const isMarked = content.subarray(0, MARK.length).equals(MARK);
  return isMarked ? content.subarray(MARK.length) : content;
}
