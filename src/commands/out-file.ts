import { extname, resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { CliError } from '../lib/errors.js';
import type { Host, NewFile, Output, Report } from '../lib/host.js';
import { sizeText } from '../lib/model/size.js';
import type { BinaryFormat, Format, SettingsOptions } from '../lib/settings.js';

export const outOption = new Option(
  '--out <file>',
  'write the result to this file; without -o its ending says the format',
);

const FORMAT_OF_ENDING: Readonly<Record<string, Format | BinaryFormat>> = {
  '.parquet': 'parquet',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.txt': 'text',
};

interface OutOptions extends SettingsOptions {
  readonly out?: string | undefined;
  readonly follow?: true | undefined;
}

/**
 * The format that `-o` and `--out` mean together; undefined: what the settings say.
 *
 * @throws {CliError} `usage` if they contradict each other, or leave it open
 */
export function outputFormat({
  output,
  out,
  query,
  follow,
}: OutOptions): SettingsOptions['output'] {
  if (out === undefined) {
    if (output !== 'parquet') return output;
    throw new CliError('usage', 'Parquet is for files, not for a terminal or a pipe.', {
      hint: 'Add --out FILE, such as --out traces.parquet.',
    });
  }
  if (follow) {
    throw new CliError('usage', '--follow has no end, so its --out would never be whole.', {
      hint: 'Write to a file as it comes: -o jsonl > FILE.',
    });
  }
  if (output === 'none') throw new CliError('usage', '-o none leaves nothing for --out.');
  const format = output ?? FORMAT_OF_ENDING[extname(out).toLowerCase()];
  if (format === undefined) {
    throw new CliError('usage', `The ending of "${out}" names no format.`, {
      hint: 'Say it with -o, such as -o jsonl.',
    });
  }
  if (format === 'parquet' && query !== undefined) {
    throw new CliError('usage', '--query makes JSON of the result, and Parquet takes its rows.', {
      hint: 'Choose rows and columns in the KQL, or write -o json.',
    });
  }
  return format;
}

/** A file that takes the place of stdout. */
export interface Target {
  readonly file: NewFile;
  readonly stdout: Output;
}

/** Does the work, which answers how many rows went to the file; keeps the file only if nothing failed, and says so. */
export async function writeOut(
  path: string,
  { host, report }: { readonly host: Host; readonly report: Report },
  work: (target: Target) => Promise<number>,
): Promise<void> {
  const file = await host.files.create(resolve(host.cwd, path));
  const stdout: Output = {
    isTty: false,
    columns: () => undefined,
    write: file.write,
    closed: new AbortController().signal,
  };
  try {
    const rows = await work({ file, stdout });
    const size = sizeText(await file.keep());
    report.note(`Wrote ${rows === 1 ? '1 row' : `${rows} rows`}, ${size}, to "${path}".`);
  } catch (error) {
    await file.discard();
    report.note(file.replaces ? `"${path}" is as it was.` : `"${path}" was not written.`);
    throw error;
  }
}
