import type { Style } from '../style.js';

/** Legible on black and on white: each has a contrast of 3.5 to 1 or more with both. */
const COLORS_256 = [32, 166, 64, 162, 99, 30, 94, 133] as const;

/** The color of each series, over again after the last. What 16 colors look like is the terminal's affair. */
export function seriesPaint(style: Style, index: number): (text: string) => string {
  if (style.level >= 2) return style.ansi256(COLORS_256[index % COLORS_256.length] ?? 32);
  // Red says that something failed.
  const basic = [style.cyan, style.magenta, style.green, style.blue];
  return basic[index % basic.length] ?? style.cyan;
}
