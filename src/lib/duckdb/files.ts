import { access, constants, type FileHandle, open } from 'node:fs/promises';
import { CliError } from '../errors.js';
import { hasCode, systemError } from '../file-errors.js';

/** Files that are open at once: as many as keep the disk at work. */
const AT_ONCE = 64;

/** What work gives of each of many files, in their order, some at a time. */
export async function* ofFiles<T, U>(
  files: readonly T[],
  work: (file: T) => Promise<U>,
  signal?: AbortSignal,
): AsyncGenerator<U> {
  for (let at = 0; at < files.length; at += AT_ONCE) {
    signal?.throwIfAborted();
    yield* await Promise.all(files.slice(at, at + AT_ONCE).map(work));
  }
}

/** @throws {CliError} `not-found` for the first file that cannot be read; DuckDB would speak of patterns */
export async function assertFiles(files: readonly string[], signal?: AbortSignal): Promise<void> {
  const reach = (file: string) => reached(file, access(file, constants.R_OK));
  for await (const _ of ofFiles(files, reach, signal));
}

/** @throws {CliError} `not-found` if it cannot be */
export function openToRead(file: string): Promise<FileHandle> {
  return reached(file, open(file));
}

function reached<T>(file: string, work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => {
    const reason = systemError(cause)?.reason;
    const message = `The rows in ${file} cannot be read${reason === undefined ? '' : `: ${reason}`}.`;
    const hint = 'If a download brought it, the same download brings it again.';
    throw new CliError('not-found', message, hasCode(cause, 'ENOENT') ? { hint } : {}, cause);
  });
}
