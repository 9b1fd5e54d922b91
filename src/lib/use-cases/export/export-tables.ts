import { join } from 'node:path';
import { CliError, Interrupted } from '../../errors.js';
import type { Clock, Files, Report } from '../../host.js';
import type { Column } from '../../model/table.js';
import { formatDatetime, MAX_DATETIME_TICKS } from '../../model/ticks.js';
import { mapConcurrently } from '../map-concurrently.js';
import { reportDenied } from '../run-query.js';
import { fetchPieces } from './fetch-pieces.js';
import {
  type ExportIdentity,
  type FinishedFile,
  type Journal,
  openJournal,
  type Run,
  type RunBounds,
} from './journal.js';
import { type Counted, inOrder, remaining, type Split, splitKey } from './pieces.js';
import {
  type Asked,
  askColumns,
  askCount,
  askDenied,
  askFacts,
  askNow,
  askProfile,
  askUningested,
  type BoundSource,
  bindSource,
  type Facts,
  type Source,
} from './source.js';
import type { TableFiles } from './table-files.js';

export interface ExportRequest {
  readonly sources: readonly Source[];
  /** Where the files go. */
  readonly folder: string;
  /** As it was typed; what it means is worked out by the first run. */
  readonly time: ExportIdentity['time'];
  /** Ticks, from the service's clock. */
  readonly toRange: (now: bigint) => { readonly from: bigint | null; readonly to: bigint | null };
  readonly format: string;
  readonly split: Split;
  readonly isIncremental: boolean;
  readonly parallel: number;
}

export interface ExportPorts {
  readonly asked: Asked;
  readonly clock: Clock;
  readonly files: Files;
  readonly tableFiles: TableFiles;
  readonly progress: ExportProgress;
  readonly report: Pick<Report, 'note' | 'verbose'>;
}

export interface ExportProgress {
  readonly start: (
    source: string,
    amount: { readonly rows: number; readonly done: number },
  ) => void;
  readonly onRows: (rows: number) => void;
  readonly onBytes: (bytes: number) => void;
  readonly step: (message: string) => void;
}

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

/** Beside the files, hidden from whoever reads the folder. */
const OWN_FOLDER = '.aml-monitor-export';
/** Into how many bins a table is cut at first. */
const BINS = 5000;
/** How often rows that turned up late, or went away, are looked for. */
const ROUNDS = 4;

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
  const own = join(request.folder, OWN_FOLDER);
  const release = await files.lock(join(own, 'lock'));
  if (!release) {
    throw new CliError('usage', `Another export is writing to "${request.folder}".`, {
      hint: `Wait for it, or give another folder with --out. If there is none, remove ${join(own, 'lock')}.`,
    });
  }
  try {
    const journal = await openJournal(join(own, 'journal.jsonl'), files);
    const { run, isNew } = await startRun(journal, request, ports);
    if (isNew) {
      await sweep(journal, request, ports);
      for (const source of request.sources) await exportSource(source, { request, ports, journal });
      await journal.endRun();
      await files.remove(join(own, 'slices'));
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

/** Removes what a killed process left unfinished. */
async function sweep(
  journal: Journal,
  { folder, sources }: ExportRequest,
  { files, tableFiles }: ExportPorts,
): Promise<void> {
  const slices = join(folder, OWN_FOLDER, 'slices');
  const known = new Set(runOf(journal).slices.map(({ file }) => file));
  for (const name of await files.list(slices)) {
    if (!known.has(name)) await files.remove(join(slices, name));
  }
  for (const name of await files.list(folder)) {
    const isOwn = sources.some((source) => name.startsWith(source.name));
    const isUnfinished = name.includes(`.${tableFiles.extension}.`) && name.endsWith('.tmp');
    if (isOwn && isUnfinished) await files.remove(join(folder, name));
  }
}

function interrupted({ status }: Interrupted, { folder }: ExportRequest): Interrupted {
  return new Interrupted(
    status,
    `Interrupted. What came is kept in "${folder}": the same command goes on from there.`,
  );
}

/** The run to go on with, or a new one if there is something to do. */
async function startRun(
  journal: Journal,
  request: ExportRequest,
  ports: ExportPorts,
): Promise<{ readonly run: Run; readonly isNew: boolean }> {
  const identity: ExportIdentity = {
    component: ports.asked.component.toLowerCase(),
    format: request.format,
    split: request.split,
    time: request.time,
    sources: request.sources.map(({ name, kql }) => ({ name, kql })),
  };
  const known = journal.identity();
  if (known) assertSame(known, identity, request.folder);
  const last = journal.run();
  if (last && !last.isEnded) {
    ports.report.note(`Going on with the export that was begun in "${request.folder}".`);
    return { run: last, isNew: true };
  }
  if (last && !request.isIncremental) return { run: last, isNew: false };
  const now = await askNow(ports.asked);
  const bounds: RunBounds = last
    ? { from: last.from, to: last.to, after: last.until, until: now }
    : { ...request.toRange(now), after: null, until: now };
  if (!known) {
    await assertFree(request, ports);
    await journal.begin(identity);
  }
  await journal.beginRun(bounds);
  const run = journal.run();
  if (!run) throw new Error('A run that was begun is not there.');
  return { run, isNew: true };
}

/** @throws {CliError} `usage` if there is a file with a name that this export would use */
async function assertFree({ folder, sources }: ExportRequest, { files, tableFiles }: ExportPorts) {
  const ending = `.${tableFiles.extension}`;
  const taken = (await files.list(folder)).find((file) =>
    sources.some(
      ({ name }) =>
        file === name + ending || (file.startsWith(`${name}-`) && file.endsWith(ending)),
    ),
  );
  if (taken === undefined) return;
  throw new CliError(
    'usage',
    `In "${folder}" there is "${taken}" already, which no export wrote.`,
    {
      hint: 'Give another folder with --out.',
    },
  );
}

function assertSame(known: ExportIdentity, wished: ExportIdentity, folder: string): void {
  const differing = (['component', 'sources', 'time', 'format', 'split'] as const).find(
    (name) => JSON.stringify(known[name]) !== JSON.stringify(wished[name]),
  );
  if (differing === undefined) return;
  const what = {
    component: 'of another component',
    sources: `of ${known.sources.map(({ name }) => name).join(', ')}`,
    time: 'of another time range',
    format: `in the format ${known.format}`,
    split: `with --split ${known.split}`,
  }[differing];
  throw new CliError('usage', `The folder "${folder}" holds another export, ${what}.`, {
    hint: 'Give another folder with --out.',
  });
}

interface Work {
  readonly request: ExportRequest;
  readonly ports: ExportPorts;
  readonly journal: Journal;
}

function runOf(journal: Journal): Run {
  const run = journal.run();
  if (run) return run;
  throw new Error('There is no run.');
}

async function exportSource(source: Source, work: Work): Promise<void> {
  const { journal } = work;
  if (runOf(journal).proven[source.name] === undefined) {
    const bound = bindSource(source, await columnsOf(source, work), runOf(journal));
    await fetchAll(bound, work);
  }
  await writeFiles(source, work);
}

async function columnsOf(
  { name, ...source }: Source,
  { journal, ports }: Work,
): Promise<readonly Column[]> {
  const known = runOf(journal).columns[name];
  if (known) return known;
  const columns = await askColumns(ports.asked, { name, ...source });
  await journal.setColumns(name, columns);
  return columns;
}

/** Rounds of fetching what is missing, until as many rows are here as the service counts. */
async function fetchAll(wished: BoundSource, work: Work): Promise<void> {
  const { request, ports, journal } = work;
  const { asked, progress } = ports;
  const folder = join(request.folder, OWN_FOLDER, 'slices');
  await dropMissing(wished, folder, work);
  const slices = () => runOf(journal).slices.filter((slice) => slice.source === wished.name);
  const here = () => slices().reduce((sum, { rows }) => sum + rows, 0);
  let number = Math.max(0, ...runOf(journal).slices.map(({ file }) => Number.parseInt(file, 10)));
  progress.step(`Counting the rows of ${wished.name}`);
  let facts = await askFacts(asked, wished);
  if (facts.rows === 0) await explainEmpty(wished, ports);
  const source = cuttable(wished, facts, request.split);
  for (let round = 0; round < ROUNDS && (round === 0 || here() !== facts.rows); round++) {
    if (round > 0) await dropWrong(source, slices(), work);
    const bins = await binsOf(source, facts, work);
    progress.start(source.name, { rows: facts.rows, done: here() });
    await fetchPieces(source, remaining(bins, slices()), request, {
      ...ports,
      say: ports.report.verbose,
      folder,
      nextName: () => {
        number += 1;
        return `${String(number).padStart(6, '0')}.${ports.tableFiles.extension}`;
      },
      onRows: progress.onRows,
      onSlice: async (slice) => {
        await journal.addSlice(slice);
        progress.onBytes(slice.bytes);
      },
    });
    facts = await askFacts(asked, source);
  }
  if (here() !== facts.rows) {
    const message = `Of ${facts.rows} rows of "${source.name}" ${here()} are here: their number changes while they are read.`;
    throw new CliError('incomplete', message, { hint: 'The same command goes on from here.' });
  }
  await journal.prove(source.name, facts.rows);
}

/** What somebody has removed from the folder is fetched again. */
async function dropMissing({ name }: BoundSource, folder: string, { ports, journal }: Work) {
  const there = new Set(await ports.files.list(folder));
  for (const { source, file } of runOf(journal).slices) {
    if (source === name && !there.has(file)) await journal.drop(file);
  }
}

/** Pieces that the service counts differently by now are fetched again. */
async function dropWrong(
  source: BoundSource,
  slices: Run['slices'],
  { request, ports, journal }: Work,
): Promise<void> {
  ports.progress.step(`Looking for rows of ${source.name} that changed`);
  await mapConcurrently(slices, request.parallel, async (slice) => {
    const rows = await askCount(ports.asked, source, slice);
    if (rows !== slice.rows) await journal.drop(slice.file);
  });
}

async function binsOf(
  source: BoundSource,
  { rows, bytes, first, last }: Facts,
  { request, ports }: Work,
): Promise<readonly Counted[]> {
  if (rows === 0) return [];
  const whole: Counted = {
    from: first ?? 0n,
    to: (last ?? MAX_DATETIME_TICKS) + 1n,
    rows,
    bytes,
    isExact: true,
  };
  if (source.timeColumn === null || first === null || last === null) return [whole];
  return askProfile(ports.asked, source, whole, { count: BINS, split: request.split });
}

/** Rows without a time can only be cut by hash. @throws {CliError} `usage` if files of a day or an hour were asked for */
function cuttable(source: BoundSource, { rows, untimed }: Facts, split: Split): BoundSource {
  if (source.timeColumn !== null && untimed === 0) return source;
  if (split === 'none' || rows === 0) return { ...source, timeColumn: null };
  const message = `Rows of "${source.name}" have no timestamp, so that no file of a ${split} is theirs.`;
  throw new CliError('usage', message, {
    hint: 'Leave --split out, or keep timestamp in the KQL.',
  });
}

/** @throws {CliError} `auth` if the caller may not read the table; `unsupported` if its rows cannot be told from later ones */
async function explainEmpty(source: BoundSource, { asked, report }: ExportPorts): Promise<void> {
  if (!source.isTable) return;
  const untold = await askUningested(asked, source);
  if (untold > 0) {
    const message = `${untold} rows of "${source.name}" do not tell when they were ingested.`;
    throw new CliError('unsupported', message, {
      hint: `Copy what there is now with --kql ${source.kql}.`,
    });
  }
  const denied = await askDenied(asked, source);
  if (denied.length > 0) reportDenied(denied, source.kql, report);
}

/** The slices of a source as the files that it is exported to; slices that are in a file go. */
async function writeFiles({ name }: Source, { request, ports, journal }: Work): Promise<void> {
  const { files, tableFiles, asked, progress } = ports;
  const folder = join(request.folder, OWN_FOLDER, 'slices');
  const { number, slices, columns } = runOf(journal);
  const own = slices.filter(({ source }) => source === name).sort(inOrder);
  const keys = new Set(own.map(({ from }) => splitKey(from, request.split)));
  for (const key of keys) {
    const group = own.filter(({ from }) => splitKey(from, request.split) === key);
    const suffix = `${key && `-${key}`}${number > 1 ? `_${number}` : ''}`;
    const file = `${name}${suffix}.${tableFiles.extension}`;
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
