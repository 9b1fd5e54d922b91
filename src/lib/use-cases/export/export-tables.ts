import { join } from 'node:path';
import { CliError, Interrupted } from '../../errors.js';
import { formatDatetime } from '../../model/ticks.js';
import {
  type ExportPorts,
  type ExportRequest,
  fileOf,
  ownPath,
  runOf,
  type Work,
  waitingSlices,
} from './export-work.js';
import { columnsOf, fetchAll } from './fetch-source.js';
import { type FinishedFile, openJournal } from './journal.js';
import { inOrder } from './pieces.js';
import { bindSource, type Source } from './source.js';
import { startRun, sweep } from './start-run.js';

/** What there is now of one table. */
export interface Exported {
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
  readonly files: readonly string[];
  /** Rows that were ingested up to this instant are in the files: ISO 8601. */
  readonly until: string;
  /** False: it was complete before. */
  readonly isNew: boolean;
}

/**
 * Copies tables into files, all rows that were ingested until the run began. What an interrupted run has done stays
 * done.
 *
 * @throws {CliError} `usage` for a folder that holds another export, or is in use; `incomplete` if the service counts
 * other rows than came
 */
export async function exportTables(
  request: ExportRequest,
  ports: ExportPorts,
): Promise<readonly Exported[]> {
  const { files } = ports;
  const release = await files.lock(ownPath(request, 'lock'));
  if (!release) {
    throw new CliError('usage', `Another export is writing to "${request.folder}".`, {
      hint: `Wait for it, or give another folder with --out. If there is none, remove ${ownPath(request, 'lock')}.`,
    });
  }
  try {
    const journal = await openJournal(ownPath(request, 'journal.jsonl'), files);
    const { run, isNew } = await startRun(journal, request, ports);
    if (isNew) {
      await sweep(journal, request, ports);
      for (const source of request.sources) await exportSource(source, { request, ports, journal });
      await journal.endRun();
      await files.remove(ownPath(request, 'slices'));
    }
    const written = isNew ? runOf(journal).files : journal.files();
    return request.sources.map(({ name }) => exportedOf(name, written, run.until, isNew));
  } catch (error) {
    if (!(ports.asked.signal.reason instanceof Interrupted)) throw error;
    throw interrupted(ports.asked.signal.reason, request);
  } finally {
    await release();
  }
}

function interrupted({ status }: Interrupted, { folder }: ExportRequest): Interrupted {
  return new Interrupted(
    status,
    `Interrupted. What came is kept in "${folder}": the same command goes on from there.`,
  );
}

async function exportSource(source: Source, work: Work): Promise<void> {
  const { journal } = work;
  await dropDamaged(source.name, work);
  if (runOf(journal).proven[source.name] === undefined) {
    const bound = bindSource(source, await columnsOf(source, work), runOf(journal));
    await fetchAll(bound, work);
  }
  await writeFiles(source, work);
}

/** What somebody has removed from the folder, or a power cut has left shorter than it was, is fetched again. */
async function dropDamaged(source: string, work: Work): Promise<void> {
  const { request, ports, journal } = work;
  const folder = ownPath(request, 'slices');
  for (const { file, bytes } of waitingSlices(source, work)) {
    const found = await ports.files.look(join(folder, file));
    if (found?.sizeBytes !== bytes) await journal.drop(file);
  }
}

/** The slices of a source as the files that it is exported to; slices that are in a file go. */
async function writeFiles({ name }: Source, work: Work): Promise<void> {
  const { request, ports, journal } = work;
  const { files, tableFiles, asked, progress } = ports;
  const folder = ownPath(request, 'slices');
  const { slices, columns } = runOf(journal);
  const own = slices.filter(({ source }) => source === name).sort(inOrder);
  for (const file of new Set(own.map((slice) => fileOf(slice, work)))) {
    const group = own.filter((slice) => fileOf(slice, work) === file);
    const pieces = group.map((slice) => join(folder, slice.file));
    if (!runOf(journal).files.some((one) => one.name === file)) {
      progress.step(`Writing ${file}`);
      const path = join(request.folder, file);
      const { sizeBytes } = await tableFiles.join(pieces, path, {
        columns: columns[name] ?? [],
        signal: asked.signal,
      });
      const rows = group.reduce((sum, slice) => sum + slice.rows, 0);
      await journal.addFile({ source: name, name: file, rows, bytes: sizeBytes });
    }
    for (const piece of pieces) await files.remove(piece);
  }
}

function exportedOf(
  name: string,
  all: readonly FinishedFile[],
  until: bigint,
  isNew: boolean,
): Exported {
  const files = all.filter(({ source }) => source === name);
  const sum = (what: 'rows' | 'bytes') => files.reduce((total, file) => total + file[what], 0);
  return {
    table: name,
    rows: sum('rows'),
    bytes: sum('bytes'),
    files: files.map((file) => file.name),
    until: formatDatetime(until),
    isNew,
  };
}
