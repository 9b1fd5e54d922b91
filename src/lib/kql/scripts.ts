import type { Script } from './scripts/script.js';

/** The scripts that SQL may call, loaded only if it does; undefined if it calls none. */
export async function loadScripts(
  sql: string,
): Promise<Readonly<Record<string, Script>> | undefined> {
  if (!sql.includes('script_')) return undefined;
  return (await import('./scripts/all.js')).SCRIPTS;
}
