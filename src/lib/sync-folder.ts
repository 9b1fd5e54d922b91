import { open } from 'node:fs/promises';
import { hasCode } from './file-errors.js';

/** Puts the names in a folder on the disk, so that a power cut does not take back a file that was just renamed. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    // Windows opens no folders, and some file systems sync none: there it is as safe as it can be.
    if (!hasCode(error, 'EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP')) throw error;
  }
}
