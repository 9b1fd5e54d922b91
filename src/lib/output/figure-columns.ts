import type { Cell, Column, Row } from '../model/table.js';
import { cellText } from './cell.js';
import { isNumberColumn } from './source.js';
import type { ViewColumn } from './view.js';

/** The columns of computed figures for people: as they are, but without digits that say nothing. */
export function figureColumns(columns: readonly Column[]): readonly ViewColumn<Row>[] {
  return columns.map((column, index) => ({
    heading: column.name,
    align: isNumberColumn(column) ? 'right' : 'left',
    cell: (row) => cellText(rounded(row[index] ?? null, column), column),
  }));
}

/** Three decimals; what is smaller than one keeps four digits that count. */
function rounded(cell: Cell, { type }: Column): Cell {
  if (type !== 'real' || typeof cell !== 'number' || !Number.isFinite(cell)) return cell;
  return Number(Math.abs(cell) < 1 ? cell.toPrecision(4) : cell.toFixed(3));
}
