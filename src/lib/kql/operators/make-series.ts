import type { Computed, Series } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { type Binder, outputColumns, over } from '../scope.js';
import type { Expression } from '../syntax.js';
import type { OperatorOf } from '../syntax-operators.js';

export const makeSeries: OperatorRule<'MakeSeriesOperator'> = (node, input, scope, binder) => {
  const inner = over(input, scope);
  const { from, to, step, isEndIncluded } = rangeOf(node, binder);
  for (const { Name, Expression: value, span } of node.Parameters ?? []) {
    const isKnown = Name.name === 'kind' && value.value === 'nonempty';
    if (!isKnown && !Name.name.startsWith('hint.')) binder.refuse(`make-series ${Name.name}`, span);
  }
  const by = node.ByClause?.Expressions ?? [];
  const values = [
    ...by,
    ...node.Aggregates.map((item) => item.Expression),
    node.OnClause.Expression,
  ];
  const columns = outputColumns(node, binder);
  if (columns.length !== values.length) return binder.refuse('make-series of this form', node.span);
  const taken = columns.findIndex(({ type }, at) => at >= by.length && type !== 'dynamic');
  // The binder takes some of the arrays for single values, so what follows would be bound wrongly.
  if (taken >= 0)
    return binder.refuse('this aggregate in make-series', values[taken]?.span ?? node.span);
  const computed = columns.flatMap((column, index): Computed[] => {
    const value = values[index];
    return value ? [{ column, value: binder.scalar(withoutName(value), inner) }] : [];
  });
  const axis = computed.at(-1) ?? binder.refuse('make-series without an axis', node.span);
  const bound = (value: Expression | undefined) => (value ? binder.scalar(value, scope) : null);
  const series: Series = {
    op: 'series',
    input,
    groups: computed.slice(0, by.length),
    computed: computed.slice(by.length, -1).map((item, index) => ({
      ...item,
      otherwise: bound(node.Aggregates[index]?.DefaultExpression?.Expression),
    })),
    axis,
    from: bound(from),
    to: bound(to),
    step: binder.scalar(step, scope),
    isEndIncluded,
    isNonEmpty: (node.Parameters ?? []).some(({ Name }) => Name.name === 'kind'),
    columns,
  };
  return series;
};

/** `from … to … step …`, or the older `in range(first, last, step)`, which includes its end. */
function rangeOf({ RangeClause: clause }: OperatorOf<'MakeSeriesOperator'>, binder: Binder) {
  const { MakeSeriesFromClause, MakeSeriesToClause, MakeSeriesStepClause, Arguments } = clause;
  const [from, to, size] = Arguments?.Expressions ?? [
    MakeSeriesFromClause?.Expression,
    MakeSeriesToClause?.Expression,
    MakeSeriesStepClause?.Expression,
  ];
  const step = size ?? binder.refuse('make-series without a step', clause.span);
  return { from, to, step, isEndIncluded: Arguments !== undefined };
}

function withoutName(node: Expression): Expression {
  return node.kind === 'SimpleNamedExpression' ? node.Expression : node;
}
