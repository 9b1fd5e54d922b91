import { isTimeMark } from '../model/time-marks.js';
import type { Source } from './source.js';
import { toTimestamp } from './text-types.js';

/** SQL of when a row was scored, where the rows tell that. A column of texts may hold some that are no time. */
export function timeOfRows({ columns }: Source): string | undefined {
  const mark = columns.find(({ name }) => isTimeMark(name));
  if (mark?.type === 'datetime') return mark.sql;
  return mark?.stored === 'VARCHAR' ? toTimestamp(mark.sql) : undefined;
}
