import type { KustoType } from '../../model/table.js';
import type { Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { outputColumns } from '../scope.js';

/** .NET's names of Kusto's types. */
const DATA_TYPES: Readonly<Record<KustoType, string>> = {
  bool: 'System.SByte',
  int: 'System.Int32',
  long: 'System.Int64',
  real: 'System.Double',
  decimal: 'System.Data.SqlTypes.SqlDecimal',
  datetime: 'System.DateTime',
  timespan: 'System.TimeSpan',
  guid: 'System.Guid',
  string: 'System.String',
  dynamic: 'System.Object',
};

export const getSchema: OperatorRule<'GetSchemaOperator'> = (node, input, _scope, binder) => {
  const { span } = node;
  const text = (value: string): Scalar => ({ kind: 'literal', type: 'string', value, span });
  return {
    op: 'values',
    columns: outputColumns(node, binder),
    rows: input.columns.map(({ name, type }, ordinal) => [
      text(name),
      { kind: 'literal', type: 'int', value: ordinal, span },
      text(DATA_TYPES[type]),
      text(type),
    ]),
  };
};
