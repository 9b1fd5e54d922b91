import { lstat, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode, unlessMissing } from './file-errors.js';

/**
 * Makes a folder and those that it is in, where they are missing. Node's own `recursive` never ends where a folder is
 * there and yet nothing can be made in it for want of it, as in /proc (Node 20 and 24).
 */
export async function makeFolders(path: string, mode = 0o777): Promise<void> {
  const reason = await whyNotMade(path, mode);
  if (reason === undefined) return;
  const parent = dirname(path);
  if (!hasCode(reason, 'ENOENT') || parent === path) throw reason;
  await makeFolders(parent, mode);
  const lastReason = await whyNotMade(path, mode);
  if (lastReason !== undefined) throw lastReason;
}

/** Undefined: the folder is there. One that was there, and that another has removed since, is made anew. */
async function whyNotMade(path: string, mode: number): Promise<unknown> {
  for (;;) {
    try {
      await mkdir(path, mode);
      return undefined;
    } catch (error) {
      const found = await unlessMissing(lstat(path));
      const behind = found?.isSymbolicLink() ? await unlessMissing(stat(path)) : found;
      if (behind?.isDirectory()) return undefined;
      if (found || !hasCode(error, 'EEXIST')) return error;
    }
  }
}
