import { CliError } from '../errors.js';

/** Texts of DuckDB, which tells failures apart by nothing else. */
const SHORT_OF: readonly (readonly [RegExp, string])[] = [
  [/^Out of Memory Error/, 'memory than it may use'],
  [/No space left on device|failed to offload data block/i, 'room on the disk than there is'],
];

/**
 * What to say where DuckDB has not enough of something; undefined for any other failure.
 *
 * @param what it was doing, as a subject: `Describing that many rows`
 * @param hint the next step
 */
export function shortage(cause: unknown, what: string, hint: string): CliError | undefined {
  if (!(cause instanceof Error)) return undefined;
  const [, lacking] = SHORT_OF.find(([text]) => text.test(cause.message)) ?? [];
  if (lacking === undefined) return undefined;
  return new CliError('service', `${what} takes more ${lacking}.`, { hint }, cause);
}

/** Of work on the rows of files; see `shortage`. */
export function shortageOf(files: readonly string[], cause: unknown): CliError | undefined {
  const [first] = files;
  const shown = files.length === 1 ? `"${first}"` : `${files.length} files such as "${first}"`;
  const hint =
    'Read fewer files at once, or rows with fewer columns. TMPDIR names the folder of what is kept meanwhile.';
  return shortage(cause, `Reading ${shown}`, hint);
}
