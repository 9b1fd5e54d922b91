/** A span of time from `from` (inclusive) to `to` (exclusive). */
export interface TimeRange {
  readonly from: Date;
  readonly to: Date;
}
