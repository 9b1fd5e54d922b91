import { CliError } from '../../errors.js';
import type { Files } from '../../host.js';
import type { Column } from '../../model/table.js';
import type { Part, Piece } from './pieces.js';

/** What a folder is an export of: the same command line has the same. */
export interface ExportIdentity {
  readonly component: string;
  readonly format: string;
  readonly split: string;
  /** As it was typed. */
  readonly time: { readonly since?: string; readonly from?: string; readonly to?: string };
  readonly sources: readonly { readonly name: string; readonly kql: string }[];
}

/** Rows that are on the disk, in a file of their own until they are in one of the export's. */
export interface Slice extends Piece {
  readonly source: string;
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
}

export interface FinishedFile {
  readonly source: string;
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
}

/** Instants are ticks; null: no border. */
export interface RunBounds {
  readonly from: bigint | null;
  readonly to: bigint | null;
  /** Rows ingested later than the first and not later than the second belong to the run. */
  readonly after: bigint | null;
  readonly until: bigint;
  /** Rows ingested up to here were all to be seen when the run began; later ones may turn up afterwards. */
  readonly settled: bigint;
}

export interface Proof {
  readonly rows: number;
  /** How many of them were ingested after `settled`. */
  readonly unsettled: number;
}

/** One way through the command, from its start to its proof, however often it was interrupted. */
export interface Run extends RunBounds {
  readonly number: number;
  readonly slices: readonly Slice[];
  readonly files: readonly FinishedFile[];
  readonly columns: Readonly<Record<string, readonly Column[]>>;
  /** Sources whose rows are proven complete. */
  readonly proven: Readonly<Record<string, Proof>>;
  readonly isEnded: boolean;
}

type Entry =
  | ({ readonly kind: 'export'; readonly version: 2 } & ExportIdentity)
  | { readonly kind: 'run'; readonly number: number; readonly bounds: Bounds }
  | { readonly kind: 'columns'; readonly source: string; readonly columns: readonly Column[] }
  | { readonly kind: 'slice'; readonly slice: SliceText }
  | { readonly kind: 'dropped'; readonly file: string }
  | ({ readonly kind: 'proven'; readonly source: string } & Proof)
  | { readonly kind: 'file'; readonly file: FinishedFile }
  | { readonly kind: 'end'; readonly number: number };

type Bounds = { readonly [Name in keyof RunBounds]: string | null };
type SliceText = Omit<Slice, 'from' | 'to' | 'part'> & {
  readonly from: string;
  readonly to: string;
  readonly part?: Part;
};

/** What is known of an export, and the file that tells it to whoever comes later. */
export interface Journal {
  readonly identity: () => ExportIdentity | undefined;
  /** The latest run; undefined before the first. */
  readonly run: () => Run | undefined;
  /** Files of all runs. */
  readonly files: () => readonly FinishedFile[];
  readonly begin: (identity: ExportIdentity) => Promise<void>;
  readonly beginRun: (bounds: RunBounds) => Promise<void>;
  readonly setColumns: (source: string, columns: readonly Column[]) => Promise<void>;
  readonly addSlice: (slice: Slice) => Promise<void>;
  /** The rows of a slice are not to be used after all. */
  readonly drop: (file: string) => Promise<void>;
  readonly prove: (source: string, proof: Proof) => Promise<void>;
  readonly addFile: (file: FinishedFile) => Promise<void>;
  readonly endRun: () => Promise<void>;
}

/**
 * Opens the journal of an export: lines of JSON, only ever added to. A line that a killed process left unfinished counts
 * for nothing.
 *
 * @throws {CliError} `usage` if the file is no journal of this version
 */
export async function openJournal(path: string, files: Files): Promise<Journal> {
  const text = (await files.read(path)) ?? '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) await files.write(path, whole);
  let state: State = { identity: undefined, run: undefined, files: [] };
  for (const line of whole.split('\n').filter(Boolean)) state = apply(state, readEntry(line, path));

  async function add(entry: Entry): Promise<void> {
    state = apply(state, entry);
    await files.append(path, `${JSON.stringify(entry)}\n`);
  }

  return {
    identity: () => state.identity,
    run: () => state.run,
    files: () => state.files,
    begin: (identity) => add({ kind: 'export', version: 2, ...identity }),
    beginRun: (bounds) =>
      add({ kind: 'run', number: (state.run?.number ?? 0) + 1, bounds: boundsText(bounds) }),
    setColumns: (source, columns) => add({ kind: 'columns', source, columns }),
    addSlice: (slice) => add({ kind: 'slice', slice: sliceText(slice) }),
    drop: (file) => add({ kind: 'dropped', file }),
    prove: (source, proof) => add({ kind: 'proven', source, ...proof }),
    addFile: (file) => add({ kind: 'file', file }),
    endRun: () => add({ kind: 'end', number: state.run?.number ?? 0 }),
  };
}

interface State {
  readonly identity: ExportIdentity | undefined;
  readonly run: Run | undefined;
  readonly files: readonly FinishedFile[];
}

function apply(state: State, entry: Entry): State {
  if (entry.kind === 'export') {
    const { kind: _, version: __, ...identity } = entry;
    return { ...state, identity };
  }
  if (entry.kind === 'run') {
    const { number, bounds } = entry;
    const empty = { slices: [], files: [], columns: {}, proven: {}, isEnded: false };
    return { ...state, run: { number, ...readBounds(bounds), ...empty } };
  }
  if (!state.run) return state;
  const files = entry.kind === 'file' ? [...state.files, entry.file] : state.files;
  return { ...state, run: applyToRun(state.run, entry), files };
}

function applyToRun(run: Run, entry: Exclude<Entry, { kind: 'export' | 'run' }>): Run {
  switch (entry.kind) {
    case 'columns':
      return { ...run, columns: { ...run.columns, [entry.source]: entry.columns } };
    case 'slice':
      return { ...run, slices: [...run.slices, readSlice(entry.slice)] };
    case 'dropped':
      return withoutSlice(run, entry.file);
    case 'proven': {
      const { source, rows, unsettled } = entry;
      return { ...run, proven: { ...run.proven, [source]: { rows, unsettled } } };
    }
    case 'file':
      return { ...run, files: [...run.files, entry.file] };
    case 'end':
      return { ...run, isEnded: true };
  }
}

/** What a source lost it has no longer proven. */
function withoutSlice(run: Run, file: string): Run {
  const dropped = run.slices.find((slice) => slice.file === file);
  const proven = Object.entries(run.proven).filter(([source]) => source !== dropped?.source);
  const slices = run.slices.filter((slice) => slice !== dropped);
  return { ...run, slices, proven: Object.fromEntries(proven) };
}

function readEntry(line: string, path: string): Entry {
  const value = parsed(line);
  if (isEntry(value)) return value;
  throw new CliError('usage', `The file "${path}" is not the journal of an export.`, {
    hint: 'Give another folder with --out, or remove that file if its export is not to go on.',
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const KINDS = ['export', 'run', 'columns', 'slice', 'dropped', 'proven', 'file', 'end'];

/** The tool's own file: its kinds and version are looked at, not each of its members. */
function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const isKnown = KINDS.includes(String(value.kind));
  return isKnown && (value.kind !== 'export' || ('version' in value && value.version === 2));
}

function boundsText({ from, to, after, until, settled }: RunBounds): Bounds {
  return {
    from: text(from),
    to: text(to),
    after: text(after),
    until: text(until),
    settled: text(settled),
  };
}

function readBounds({ from, to, after, until, settled }: Bounds): RunBounds {
  return {
    from: ticks(from),
    to: ticks(to),
    after: ticks(after),
    until: BigInt(until ?? 0),
    settled: BigInt(settled ?? 0),
  };
}

function sliceText({ from, to, part, ...others }: Slice): SliceText {
  const span = { from: `${from}`, to: `${to}` };
  return { ...others, ...span, ...(part && { part }) };
}

function readSlice({ from, to, ...others }: SliceText): Slice {
  return { ...others, from: BigInt(from), to: BigInt(to) };
}

function text(instant: bigint | null): string | null {
  return instant === null ? null : `${instant}`;
}

function ticks(instant: string | null): bigint | null {
  return instant === null ? null : BigInt(instant);
}
