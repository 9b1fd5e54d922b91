import type { LogLine } from './log-line.js';

/** The last lines of a log, as one call answers them. */
export interface LogWindow {
  readonly lines: readonly LogLine[];
  /** Whether it reaches back to the first line: fewer lines came than were asked for. */
  readonly isWhole: boolean;
  /** No wider window can be had. */
  readonly isWidest: boolean;
}

/** What is known of the log of one replica. */
interface Replica {
  readonly lines: readonly LogLine[];
  /** How many lines it has had; known once a window reached back to the first. */
  readonly count: number | null;
}

/** What has been seen of a target, whose calls are answered now by this replica, now by that. */
export interface SeenLog {
  /** The one that answered last comes first. */
  readonly replicas: readonly Replica[];
  /** The newest time stamp of all, null if no line had one. */
  readonly newest: bigint | null;
}

export type WindowChange =
  /** The window goes on where the last one of its replica ended. */
  | 'continues'
  /** It cannot be placed: ask again for a wider one. `seen` is as it was and `fresh` is empty. */
  | 'unclear'
  /** More lines were written than the widest window holds: some are missing before `fresh`. */
  | 'gap'
  /** The log starts anew. */
  | 'restart'
  /** Another replica answers. Of its lines, `fresh` holds those later than all that was seen. */
  | 'other-replica';

export interface MergedWindow {
  readonly change: WindowChange;
  /** The lines that were not seen before, in order. */
  readonly fresh: readonly LogLine[];
  readonly seen: SeenLog;
}

export const NOTHING_SEEN: SeenLog = { replicas: [], newest: null };

/** More replicas than Azure ML runs behind one deployment by default. */
const REMEMBERED_REPLICAS = 24;

/**
 * Finds what a window adds to what was seen. Windows of one log overlap; which lines overlap is told by all of
 * them together, never line by line, so that a line which the container wrote twice is there twice.
 */
export function mergeWindow(seen: SeenLog, window: LogWindow): MergedWindow {
  if (seen.replicas.length === 0) return accept('continues', window.lines);
  const places = seen.replicas.map((replica) => ({ replica, place: findPlace(replica, window) }));
  const sure = places.find(({ place }) => place?.isSure);
  const match = sure ?? (window.isWidest ? places.find(({ place }) => place) : undefined);
  if (match?.place) {
    const { replica, place } = match;
    const count = window.isWhole ? window.lines.length : addTo(replica.count, place.fresh.length);
    return accept('continues', place.fresh, { known: replica, count });
  }
  if (window.lines.length === 0) return { change: 'continues', fresh: [], seen };
  if (!window.isWidest) return { change: 'unclear', fresh: [], seen };
  const { newest } = seen;
  // A log is written in the order of time. One that has older lines, none of them known, is another's.
  if (newest !== null && window.lines.some(({ time }) => time !== null && time < newest)) {
    const later = window.lines.findIndex(({ time }) => time !== null && time > newest);
    return accept('other-replica', later < 0 ? [] : window.lines.slice(later));
  }
  return accept(window.isWhole ? 'restart' : 'gap', window.lines);

  function accept(
    change: WindowChange,
    fresh: readonly LogLine[],
    {
      known,
      count = window.isWhole ? window.lines.length : null,
    }: { readonly known?: Replica; readonly count?: number | null } = {},
  ): MergedWindow {
    const others = seen.replicas.filter((replica) => replica !== known);
    const replicas = [{ lines: window.lines, count }, ...others].slice(0, REMEMBERED_REPLICAS);
    return { change, fresh, seen: { replicas, newest: newestOf(window.lines, seen.newest) } };
  }
}

function addTo(count: number | null, more: number): number | null {
  return count === null ? null : count + more;
}

function newestOf(lines: readonly LogLine[], before: bigint | null): bigint | null {
  return lines.reduce(
    (newest, { time }) => (time !== null && (newest === null || time > newest) ? time : newest),
    before,
  );
}

/** So many lines in a row do not agree by chance in one place only. */
const NO_CHANCE = 8;

interface Place {
  readonly fresh: readonly LogLine[];
  /** Whether no other place is possible: the overlap holds a time stamp, or lines that fit only here. */
  readonly isSure: boolean;
}

/**
 * Where a window continues what is known of a log. Of several places the one with the longest overlap: it adds
 * least. An overlap without a time stamp must be most of what is known, or it may be chance.
 */
function findPlace({ lines: known, count }: Replica, window: LogWindow): Place | undefined {
  const { lines } = window;
  const ids = numberer();
  const [a, b] = [known.map(ids), lines.map(ids)];
  if (window.isWhole && count !== null) {
    const start = count - known.length;
    const isSame = lines.length >= count && a.every((id, i) => id === b[start + i]);
    if (isSame) return { fresh: lines.slice(count), isSure: true };
    // Else a service that sends fewer lines than it has: the overlap tells.
  }
  // `shift`: the index in `known` of the window's first line; negative if the window reaches back further.
  const shifts: number[] = [];
  for (let shift = a.length - b.length; shift < a.length && shifts.length < 2; shift += 1) {
    if (agree(a, b, shift)) shifts.push(shift);
  }
  const [shift, another] = shifts;
  if (shift === undefined) return undefined;
  const overlap = known.slice(Math.max(shift, 0));
  const isAnchored = overlap.some(({ time }) => time !== null);
  if (!isAnchored && overlap.length * 2 < known.length) return undefined;
  const isSure = isAnchored || (another === undefined && overlap.length >= NO_CHANCE);
  return { fresh: lines.slice(known.length - shift), isSure };
}

function agree(a: readonly number[], b: readonly number[], shift: number): boolean {
  for (let i = Math.max(shift, 0); i < a.length; i += 1) {
    if (a[i] !== b[i - shift]) return false;
  }
  return true;
}

/** Equal lines get equal numbers, so that comparing them is cheap. */
function numberer(): (line: LogLine) => number {
  const ids = new Map<string, number>();
  return ({ text }) => {
    const id = ids.get(text) ?? ids.size;
    ids.set(text, id);
    return id;
  };
}
