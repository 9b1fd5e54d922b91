import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

/**
 * Imports a module of this source tree, TypeScript and all, as one file in a folder that npm's own caches
 * use too.
 */
export async function importBundled(entry) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const dir = join(root, 'node_modules', '.cache', 'aml-monitor', `bundle-${process.pid}`);
  mkdirSync(dir, { recursive: true });
  try {
    const bundle = await rolldown({
      cwd: root,
      input: { main: entry },
      external: [/^@duckdb\//, /^@kusto\//],
      platform: 'node',
    });
    await bundle.write({ dir, entryFileNames: '[name].mjs', codeSplitting: false });
    await bundle.close();
    return await import(pathToFileURL(join(dir, 'main.mjs')).href);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
