import { CliError } from '../errors.js';
import { systemError } from '../file-errors.js';

/** What the system says against the folder of the state as a sentence; anything else as it is. */
export function asStateError(error: unknown, folder: string): unknown {
  const { code, reason } = systemError(error) ?? {};
  if (error instanceof CliError || code === undefined) return error;
  const message = `The local cloud cannot keep its state in "${folder}": ${reason}.`;
  const hint =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'Make room there, or name another folder with --local-dir.'
      : 'Name another folder with --local-dir.';
  return new CliError('usage', message, { hint, code }, error);
}
