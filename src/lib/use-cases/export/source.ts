import type { LogsQueryGateway, QueryAnswer } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import { joinKql, type Kql, kql, quoteName, quoteTickSpan, quoteTicks } from '../../kql/quote.js';
import type { Cell, Column, Row } from '../../model/table.js';
import { formatDatetime, MAX_DATETIME_TICKS, TICKS_PER_MINUTE } from '../../model/ticks.js';
import { skipRows } from '../counted-table.js';
import { cutError } from '../cut-answer.js';
import { findDeniedTables } from '../denied-tables.js';
import type { RunBounds } from './journal.js';
import {
  type Counted,
  chooseStep,
  inOrder,
  isUntimed,
  joinEmpty,
  overlap,
  type Piece,
  type Split,
} from './pieces.js';

/** What is exported into files of its own. */
export interface Source {
  readonly name: string;
  /** A table, or any KQL. */
  readonly kql: string;
  /** Whether rows carry when they were ingested: those of a table do, what KQL makes of them does not. */
  readonly isTable: boolean;
}

/** Who is asked. */
export interface Asked {
  readonly logsQuery: LogsQueryGateway;
  readonly component: string;
  readonly signal: AbortSignal;
}

/** A source whose columns are known, within the bounds of a run. */
export interface BoundSource extends Source {
  readonly columns: readonly Column[];
  readonly bounds: RunBounds;
  /** By which its rows are cut into pieces; null: by hash alone. */
  readonly timeColumn: string | null;
}

/**
 * What a source holds; `first` and `last` are ticks, null where there are no rows or no time. The bytes are known
 * where there is no time.
 */
export interface Facts {
  readonly rows: number;
  readonly bytes: number;
  readonly first: bigint | null;
  readonly last: bigint | null;
  /** Rows without a time. */
  readonly untimed: number;
}

const TIME_COLUMNS = ['timestamp', 'TimeGenerated'];
const ID_COLUMN = 'itemId';
const FEWER_BINS = 8;
/** The longest that the service lets a query run. */
const LONGEST_SECONDS = 600;

/** The service's own clock: what it calls the time of ingestion is compared with it. */
export async function askNow(asked: Asked): Promise<bigint> {
  const [row] = await askRows(asked, 'print now()', undefined);
  return instant(row?.[0]) ?? unreadable();
}

export async function askColumns(asked: Asked, source: Source): Promise<readonly Column[]> {
  const answer = await send(asked, piped(source.kql, [kql`take 0`]), undefined);
  let columns: readonly Column[] = [];
  for await (const table of answer.tables) {
    if (columns.length === 0) columns = table.columns;
    await skipRows(table);
  }
  return columns;
}

export function bindSource(
  source: Source,
  columns: readonly Column[],
  bounds: RunBounds,
): BoundSource {
  const isTime = (name: string) =>
    columns.some((column) => column.name === name && column.type === 'datetime');
  return { ...source, columns, bounds, timeColumn: TIME_COLUMNS.find(isTime) ?? null };
}

export async function askFacts(asked: Asked, source: BoundSource): Promise<Facts> {
  const time = source.timeColumn === null ? undefined : quoteName(source.timeColumn);
  // Sizes are dear: where there is a time, the profile tells them.
  const more = time
    ? kql`firstTime=min(${time}), lastTime=max(${time}), untimedRows=countif(isnull(${time}))`
    : kql`sizeBytes=sum(estimate_data_size(*))`;
  const steps = [kql`summarize rowCount=count(), ${more}`];
  let row: Row | undefined;
  try {
    [row] = await askRows(asked, sourceKql(source, steps), timespanOf(source, undefined));
  } catch (error) {
    if (time || !isTimeout(error)) throw error;
    // An answer that is cut tells the size too.
    row = [BigInt(await askCount(asked, source)), 0];
  }
  const rows = Number(row?.[0] ?? 0);
  if (!time) return { rows, bytes: Number(row?.[1] ?? 0), first: null, last: null, untimed: rows };
  const [first, last] = [instant(row?.[1]), instant(row?.[2])];
  return { rows, bytes: 0, first, last, untimed: Number(row?.[3] ?? 0) };
}

/** What each of about so many bins of a piece holds, fewer if that is too much for one answer; empty bins are left out. */
export async function askProfile(
  asked: Asked,
  source: BoundSource,
  piece: Piece,
  { count, split }: { readonly count: number; readonly split: Split },
): Promise<readonly Counted[]> {
  const step = chooseStep(piece, count, split);
  const time = quoteName(source.timeColumn ?? '');
  const profile = kql`summarize rowCount=count(), sizeBytes=sum(estimate_data_size(*)) by binStart=bin(${time}, ${quoteTickSpan(step)})`;
  let rows: readonly Row[];
  try {
    rows = await askRows(asked, pieceKql(source, piece, [profile]), timespanOf(source, piece));
  } catch (error) {
    const [earlier, later] = isTimeout(error) ? timeHalves(piece, step) : [];
    if (earlier && later) {
      const half = { count: Math.ceil(count / 2), split };
      const bins = await askProfile(asked, source, earlier, half);
      return joinEmpty([...bins, ...(await askProfile(asked, source, later, half))], split);
    }
    const isCut = error instanceof CliError && error.kind === 'incomplete';
    if (!isCut || count < 2 * FEWER_BINS) throw error;
    return askProfile(asked, source, piece, { count: Math.floor(count / FEWER_BINS), split });
  }
  const bins = rows.flatMap(([start, count, bytes]): Counted[] => {
    const from = instant(start) ?? unreadable();
    const bin = overlap(piece, { from, to: from + step });
    return bin ? [{ ...bin, rows: Number(count), bytes: Number(bytes), isExact: true }] : [];
  });
  return joinEmpty(bins.sort(inOrder), split);
}

export async function askCount(asked: Asked, source: BoundSource, piece?: Piece): Promise<number> {
  const text = piece ? pieceKql(source, piece, [kql`count`]) : sourceKql(source, [kql`count`]);
  const [row] = await askRows(asked, text, timespanOf(source, piece));
  return Number(row?.[0] ?? 0);
}

/** What a piece holds, without cutting it. */
export async function askAmount(asked: Asked, source: BoundSource, piece: Piece): Promise<Counted> {
  const amount = kql`summarize rowCount=count(), sizeBytes=sum(estimate_data_size(*))`;
  const [row] = await askRows(asked, pieceKql(source, piece, [amount]), timespanOf(source, piece));
  const [rows, bytes] = [Number(row?.[0] ?? 0), Number(row?.[1] ?? 0)];
  return { ...piece, rows, bytes, isExact: true };
}

/** How many rows of a run may have others beside them that were not to be seen when it began. */
export async function askUnsettled(asked: Asked, source: BoundSource): Promise<number> {
  const { bounds } = source;
  if (!source.isTable || bounds.settled >= bounds.until) return 0;
  return askCount(asked, { ...source, bounds: { ...bounds, after: bounds.settled } });
}

/** How many rows of a table do not tell when they were ingested. */
export async function askUningested(asked: Asked, source: BoundSource): Promise<number> {
  const { from, to } = source.bounds;
  const steps = [
    ...within(source.timeColumn, from, to),
    kql`where isnull(ingestion_time())`,
    kql`count`,
  ];
  const [row] = await askRows(asked, piped(source.kql, steps), timespanOf(source, undefined));
  return Number(row?.[0] ?? 0);
}

/** Tables that the caller may not read: they look empty. */
export function askDenied(
  { logsQuery, component, signal }: Asked,
  { kql: text }: Source,
): Promise<readonly string[]> {
  return findDeniedTables(logsQuery, component, piped(text, [kql`take 1`]), { signal });
}

/** The rows of a piece, to be read as they come. */
export function askPiece(asked: Asked, source: BoundSource, piece: Piece): Promise<QueryAnswer> {
  return send(asked, pieceKql(source, piece, []), timespanOf(source, piece));
}

/** The rows of a small answer. @throws {CliError} `incomplete` if it was cut */
async function askRows(
  asked: Asked,
  text: string,
  timespan: string | undefined,
): Promise<readonly Row[]> {
  const answer = await send(asked, text, timespan);
  const rows: Row[] = [];
  let isFirst = true;
  for await (const table of answer.tables) {
    for await (const row of table.rows) if (isFirst) rows.push(row);
    isFirst = false;
  }
  const { partialError } = answer.ending();
  if (partialError) throw cutError(partialError, rows.length, text);
  return rows;
}

function send(
  { logsQuery, component, signal }: Asked,
  text: string,
  timespan: string | undefined,
): Promise<QueryAnswer> {
  return logsQuery.query(component, text, {
    signal,
    serverTimeoutSeconds: LONGEST_SECONDS,
    ...(timespan !== undefined && { timespan }),
  });
}

/** Of a table what is in the bounds of the run; other KQL has its bounds in the time range that is sent beside it. */
function sourceKql(source: BoundSource, steps: readonly Kql[]): string {
  const { isTable, bounds, timeColumn } = source;
  if (!isTable) return piped(source.kql, steps);
  return piped(source.kql, [
    ...within(timeColumn, bounds.from, bounds.to),
    kql`where ${ingestedIn(bounds)}`,
    ...steps,
  ]);
}

function pieceKql(source: BoundSource, piece: Piece, steps: readonly Kql[]): string {
  const { columns, timeColumn } = source;
  const part = piece.part
    ? // What a modulus makes of a negative hash is not documented; bits are bits.
      [kql`where binary_and(hash(${hashed(columns)}), ${piece.part.n - 1}) == ${piece.part.k}`]
    : [];
  return sourceKql(source, [...ofTime(timeColumn, piece), ...part, ...steps]);
}

/** None where a bin is all there is. */
function timeHalves({ from, to }: Piece, step: bigint): readonly Piece[] {
  const middle = (from + to) / 2n;
  const border = middle - (middle % step);
  if (border <= from) return [];
  return [
    { from, to: border },
    { from: border, to },
  ];
}

export function isTimeout(error: unknown): error is CliError {
  return error instanceof CliError && error.kind === 'timeout';
}

/** What of a row does not change from one query to the next; all of it where it has no id. */
function hashed(columns: readonly Column[]): Kql {
  if (columns.some(({ name, type }) => name === ID_COLUMN && type === 'string')) {
    return quoteName(ID_COLUMN);
  }
  return kql`tostring(pack_all())`;
}

function ofTime(column: string | null, piece: Piece): readonly Kql[] {
  if (column === null || !isUntimed(piece)) return within(column, piece.from, piece.to);
  return [kql`where isnull(${quoteName(column)})`];
}

function within(column: string | null, from: bigint | null, to: bigint | null): readonly Kql[] {
  if (column === null) return [];
  const time = quoteName(column);
  const conditions = [
    ...(from === null ? [] : [kql`${time} >= ${quoteTicks(from)}`]),
    ...(to === null || to > MAX_DATETIME_TICKS ? [] : [kql`${time} < ${quoteTicks(to)}`]),
  ];
  return conditions.length === 0 ? [] : [kql`where ${joinKql(conditions, ' and ')}`];
}

function ingestedIn({ after, until }: RunBounds): Kql {
  const notLater = kql`ingestion_time() <= ${quoteTicks(until)}`;
  return after === null ? notLater : kql`ingestion_time() > ${quoteTicks(after)} and ${notLater}`;
}

/** Behind the text of a user, whose last line may end in a comment or a semicolon. */
function piped(text: string, steps: readonly Kql[]): string {
  const base = text.replace(/[\s;]+$/, '');
  return steps.length === 0 ? base : `${base}\n| ${joinKql(steps, '\n| ').kql}`;
}

/**
 * Azure Monitor's `timespan` spares the service what is outside; a minute wider than the KQL, which decides. For a
 * user's own KQL it is the time range that was asked for.
 */
function timespanOf(
  { isTable, bounds }: BoundSource,
  piece: Piece | undefined,
): string | undefined {
  if (!isTable) {
    if (bounds.from === null) return undefined;
    return `${formatDatetime(bounds.from)}/${formatDatetime(bounds.to ?? bounds.until)}`;
  }
  const from = piece?.from ?? bounds.from;
  const to = piece?.to ?? bounds.to;
  if (from === null || to === null || from < TICKS_PER_MINUTE) return undefined;
  const end = to + TICKS_PER_MINUTE;
  if (end > MAX_DATETIME_TICKS) return undefined;
  return `${formatDatetime(from - TICKS_PER_MINUTE)}/${formatDatetime(end)}`;
}

function instant(cell: Cell | undefined): bigint | null {
  return typeof cell === 'bigint' ? cell : null;
}

function unreadable(): never {
  throw new CliError('service', "Azure's answer has no time where one belongs.");
}
