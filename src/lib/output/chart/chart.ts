import type { Style } from '../style.js';
import type { Glyphs } from './glyphs.js';

/** What a chart is drawn on. */
export interface ChartSpace {
  readonly style: Style;
  /** Columns of the terminal. No line is longer. */
  readonly width: number;
  readonly glyphs: Glyphs;
}

export interface Point {
  /** A number, or milliseconds since 1970. */
  readonly x: number;
  /** Null: not known here, so the line has a gap. */
  readonly y: number | null;
}

export interface Series {
  /** Untrusted text. */
  readonly name: string;
  /** In the order of x. */
  readonly points: readonly Point[];
}

/** Charts are not drawn narrower: what the terminal then does to their lines is its own affair. */
export const LEAST_WIDTH = 24;
