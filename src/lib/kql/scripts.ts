import type { Script } from './scripts/script.js';

/** The scripts that SQL may call, loaded only if it does; undefined if it calls none. */
export async function loadScripts(
  sql: string,
): Promise<Readonly<Record<string, Script>> | undefined> {
  if (!sql.includes('script_')) return undefined;
  const { SCRIPTS } = await import('./scripts/all.js');
  if (!/script_geo_\w*h3cell/.test(sql)) return SCRIPTS;
  const { H3_CELLS } = await import('./scripts/geo-h3.js');
  return { ...SCRIPTS, ...H3_CELLS };
}
