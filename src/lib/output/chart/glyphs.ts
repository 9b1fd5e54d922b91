/** The characters that charts are drawn with. */
export interface Glyphs {
  /** Dots of a cell, across and down. */
  readonly dots: { readonly across: number; readonly down: number };
  /** A cell whose dots are set: bit `row * across + column`. */
  readonly cell: (dots: number) => string;
  /** One for each series: without color, or with colors that a reader cannot tell apart, these do. */
  readonly markers: readonly string[];
  /** From the lowest to a full cell, for columns that grow upwards. */
  readonly levels: readonly string[];
  /** From the thinnest to a full cell, for bars that grow to the right. */
  readonly lengths: readonly string[];
  readonly axis: {
    readonly side: string;
    readonly sideTick: string;
    readonly corner: string;
    readonly base: string;
    readonly baseTick: string;
  };
}

/** Braille's own numbering of the dots of a cell, by rows. */
const BRAILLE = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];

const UNICODE: Glyphs = {
  dots: { across: 2, down: 4 },
  cell: (dots) =>
    String.fromCharCode(
      BRAILLE.reduce((code, bit, index) => ((dots >> index) & 1 ? code | bit : code), 0x2800),
    ),
  markers: ['●', '◆', '▲', '■', '○', '◇', '△', '□'],
  levels: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  lengths: ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'],
  axis: { side: '│', sideTick: '┤', corner: '└', base: '─', baseTick: '┬' },
};

const ASCII: Glyphs = {
  dots: { across: 1, down: 1 },
  cell: () => '.',
  markers: ['*', 'o', 'x', '+', '#', '@', '%', '&'],
  levels: ['.', ':', '#'],
  lengths: ['#'],
  axis: { side: '|', sideTick: '+', corner: '+', base: '-', baseTick: '+' },
};

/** @param unicode whether the terminal shows more than ASCII */
export function glyphsFor(unicode: boolean): Glyphs {
  return unicode ? UNICODE : ASCII;
}
