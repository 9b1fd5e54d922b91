import { AGGREGATES, conditionalName } from '../aggregates.js';
import type { Column, Relation, Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { quoteName } from '../quote.js';
import { columnValue, outputColumns, over } from '../scope.js';
import type { Expression } from '../syntax.js';
import { ask } from './ask.js';

/** A column for each value of a column, with an aggregate of the rows that have the value. */
export const pivot: OperatorRule<'EvaluateOperator'> = (node, input, scope, binder) => {
  const { span, FunctionCall: call } = node;
  const [pivoted, ...rest] = call.ArgumentList.Expressions;
  if (!pivoted) return binder.refuse('pivot() of nothing', span);
  const inner = over(input, scope);
  const key: Scalar = {
    kind: 'call',
    name: 'tostring',
    args: [binder.scalar(pivoted, inner)],
    type: 'string',
    span,
  };
  const [given, keepers] =
    rest[0]?.kind === 'FunctionCallExpression' ? [rest[0], rest.slice(1)] : [undefined, rest];
  const aggregate = (given && binder.scalar(given, inner)) ?? count();
  if (aggregate.kind !== 'call') return binder.refuse('this aggregate', span);
  const used = new Set([...columnsIn(binder.scalar(pivoted, inner)), ...columnsIn(aggregate)]);
  const kept =
    keepers.length > 0
      ? keepers.map((keeper) => named(keeper))
      : input.columns.filter(({ id }) => !used.has(id));
  if (!node.Schema) {
    const column = binder.column('value', 'string');
    const groups = [{ column, value: key }];
    const values: Relation = { op: 'aggregate', input, groups, computed: [], columns: [column] };
    return ask(
      node,
      values,
      (rows) => schemaOf(rows.map(([value]) => String(value))),
      scope,
      binder,
    );
  }
  const columns = outputColumns(node, binder);
  const groups = columns.slice(0, kept.length).map((column, index) => {
    const source = kept[index];
    if (source?.name !== column.name) return binder.refuse('pivot() with this schema', span);
    return { column, value: columnValue(source, node) };
  });
  const name =
    conditionalName(aggregate.name) ?? binder.refuse(`pivot() with ${aggregate.name}()`, span);
  const at = AGGREGATES[aggregate.name]?.conditionAt ?? 0;
  const computed = columns.slice(kept.length).map((column) => {
    const value: Scalar = { kind: 'literal', type: 'string', value: column.name, span };
    const test: Scalar = { kind: 'call', name: 'Equal', args: [key, value], type: 'bool', span };
    const args = [...aggregate.args.slice(0, at), test, ...aggregate.args.slice(at)];
    return { column, value: { ...aggregate, name, args } };
  });
  return { op: 'aggregate', input, groups, computed, columns };

  function count(): Scalar {
    return { kind: 'call', name: 'count', args: [], type: 'long', span };
  }

  function named(node: Expression): Column {
    const column =
      node.kind === 'NameReference'
        ? input.columns.find(({ name }) => name === node.name)
        : undefined;
    return column ?? binder.refuse('pivot() by this', node.span);
  }

  function schemaOf(values: readonly string[]): string {
    const columns = [
      ...kept.map(({ name, type }) => `${quoteName(name).kql}: ${type}`),
      ...[...values].sort().map((value) => `${quoteName(value).kql}: ${aggregate.type}`),
    ];
    return `(${columns.join(', ')})`;
  }
};

function columnsIn(scalar: Scalar): readonly number[] {
  if (scalar.kind === 'column') return [scalar.id];
  return scalar.kind === 'call' ? scalar.args.flatMap(columnsIn) : [];
}
