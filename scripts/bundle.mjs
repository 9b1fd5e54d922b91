import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

/**
 * Imports a module of this source tree, TypeScript and all, as one bundle in a folder that npm's own caches
 * use too. The folder goes at once, so `warm` has to load what is loaded lazily.
 */
export async function importBundled(entry, warm = () => {}) {
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
    await bundle.write({ dir, entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' });
    await bundle.close();
    const module = await import(pathToFileURL(join(dir, 'main.mjs')).href);
    await warm(module);
    return module;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
