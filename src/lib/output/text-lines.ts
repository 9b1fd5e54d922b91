import { escapeControls } from './escape.js';
import type { Source } from './source.js';
import { type TextRow, textTable } from './text-table.js';
import type { View, ViewSpace } from './view.js';

export interface TextJob {
  readonly space: ViewSpace;
  /** Every line is shown as it comes. */
  readonly live: boolean;
  /** Says what is said instead of an empty result. */
  readonly note: (message: string) => Promise<void>;
}

/** A result as people read it, line feeds included: in its view, or as rows under the names of their fields. */
export async function* textLines<T>(
  source: Source<T>,
  view: View<T> | undefined,
  { space, live, note }: TextJob,
): AsyncGenerator<string> {
  if (view && 'text' in view) {
    let isEmpty = true;
    for await (const item of source.items) {
      isEmpty = false;
      const text = view.text(item, space.style, space);
      if (text !== undefined) yield `${text}\n`;
    }
    if (isEmpty && view.empty !== undefined) await note(view.empty);
    return;
  }
  const { width } = space;
  if (view && 'whole' in view && width !== undefined) {
    const items: T[] = [];
    for await (const item of source.items) items.push(item);
    const lines = items.length > 0 ? view.whole(items, { ...space, width }) : [];
    for (const line of lines) yield `${line}\n`;
    if (items.length === 0 && view.empty !== undefined) await note(view.empty);
    return;
  }
  const sampleRows = live ? 1 : undefined;
  if (view?.columns) {
    const { columns, empty } = view;
    let isEmpty = true;
    const rows = mapItems(source.items, (item): TextRow => {
      isEmpty = false;
      return {
        cells: columns.map(({ cell }) => cell(item)),
        paint: (text, index) => columns[index]?.paint?.(text, item, space.style) ?? text,
      };
    });
    const headings = columns.map(
      ({ heading, align = 'left', whole = align === 'right', spare }) => {
        return { heading, align, whole, spare };
      },
    );
    for await (const line of textTable(headings, rows, space, sampleRows)) {
      if (!isEmpty || empty === undefined) yield `${line}\n`;
    }
    if (isEmpty && empty !== undefined) await note(empty);
    return;
  }
  yield* plainLines(source, space, sampleRows);
}

/** A result without a view: rows under the names of their fields, one object as a list, the rest as lines. */
async function* plainLines<T>(
  source: Source<T>,
  space: ViewSpace,
  sampleRows: number | undefined,
): AsyncGenerator<string> {
  const iterator = source.items[Symbol.asyncIterator]();
  const { value: first, done } = await iterator.next();
  const names = source.fieldNames(done ? undefined : first);
  const items = done ? none<T>() : startingWith(first, iterator);
  if (names === undefined) {
    for await (const item of items) {
      yield `${escapeControls(source.fields(item, [])[0]?.text ?? '', 'newlines')}\n`;
    }
    return;
  }
  if (source.isOne) {
    const width = Math.max(0, ...names.map((name) => name.length));
    for await (const item of items) {
      for (const [index, { text }] of source.fields(item, names).entries()) {
        const name = escapeControls(names[index] ?? '').padEnd(width);
        yield `${`${space.style.bold(name)}  ${escapeControls(text)}`.trimEnd()}\n`;
      }
    }
    return;
  }
  const sample = done ? [] : source.fields(first, names);
  const columns = names.map((name, index) => ({
    heading: escapeControls(name),
    align: sample[index]?.isNumber ? ('right' as const) : ('left' as const),
    whole: sample[index]?.isText === false,
  }));
  const rows = mapItems(
    items,
    (item): TextRow => ({
      cells: source.fields(item, names).map(({ text }) => text),
    }),
  );
  for await (const line of textTable(columns, rows, space, sampleRows)) yield `${line}\n`;
}

async function* none<T>(): AsyncGenerator<T> {}

async function* startingWith<T>(first: T, rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function* mapItems<T, U>(items: AsyncIterable<T>, map: (item: T) => U): AsyncGenerator<U> {
  for await (const item of items) yield map(item);
}
