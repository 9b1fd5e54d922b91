import type { TimeRange } from './time-range.js';

/** The levels of folders above the days, in order: what their names say. */
export type DataLevel = 'part' | 'model' | 'modelVersion' | 'collection';

/** What the folders and the name of a blob say, from the right: file, span of time, levels. */
export interface DataPath {
  readonly levels: readonly string[];
  readonly span: TimeRange;
  readonly file: string;
}

/** Year, month, day, hour, minute. */
const MOST_TIMES = 5;

/**
 * Reads the name of a blob below the folder that its data has; null if it is not in the layout.
 *
 * @param path such as `blue/request/2026/11/22/08/x.jsonl`
 * @param levels how many folders come before the year
 */
export function parseDataPath(path: string, levels: number): DataPath | null {
  const segments = path.split('/');
  const file = segments.at(-1) ?? '';
  const times = segments.slice(levels, -1);
  const span = parseSpan(times);
  if (file === '' || span === null || segments.length <= levels + 1) return null;
  return { levels: segments.slice(0, levels), span, file };
}

/**
 * The span of time, UTC, that folders name, such as the month of `2026/11`; null if they name none.
 */
export function parseSpan(folders: readonly string[]): TimeRange | null {
  const [year = '', ...rest] = folders;
  if (folders.length > MOST_TIMES || !/^\d{4}$/.test(year)) return null;
  if (!rest.every((each) => /^\d{1,2}$/.test(each))) return null;
  const numbers = [Number(year), ...rest.map(Number)];
  const from = instant(numbers);
  const given = [from.getUTCFullYear(), from.getUTCMonth() + 1, from.getUTCDate()];
  const isReal = numbers.slice(0, 3).every((number, at) => number === given[at]);
  const [hour = 0, minute = 0] = numbers.slice(3);
  if (!isReal || hour > 23 || minute > 59) return null;
  const last = numbers.length - 1;
  return { from, to: instant(numbers.map((number, at) => (at === last ? number + 1 : number))) };
}

function instant([year = 0, month = 1, day = 1, hour = 0, minute = 0]: readonly number[]): Date {
  return new Date(Date.UTC(year, month - 1, day, hour, minute));
}
