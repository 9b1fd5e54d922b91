/** The columns of collected data that tell when a row was scored: of v2 and of v1. */
export const TIME_MARKS = ['mdc_time', '$aml_dc_scoring_timestamp'] as const;

export function isTimeMark(name: string): boolean {
  return TIME_MARKS.some((mark) => mark === name);
}
