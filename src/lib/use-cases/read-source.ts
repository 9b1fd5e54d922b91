import { resolve } from 'node:path';
import { CliError } from '../errors.js';
import type { Host } from '../host.js';

/**
 * The text of a file that the user named; `-` is stdin.
 *
 * @throws {CliError} `usage` if there is no such file
 */
export async function readSource(
  name: string,
  { cwd, files, stdin }: Pick<Host, 'cwd' | 'files' | 'stdin'>,
): Promise<string> {
  if (name === '-') return stdin.readAll();
  const path = resolve(cwd, name);
  const content = (await files.kind(path)) === 'file' ? await files.read(path) : undefined;
  if (content !== undefined) return content;
  throw new CliError('usage', `There is no file "${name}".`);
}
