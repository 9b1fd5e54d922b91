import type { Glyphs } from './glyphs.js';

/** A grid of cells that lines are drawn into, dot by dot. */
export interface Raster {
  /** Dots across and down. */
  readonly across: number;
  readonly down: number;
  /** A straight line between two dots, both set. */
  readonly line: (series: number, from: Dot, to: Dot) => void;
  /** Puts a character over the dots of a cell; false if another one is there. */
  readonly mark: (series: number, cell: Dot, glyph: string) => boolean;
  readonly rows: () => readonly (readonly RasterCell[])[];
}

/** Counted from the left and from the top. */
export interface Dot {
  readonly x: number;
  readonly y: number;
}

export interface RasterCell {
  readonly glyph: string;
  /** The series that was drawn here last, undefined where nothing was. */
  readonly series: number | undefined;
}

export function createRaster(columns: number, lines: number, glyphs: Glyphs): Raster {
  const { across, down } = glyphs.dots;
  const cells = Array.from({ length: columns * lines }, () => ({
    dots: 0,
    glyph: '',
    series: -1,
  }));
  const cellAt = (x: number, y: number) => cells[y * columns + x];

  function set(series: number, x: number, y: number): void {
    const cell = cellAt(Math.floor(x / across), Math.floor(y / down));
    if (cell === undefined) return;
    cell.dots |= 1 << ((y % down) * across + (x % across));
    cell.series = series;
  }

  return {
    across: columns * across,
    down: lines * down,
    line(series, from, to) {
      const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
      for (let i = 0; i <= steps; i++) {
        const share = steps === 0 ? 0 : i / steps;
        const x = Math.round(from.x + (to.x - from.x) * share);
        set(series, x, Math.round(from.y + (to.y - from.y) * share));
      }
    },
    mark(series, { x, y }, glyph) {
      const cell = cellAt(x, y);
      if (cell === undefined || cell.glyph !== '') return false;
      cell.glyph = glyph;
      cell.series = series;
      return true;
    },
    rows: () =>
      Array.from({ length: lines }, (_, y) =>
        cells.slice(y * columns, (y + 1) * columns).map(({ dots, glyph, series }): RasterCell => {
          if (series === -1) return { glyph: ' ', series: undefined };
          return { glyph: glyph || glyphs.cell(dots), series };
        }),
      ),
  };
}
