import type { Connection } from '../duckdb/ask.js';
import { ofFiles } from '../duckdb/files.js';
import { type FoundFile, findFiles, readStart } from '../duckdb/find-files.js';
import { CliError } from '../errors.js';
import { isCollectedRecord } from '../model/csv-record.js';
import type { DatasetSource } from './datasets.js';

/** See `Datasets.find`. An empty file is whatever the others are, and so is one that does not tell. */
export async function findSource(
  patterns: readonly string[],
  cwd: string,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<DatasetSource> {
  const found = await findFiles(patterns, cwd, connection);
  const files = found.map(({ path }) => path);
  const kinds = new Map<Format, FoundFile>();
  let guess: Format | undefined;
  const look = async (file: FoundFile) => ({ file, looks: await looksLike(file) });
  for await (const { file, looks } of ofFiles(found, look, signal)) {
    if (looks?.isSure && !kinds.has(looks.format)) kinds.set(looks.format, file);
    guess ??= looks?.format;
  }
  const [first, second] = kinds;
  if (first && second) {
    const message = `"${first[1].shown}" is ${NAMES[first[0]]}, "${second[1].shown}" ${NAMES[second[0]]}.`;
    throw new CliError('usage', message, { hint: 'Name files of one kind.' });
  }
  return { format: first?.[0] ?? guess ?? ofNothing(found), files };
}

/** What files are that are all empty. */
function ofNothing([file]: readonly FoundFile[]): Format {
  if (file?.kind === 'csv') return 'csv';
  return file && PLACES.v2.test(slashed(file)) ? 'v2' : 'jsonl';
}

function slashed({ path }: FoundFile): string {
  return path.replaceAll('\\', '/');
}

type Format = DatasetSource['format'];

const NAMES: Readonly<Record<Format, string>> = {
  parquet: 'Parquet',
  csv: 'CSV',
  jsonl: 'JSON lines',
  v1: 'collected by v1',
  v2: 'collected by v2',
};

interface Looks {
  readonly format: Format;
  /** False: it is that if no other file says otherwise. */
  readonly isSure: boolean;
}

/**
 * Where the collectors put their files, whatever is in front of it: v2 below a folder of its own; v1 below subscription,
 * group, workspace, service, model, version and identifier, by day.
 */
const PLACES = {
  v1: /(^|\/)[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}(\/[^/]+){6}\/\d{4}\/\d{2}\/\d{2}\/[^/]+$/i,
  v2: /(^|\/)modelDataCollector\//i,
};

/** Of the events of v2 every line has this; the first line may be cut. */
const EVENT = /^[^\n]*"type"\s*:\s*"azureml\.inference\./m;

async function looksLike(file: FoundFile): Promise<Looks | undefined> {
  if (file.kind === 'parquet') return { format: 'parquet', isSure: true };
  const start = await readStart(file);
  if (start.trim() === '') return undefined;
  const path = slashed(file);
  const lines = start.split(/\r\n?|\n/).filter((line) => line.trim() !== '');
  if (file.kind === 'csv') {
    const isCollected = PLACES.v1.test(path) || lines.some(isCollectedRecord);
    return { format: isCollected ? 'v1' : 'csv', isSure: true };
  }
  if (PLACES.v2.test(path) || EVENT.test(start)) return { format: 'v2', isSure: true };
  // The member that tells may stand behind what was read of the line.
  return { format: 'jsonl', isSure: lines.some(isJson) };
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
