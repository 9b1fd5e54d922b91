import { CliError } from '../errors.js';

export function isZipped(path: string): boolean {
  return /\.gz$/i.test(path);
}

/**
 * Work that unpacks a file.
 *
 * @throws {CliError} `usage` if that is no gzip, or not all of one
 */
export async function unzipped<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('Z_')) throw error;
    const isCut = code === 'Z_BUF_ERROR';
    const message = `"${path}" is ${isCut ? 'cut off: its gzip has no end' : 'no gzip, or a damaged one'}.`;
    throw new CliError('usage', message, { hint: 'Get it again, or leave it out.' }, error);
  }
}
