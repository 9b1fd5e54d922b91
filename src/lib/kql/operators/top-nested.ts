import type { Computed, Relation, Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { columnValue, isSame, outputColumns, over } from '../scope.js';

/** The best values of a first expression, below each of them the best of a second, and so on. */
export const topNested: OperatorRule<'TopNestedOperator'> = (node, input, scope, binder) => {
  const inner = over(input, scope);
  const columns = [...outputColumns(node, binder)];
  if (columns.length !== 2 * node.Clauses.length) {
    return binder.refuse('top-nested of this form', node.span);
  }
  const parents: { readonly value: Scalar; readonly computed: Computed }[] = [];
  let found: Relation | undefined;
  for (const clause of node.Clauses) {
    if (clause.WithOthersClause) binder.refuse('with others', clause.WithOthersClause.span);
    const [key, measure] = columns.splice(0, 2);
    if (!key || !measure) return binder.refuse('top-nested of this form', clause.span);
    const { OfExpression: of, ByExpression: by } = clause;
    const order = by.kind === 'OrderedExpression' ? by : undefined;
    const group = { column: key, value: binder.scalar(of, inner) };
    const rows = parents.reduce<Relation>(
      (rest, { value, computed }) => ({
        op: 'filter',
        input: rest,
        condition: isSame(value, columnValue(computed.column, clause)),
        columns: rest.columns,
      }),
      input,
    );
    const level: Relation = {
      op: 'aggregate',
      input: rows,
      groups: [group],
      computed: [{ column: measure, value: binder.scalar(order?.Expression ?? by, inner) }],
      columns: [key, measure],
    };
    const descending = order?.Ordering?.AscOrDescKeyword?.text !== 'asc';
    const best: Relation = clause.Expression
      ? {
          op: 'take',
          input: {
            op: 'sort',
            input: level,
            keys: [
              {
                value: columnValue(measure, clause),
                descending,
                nulls: descending ? 'last' : 'first',
              },
              { value: columnValue(key, clause), descending: false, nulls: 'first' },
            ],
            columns: level.columns,
          },
          count: binder.scalar(clause.Expression, scope),
          columns: level.columns,
        }
      : level;
    found = found
      ? { op: 'apply', input: found, inner: best, columns: [...found.columns, ...best.columns] }
      : best;
    parents.push({ value: binder.scalar(of, inner), computed: group });
  }
  return found ?? binder.refuse('top-nested of nothing', node.span);
};
