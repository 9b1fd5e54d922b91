import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from '../../file-errors.js';
import { makeFolders } from '../../make-folders.js';

/** Replaces a file whole: nobody ever reads half of it. */
export async function replaceFile(path: string, content: string | Uint8Array, mode = 0o600) {
  const temporary = await writeTemporary(path, content, mode);
  try {
    await renameOver(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Writes a file unless somebody was faster; answers the content that is there in the end. */
export async function createFileOnce(path: string, content: string, mode = 0o600): Promise<string> {
  const temporary = await writeTemporary(path, content, mode);
  try {
    await link(temporary, path);
    return content;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    return await readFile(path, 'utf8');
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The text of a file, undefined if there is none. */
export async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}

async function writeTemporary(path: string, content: string | Uint8Array, mode: number) {
  await makeFolders(dirname(path));
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, content, { mode, flag: 'wx' });
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return temporary;
}

/** Windows refuses to replace a file that a reader holds open; the reader is done in a moment. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      if (attempt === 20 || !hasCode(error, 'EPERM', 'EACCES', 'EBUSY')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5 * attempt));
    }
  }
}
