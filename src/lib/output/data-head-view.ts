import type { Cell, Column, Row } from '../model/table.js';
import { cellText } from './cell.js';
import { escapeControls } from './escape.js';
import { isNumberColumn } from './source.js';
import { fittingTable, type TextColumn } from './text-table.js';
import { cutToWidth, textWidth } from './text-width.js';
import type { TableView, ViewSpace, WholeView } from './view.js';

type Space = ViewSpace & { readonly width: number };

const GAP = '  ';
const NAME_MOST = 32;
/** Of a value that is longer than an id the beginning is shown, unless the row stands alone. */
const VALUE_MOST = 36;

/**
 * Rows for people: a line each, or where the terminal is too narrow for that a column each, as many beside each other as
 * fit, with a line for each feature. Times are shown to the second.
 */
export function dataHeadView(columns: readonly Column[]): WholeView<Row> {
  const [first] = columns;
  // What is shown of rows that tell their time begins with it.
  const hasTime = first?.type === 'datetime' && /^(\$aml_|mdc_)/.test(first.name);
  const isPlain = hasTime && !columns.some(({ name }) => name === 'time');
  const headings = columns.map(({ name }, at) =>
    at === 0 && isPlain ? 'time' : escapeControls(name) || '(no name)',
  );
  return {
    whole(rows, space) {
      const cells = rows.map((row) => columns.map((column, at) => shown(row[at] ?? null, column)));
      const placed = columns.map((column, at): TextColumn => {
        const isText = column.type === 'string' || column.type === 'dynamic';
        const align = isNumberColumn(column) ? 'right' : 'left';
        return { heading: headings[at] ?? '', align, whole: !isText };
      });
      const lines = cells.map((texts) => ({ cells: texts }));
      return fittingTable(placed, lines, space) ?? bands(headings, cells, hasTime, space);
    },
  };
}

/** What in files is no row: its file, line, reason and text. */
export const rejectedView: TableView<Row> = {
  columns: [
    { heading: 'file', cell: ([file]) => String(file) },
    { heading: 'line', cell: ([, line]) => String(line), align: 'right' },
    { heading: 'reason', cell: ([, , reason]) => String(reason) },
    { heading: 'text', cell: ([, , , text]) => String(text) },
  ],
  empty: 'Every line is a row.',
};

function shown(cell: Cell, column: Column): string {
  const text = cellText(cell, column);
  return column.type === 'datetime' ? text.slice(0, 19).replace('T', ' ') : escapeControls(text);
}

/** Rows as columns, in bands as wide as the terminal. */
function bands(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  hasTime: boolean,
  { style, width }: Space,
): readonly string[] {
  const nameWidth = Math.min(
    NAME_MOST,
    Math.floor(width / 2),
    Math.max(...headings.map(textWidth)),
  );
  const room = width - nameWidth - GAP.length;
  const most = rows.length === 1 ? room : Math.min(VALUE_MOST, room);
  // A day stands above its time.
  const tops = hasTime ? 2 : 0;
  const names = hasTime ? [headings[0] ?? '', '', ...headings.slice(1)] : headings;
  const columns = rows.map((cells) => {
    const [time = '', ...values] = hasTime ? cells : ['', ...cells];
    const texts = [...(hasTime ? time.split(' ') : []), ...values];
    const cut = names.map((_, at) => cutToWidth(texts[at] ?? '', most));
    return { cut, width: Math.max(...cut.map(textWidth)) };
  });
  const packed: (typeof columns)[] = [];
  let left = 0;
  for (const column of columns) {
    if (left < column.width + GAP.length) {
      packed.push([]);
      left = width - nameWidth;
    }
    packed.at(-1)?.push(column);
    left -= column.width + GAP.length;
  }
  return packed.flatMap((band, index) => {
    const lines = names.map((name, at) => {
      const shown = cutToWidth(name, nameWidth);
      const values = band.map(({ cut, width }) => {
        const text = cut[at] ?? '';
        const blanks = ' '.repeat(width - textWidth(text));
        return at < tops ? style.bold(blanks + text) : blanks + text;
      });
      const label = style.bold(shown + ' '.repeat(nameWidth - textWidth(shown)));
      return [label, ...values].join(GAP).trimEnd();
    });
    return index === 0 ? lines : ['', ...lines];
  });
}
