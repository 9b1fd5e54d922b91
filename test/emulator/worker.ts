import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { temporaryFolder } from '../support/host.js';

/**
 * A program of its own, to be killed.
 *
 * @param module of the local cloud, below its folder; the script imports it as `./module.mjs`
 */
export async function buildWorker(
  module: string,
  script: string,
): Promise<(...args: readonly (string | number)[]) => ChildProcess> {
  const bin = await temporaryFolder();
  const bundle = await rolldown({
    input: join(import.meta.dirname, '../../src/lib/emulator', module),
    platform: 'node',
    resolve: { mainFields: ['module', 'main'] },
  });
  await bundle.write({ file: join(bin, 'module.mjs'), codeSplitting: false });
  const path = join(bin, 'worker.mjs');
  await writeFile(path, script);
  return (...args) => spawn(process.execPath, [path, ...args.map(String)]);
}

export const exitOf = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once('exit', resolve));
