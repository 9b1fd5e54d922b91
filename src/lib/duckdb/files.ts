import { access, constants } from 'node:fs/promises';
import { CliError } from '../errors.js';

/** @throws {CliError} `not-found` for the first file that cannot be read; DuckDB would speak of patterns */
export async function assertFiles(files: readonly string[]): Promise<void> {
  for (const file of files) {
    await access(file, constants.R_OK).catch((cause: unknown) => {
      throw new CliError('not-found', `The rows in ${file} cannot be read.`, {}, cause);
    });
  }
}
