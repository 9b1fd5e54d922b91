import type { KustoType } from '../model/table.js';
import type { Column, Scalar } from './ir.js';
import { columnValue } from './scope.js';
import type { Node } from './syntax.js';

/** Types whose texts are searched where a query names no column. Times and truth values are not. */
const SEARCHED: readonly KustoType[] = [
  'string',
  'dynamic',
  'guid',
  'int',
  'long',
  'real',
  'decimal',
];

export function isSearchable({ type }: Column): boolean {
  return SEARCHED.includes(type);
}

/** Whether a test holds for the text of one of the columns at least. */
export function anyOf(
  columns: readonly Column[],
  node: Node,
  test: (text: Scalar) => Scalar,
): Scalar {
  const { span } = node;
  const nothing: Scalar = { kind: 'literal', type: 'bool', value: false, span };
  return columns
    .map((column) => {
      const value = columnValue(column, node);
      const isText = column.type === 'string' || column.type === 'dynamic';
      return test(
        isText ? value : { kind: 'call', name: 'tostring', args: [value], type: 'string', span },
      );
    })
    .reduce<Scalar>(
      (one, other) =>
        one === nothing
          ? other
          : { kind: 'call', name: 'Or', args: [one, other], type: 'bool', span },
      nothing,
    );
}
