import { CliError } from '../lib/errors.js';
import type { Presentation } from '../lib/settings.js';

/** A result without an end fits only what needs none. @throws {CliError} `usage` */
export function assertFollowFormat({ format, jmesPath }: Presentation): void {
  const hint = 'It takes -o text or -o jsonl.';
  if (jmesPath !== undefined) {
    throw new CliError('usage', '--follow has no end, so --query cannot be applied to it.', {
      hint,
    });
  }
  if (format === 'text' || format === 'jsonl') return;
  throw new CliError('usage', `--follow cannot print ${format}.`, { hint });
}
