import { V1_MARKS } from '../model/csv-record.js';
import { TIME_MARKS } from '../model/time-marks.js';

/**
 * What a line of v2's collector tells of its rows, as columns behind the features: `mdc_` and the line's own word, but
 * `mdc_deployment` for the end of its `source`. `mdc_row` counts a line's rows from 0 on; `mdc_index` and `mdc_rest` are
 * the index of a frame and what else a payload holds.
 */
export const V2_MARKS = [
  'mdc_time',
  'mdc_id',
  'mdc_correlationid',
  'mdc_xrequestid',
  'mdc_row',
  'mdc_deployment',
  'mdc_modelversion',
  'mdc_path',
  'mdc_method',
  'mdc_index',
  'mdc_rest',
] as const;

const MARKS: ReadonlySet<string> = new Set([...V1_MARKS, ...V2_MARKS]);

/** Where among columns stand those that tell when a row was scored. */
export function placesOfTime(names: readonly string[]): readonly number[] {
  return TIME_MARKS.map((mark) => names.indexOf(mark)).filter((at) => at >= 0);
}

/** A column of a file that was written of collected data keeps what it is. */
export function roleOf(name: string): 'feature' | 'mark' {
  return MARKS.has(name) ? 'mark' : 'feature';
}
