import type { Span } from '../errors.js';

/** A piece of KQL in place of what stands between two offsets. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly piece: string;
}

/** An edited text, and the way back to places in the text as it was. */
export interface Edited {
  readonly text: string;
  /** What begins or ends in a piece does so where the edit does. */
  readonly toOriginal: (span: Span) => Span;
}

/** @param edits none within another */
export function editText(text: string, edits: readonly Edit[]): Edited {
  const ordered = [...edits].sort((one, other) => one.start - other.start);
  let whole = '';
  let last = 0;
  for (const { start, end, piece } of ordered) {
    whole += text.slice(last, start) + piece;
    last = end;
  }
  return {
    text: whole + text.slice(last),
    toOriginal: ({ start, end }) => ({ start: place(start, 'start'), end: place(end, 'end') }),
  };

  function place(offset: number, side: 'start' | 'end'): number {
    let shift = 0;
    for (const edit of ordered) {
      const begin = edit.start + shift;
      if (offset <= begin) break;
      if (offset < begin + edit.piece.length) return edit[side];
      shift += edit.piece.length - (edit.end - edit.start);
    }
    return offset - shift;
  }
}
