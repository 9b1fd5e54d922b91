import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode, unlessMissing } from './file-errors.js';

/**
 * Makes a folder and those that it is in, where they are missing. Node's own `recursive` never ends where a folder is
 * there and yet nothing can be made in it for want of it, as in /proc (Node 20 and 24).
 */
export async function makeFolders(path: string, mode = 0o777): Promise<void> {
  try {
    await mkdir(path, mode);
  } catch (error) {
    const found = await unlessMissing(stat(path));
    if (found?.isDirectory()) return;
    const parent = dirname(path);
    if (!hasCode(error, 'ENOENT') || parent === path) throw error;
    await makeFolders(parent, mode);
    // Whatever it is now is the reason.
    await mkdir(path, mode).catch(async (reason: unknown) => {
      if (!(hasCode(reason, 'EEXIST') && (await stat(path)).isDirectory())) throw reason;
    });
  }
}
