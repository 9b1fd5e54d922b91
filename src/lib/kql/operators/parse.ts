import type { KustoType } from '../../model/table.js';
import type { Column, Relation, Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { type Binder, columnValue, outputColumns, over, type Scope } from '../scope.js';
import type { NamedParameter } from '../syntax.js';
import type { OperatorOf } from '../syntax-operators.js';
import { parsePattern } from './parse-pattern.js';

type ParseNode = OperatorOf<'ParseOperator'> | OperatorOf<'ParseWhereOperator'>;

/** What does not match gives a row without values. */
export const parse: OperatorRule<'ParseOperator'> = (node, input, scope, binder) => {
  const { rows, isRight, columns, values } = read(node, input, scope, binder);
  const { span } = node;
  const nothing = (type: KustoType): Scalar => ({ kind: 'literal', type, value: null, span });
  const computed = columns.map((column, index) => {
    const { type } = column;
    const args = [isRight, values[index] ?? nothing(type), nothing(type)];
    return { column, value: { kind: 'call', name: 'iff', args, type, span } as const };
  });
  return { op: 'project', input: rows, computed, columns: [...input.columns, ...columns] };
};

/** As `parse`; rows that do not match go. */
export const parseWhere: OperatorRule<'ParseWhereOperator'> = (node, input, scope, binder) => {
  const { rows, isRight, columns, values } = read(node, input, scope, binder);
  const kept: Relation = { op: 'filter', input: rows, condition: isRight, columns: rows.columns };
  const computed = columns.flatMap((column, index) => {
    const value = values[index];
    return value ? [{ column, value }] : [];
  });
  return { op: 'project', input: kept, computed, columns: [...input.columns, ...columns] };
};

interface Read {
  /** The input with what was found behind its columns. */
  readonly rows: Relation;
  readonly isRight: Scalar;
  /** The new columns, and their values if the row is right. */
  readonly columns: readonly Column[];
  readonly values: readonly Scalar[];
}

/** First the texts are cut out, then they are read as their types, so that neither is done twice. */
function read(node: ParseNode, input: Relation, scope: Scope, binder: Binder): Read {
  const columns = outputColumns(node, binder).slice(input.columns.length);
  const taken = columns.find(({ name }) => input.columns.some((column) => column.name === name));
  if (taken) binder.refuse(`a new value for ${taken.name}`, node.span);
  const kind = parameter(node.Parameters, 'kind') ?? 'simple';
  const pattern = parsePattern(node.Patterns, {
    kind,
    flags: parameter(node.Parameters, 'flags') ?? '',
    columns,
    refuse: (what) => binder.refuse(what, node.span),
  });
  const { span } = node;
  const literal = (type: KustoType, value: string | bigint): Scalar => ({
    kind: 'literal',
    type,
    value,
    span,
  });
  const call = (name: string, type: KustoType, args: readonly Scalar[]): Scalar => ({
    kind: 'call',
    name,
    args,
    type,
    span,
  });
  const regex = literal('string', pattern);
  const text = call('tostring', 'string', [binder.scalar(node.Expression, over(input, scope))]);

  const matches = binder.column('matches', 'bool');
  const texts = columns.map(({ name }) => binder.column(name, 'string'));
  const cut: Relation = {
    op: 'project',
    input,
    computed: [
      { column: matches, value: call('MatchRegex', 'bool', [text, regex]) },
      ...texts.map((column, index) => {
        const args = [regex, literal('long', BigInt(index + 1)), text];
        return { column, value: call('extract', 'string', args) };
      }),
    ],
    columns: [...input.columns, matches, ...texts],
  };
  const typed = columns.map(({ name, type }) => binder.column(name, type));
  const rows: Relation = {
    op: 'project',
    input: cut,
    computed: typed.map((column, index) => {
      const source = columnValue(texts[index] ?? matches, node);
      return { column, value: call(`to${column.type}`, column.type, [source]) };
    }),
    columns: [...input.columns, matches, ...typed],
  };
  const values = typed.map((column) => columnValue(column, node));
  const isStrict = kind === 'simple';
  const tests = values.filter(({ type }) => isStrict && type !== 'string');
  const isRight = tests.reduce(
    (all, value) => call('And', 'bool', [all, call('isnotnull', 'bool', [value])]),
    columnValue(matches, node),
  );
  return { rows, isRight, columns, values };
}

function parameter(given: readonly NamedParameter[] | undefined, name: string) {
  return given?.find(({ Name }) => Name.name === name)?.Expression.value;
}
