import type { Connection } from '../duckdb/ask.js';
import { ofFiles } from '../duckdb/files.js';
import { type FoundFile, findFiles, readStart } from '../duckdb/find-files.js';
import { CliError } from '../errors.js';
import { V1_MARKS } from '../model/csv-record.js';
import type { DatasetSource } from './datasets.js';

/** See `Datasets.find`. An empty file is whatever the others are. */
export async function findSource(
  patterns: readonly string[],
  cwd: string,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<DatasetSource> {
  const found = await findFiles(patterns, cwd, connection);
  const kinds = new Map<DatasetSource['format'], FoundFile>();
  const look = async (file: FoundFile) => ({ file, format: await formatOf(file) });
  for await (const { file, format } of ofFiles(found, look, signal)) {
    if (format && !kinds.has(format)) kinds.set(format, file);
  }
  const [first, second] = kinds;
  if (first && second) {
    const message = `"${first[1].shown}" is ${NAMES[first[0]]}, "${second[1].shown}" ${NAMES[second[0]]}.`;
    throw new CliError('usage', message, { hint: 'Name files of one kind.' });
  }
  return { format: first?.[0] ?? 'v2', files: found.map(({ path }) => path) };
}

const NAMES: Readonly<Record<DatasetSource['format'], string>> = {
  parquet: 'Parquet',
  csv: 'CSV',
  jsonl: 'JSON lines',
  v1: 'collected by v1',
  v2: 'collected by v2',
};

/** Of the events of v2 every line has this. */
const EVENT = /^[^\n]*"type"\s*:\s*"azureml\.inference\./;

async function formatOf(file: FoundFile): Promise<DatasetSource['format'] | undefined> {
  if (file.kind === 'parquet') return 'parquet';
  const start = await readStart(file);
  if (start.trim() === '') return undefined;
  if (file.kind === 'json') return EVENT.test(start.trimStart()) ? 'v2' : 'jsonl';
  const [line = ''] = start.split('\n', 1);
  return line.includes(V1_MARKS[0]) ? 'v1' : 'csv';
}
