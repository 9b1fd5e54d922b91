import { constants, promises } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { hasCode, told, unlessMissing } from './file-errors.js';
import { makeFolders } from './make-folders.js';

/** Who else is on this machine. */
export interface Processes {
  readonly ownPid: number;
  /**
   * What tells a process from an earlier one of its number, undefined if there is none now; `unknown` where the
   * system does not say.
   */
  readonly birthOf: (pid: number) => Promise<string | undefined>;
}

/** What this process holds, by what its lock files say. */
const held = new Set<string>();

/**
 * Takes a lock file. It names the process that holds it, so that the lock of a killed one is known as such at once.
 *
 * @returns what gives it back; undefined if another holds it
 */
export async function lockFile(
  path: string,
  processes: Processes,
): Promise<(() => Promise<void>) | undefined> {
  await told(path, 'written', makeFolders(dirname(path)));
  const { ownPid, birthOf } = processes;
  const own = `${hostname()} ${ownPid} ${crypto.randomUUID()} ${await birthOf(ownPid)}`;
  // As long as the file may be there, others in this process must know whose it is.
  held.add(own);
  let isTaken = false;
  try {
    isTaken = await takes(path, own, processes);
  } finally {
    if (!isTaken) held.delete(own);
  }
  if (!isTaken) return undefined;
  return async () => {
    if ((await readHolder(path)) === own) await promises.rm(path, { force: true });
    held.delete(own);
  };
}

/** Whether a lock file is there whose holder is gone. It is not touched. */
export async function isLeftLock(path: string, processes: Processes): Promise<boolean> {
  const holder = await readHolder(path);
  return holder !== undefined && !(await isHeld(holder, processes));
}

async function takes(path: string, own: string, processes: Processes): Promise<boolean> {
  for (;;) {
    if (await created(path, own)) return true;
    const holder = await readHolder(path);
    if (holder === undefined) continue;
    if (await isHeld(holder, processes)) return false;
    if (!(await removed(path, holder))) return false;
  }
}

async function created(path: string, own: string): Promise<boolean> {
  try {
    await promises.writeFile(path, own, { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    return told(path, 'written', Promise.reject(error));
  }
}

function readHolder(path: string): Promise<string | undefined> {
  return unlessMissing(promises.readFile(path, 'utf8'));
}

/** In a container that is started again the holder's number is often this process's own. */
async function isHeld(holder: string, { ownPid, birthOf }: Processes): Promise<boolean> {
  const [host, number, , birth = 'unknown'] = holder.split(' ');
  if (host !== hostname()) return true;
  const pid = Number(number);
  if (pid === ownPid) return held.has(holder);
  const now = await birthOf(pid);
  if (now === undefined) return false;
  return birth === now || birth === 'unknown' || now === 'unknown';
}

/**
 * Whoever renames a stale lock away was first; the other finds nothing, or the lock of the first, which goes back.
 *
 * @returns false if it was another's
 */
async function removed(path: string, holder: string): Promise<boolean> {
  const aside = `${path}.${crypto.randomUUID().slice(0, 8)}`;
  await unlessMissing(promises.rename(path, aside));
  const found = await readHolder(aside);
  const isOther = found !== undefined && found !== holder;
  if (isOther) {
    await promises.copyFile(aside, path, constants.COPYFILE_EXCL).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  }
  await promises.rm(aside, { force: true });
  return !isOther;
}
