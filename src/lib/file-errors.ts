import { getSystemErrorMap } from 'node:util';
import { CliError } from './errors.js';

/**
 * Work on a file; what the system says against it as a sentence.
 *
 * @throws {CliError} `usage`: what is wrong with a file is the user's to mend
 */
export async function told<T>(
  path: string,
  done: 'read' | 'written',
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const known = systemError(error);
    if (known === undefined) throw error;
    const message = `The file "${path}" cannot be ${done}: ${known.reason}.`;
    throw new CliError('usage', message, { code: known.code }, error);
  }
}

/** What the system calls an error of its own, such as `ENOSPC`, and says of it; undefined for other errors. */
export function systemError(
  error: unknown,
): { readonly code: string; readonly reason: string } | undefined {
  const errno = error instanceof Error && 'errno' in error ? Number(error.errno) : Number.NaN;
  const [code, reason] = getSystemErrorMap().get(errno) ?? [];
  return code === undefined || reason === undefined ? undefined : { code, reason };
}

/** Undefined for a file that is not there. */
export async function unlessMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** Whether the system named one of these as what went wrong. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
