import type { Style } from './style.js';

/** What a view may use beside the result. */
export interface ViewSpace {
  readonly style: Style;
  /** Columns of the terminal, undefined on a pipe: nothing is wrapped or cut then. */
  readonly width: number | undefined;
  /** Whether the terminal shows more than ASCII. */
  readonly unicode: boolean;
}

/** How people read one result: sentences, a row of a table, a chart. Every other format shows the result itself. */
export type View<T> = TextView<T> | TableView<T> | WholeView<T>;

export interface TextView<T> {
  /**
   * The lines of one result, of each element of an array; undefined shows nothing. Texts from a service
   * go through `escapeControls` first.
   */
  readonly text: (item: T, style: Style, space: ViewSpace) => string | undefined;
  /** Said if there is no item at all. */
  readonly empty?: string;
}

export interface TableView<T> {
  readonly columns: readonly ViewColumn<T>[];
  /** Said instead of a table without rows. */
  readonly empty?: string;
}

/** For what only makes sense as a whole: a chart. */
export interface WholeView<T> {
  /** The lines of all items, none longer than `width`. Texts from a service go through `escapeControls` first. */
  readonly whole: (
    items: readonly T[],
    space: ViewSpace & { readonly width: number },
  ) => readonly string[];
  /** What an item shows off a terminal; undefined: all it has, as it is. */
  readonly columns?: readonly ViewColumn<T>[];
  /** Said if there is no item at all. */
  readonly empty?: string;
}

export interface ViewColumn<T> {
  readonly heading: string;
  /** One value; control characters in it are shown escaped. */
  readonly cell: (item: T) => string;
  /** Colors the text of the cell, padding included. */
  readonly paint?: (text: string, item: T, style: Style) => string;
  readonly align?: 'left' | 'right';
  /** Never cut, however narrow the terminal is. */
  readonly whole?: boolean;
  /** Left out where the terminal is too narrow for all columns: worth knowing, but not what the table is about. */
  readonly spare?: boolean;
}
