import { randomUUID } from 'node:crypto';
import { access, constants, type FileHandle, open, rm, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CliError } from '../../errors.js';
import { hasCode } from '../../file-errors.js';
import { makeFolders } from '../../make-folders.js';
import { readText } from './files.js';

/** A holder touches its file while it works. One that is this old has died without saying so. */
const STALE_MS = 10_000;
const TOUCH_MS = 2000;
const GIVE_UP_MS = 60_000;

const queues = new Map<string, Promise<unknown>>();

/** Runs `work` while no other caller, in this process or another, holds the same lock file. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const previous = queues.get(path) ?? Promise.resolve();
  const turn = previous.then(() => locked(path, work));
  const settled = turn.catch(() => undefined);
  queues.set(path, settled);
  try {
    return await turn;
  } finally {
    if (queues.get(path) === settled) queues.delete(path);
  }
}

async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const token = randomUUID();
  await makeFolders(dirname(path));
  const started = Date.now();
  while (!(await tryCreate(path, token))) {
    await breakIfStale(path);
    if (Date.now() - started > GIVE_UP_MS) throw heldForTooLong(path);
    await new Promise((resolve) => setTimeout(resolve, 2 + Math.random() * 10));
  }
  const touch = () => utimes(path, new Date(), new Date()).catch(() => undefined);
  const touching = setInterval(touch, TOUCH_MS);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    // After a suspended machine the lock may be somebody else's by now.
    if ((await readText(path)) === token) await rm(path, { force: true });
  }
}

function heldForTooLong(path: string): CliError {
  const message = `Another process has held the local cloud in ${dirname(path)} for a minute.`;
  return new CliError('timeout', message, { hint: `If there is none any more, remove ${path}.` });
}

async function tryCreate(path: string, token: string): Promise<boolean> {
  const file = await openNew(path);
  if (!file) return false;
  try {
    await file.writeFile(token);
  } catch (error) {
    // Without room for the token nobody is to wait for a file that has none.
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return true;
}

/** Undefined where there is one, or is just being removed. */
async function openNew(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return undefined;
    // Windows says so of a file that is just being removed too; a folder that cannot be written to stays so.
    if (!hasCode(error, 'EPERM', 'EACCES')) throw error;
    await access(dirname(path), constants.W_OK);
    return undefined;
  }
}

/**
 * Two waiters may both find a lock stale, and the slower must not remove the lock that the faster has
 * taken since. So only the holder of a second file removes, after looking again.
 */
async function breakIfStale(path: string): Promise<void> {
  if (!(await isStale(path))) return;
  const breaker = `${path}.break`;
  if (!(await tryCreate(breaker, ''))) {
    if (await isStale(breaker)) await rm(breaker, { force: true });
    return;
  }
  try {
    if (await isStale(path)) await rm(path, { force: true });
  } finally {
    await rm(breaker, { force: true });
  }
}

/** By the file system's clock on both sides: the local cloud's own `now` may be a test's. */
async function isStale(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > STALE_MS;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
