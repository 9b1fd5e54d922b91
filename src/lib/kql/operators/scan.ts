import type { Column, Relation, Scalar, WalkStep } from '../ir.js';
import { declaredType, defaultOf } from '../literal.js';
import type { OperatorRule } from '../operators.js';
import { type Binder, columnValue, isSerialized, type Scope } from '../scope.js';
import type { FunctionParameter, Node } from '../syntax.js';
import type { ScanStep } from '../syntax-operators.js';

/** Rows one by one, held against steps that remember what matched them. */
export const scan: OperatorRule<'ScanOperator'> = (node, input, scope, binder) => {
  if (!isSerialized(input)) binder.refuse('scan of rows without an order', node.span);
  let matchName: string | undefined;
  for (const { Name, Expression, span } of node.Parameters ?? []) {
    if (Name.name !== 'with_match_id') binder.refuse(`scan ${Name.name}`, span);
    matchName = 'name' in Expression ? String(Expression.name) : Expression.value;
  }
  const declared = (node.DeclareClause?.Declarations ?? []).map((item) => ({
    column: declaredColumn(item, binder),
    value: defaultOf(item, binder) ?? nothing(item, binder),
  }));
  const place = binder.column('place', 'long');
  const placed: Relation = {
    op: 'project',
    input,
    computed: [
      {
        column: place,
        value: { kind: 'call', name: 'row_number', args: [], type: 'long', span: node.span },
      },
    ],
    columns: [...input.columns, place],
  };
  const remembered = rememberedColumns(
    node.Steps,
    [...input.columns, ...declaredColumns()],
    binder,
  );
  const inner: Scope = {
    columns: [...input.columns, ...declaredColumns()],
    names: scope.names,
    tuples: new Map(
      node.Steps.map(({ Name }, index) => [
        Name.name,
        (member: string, at: Node) => {
          const column = remembered.of(index, member);
          return column && columnValue(column, at);
        },
      ]),
    ),
  };
  const steps = node.Steps.map((step): WalkStep => {
    const output = step.ScanStepOutput?.OutputKind.text ?? 'all';
    if (output === 'last') binder.refuse('output=last', step.span);
    return {
      condition: binder.scalar(step.Condition, inner),
      assigned: (step.ComputationClause?.Assignments ?? []).map(({ Name, Expression }) => ({
        column:
          declaredColumns().find(({ name }) => name === Name.name) ??
          binder.reject(`The column ${Name.name} is not one that scan declares.`, Name.span),
        value: binder.scalar(Expression, inner),
      })),
      isOutput: output === 'all',
    };
  });
  const matchId = matchName === undefined ? null : binder.column(matchName, 'long');
  return {
    op: 'walk',
    input: placed,
    place,
    declared,
    steps,
    remembered: remembered.all(),
    matchId,
    columns: [...input.columns, ...declaredColumns(), ...(matchId ? [matchId] : [])],
  };

  function declaredColumns(): readonly Column[] {
    return declared.map(({ column }) => column);
  }
};

/** The columns of each step's row that expressions ask for, as columns of their own. */
function rememberedColumns(steps: readonly ScanStep[], columns: readonly Column[], binder: Binder) {
  const known = steps.map(() => new Map<number, Column>());
  return {
    of(step: number, member: string): Column | undefined {
      const source = columns.find(({ name }) => name === member);
      if (!source) return undefined;
      const column = known[step]?.get(source.id) ?? binder.column(member, source.type);
      known[step]?.set(source.id, column);
      return column;
    },
    all: () =>
      known.flatMap((ofStep, step) =>
        [...ofStep].map(([source, column]) => ({ step, source, column })),
      ),
  };
}

function declaredColumn(item: FunctionParameter, binder: Binder): Column {
  return binder.column(item.NameAndType.Name.name, declaredType(item, binder));
}

function nothing(item: FunctionParameter, binder: Binder): Scalar {
  const type = declaredType(item, binder);
  return { kind: 'literal', type, value: type === 'string' ? '' : null, span: item.span };
}
