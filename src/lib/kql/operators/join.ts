import type { Column, Join, Relation, Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { type Binder, columnValue, type Scope } from '../scope.js';
import type { Expression, NamedParameter, Node } from '../syntax.js';
import type { JoinClause } from '../syntax-operators.js';

type Kind = Pick<Join, 'kind' | 'isUnique'> & { readonly swap?: true };

const KINDS: Readonly<Record<string, Kind>> = {
  innerunique: { kind: 'inner', isUnique: true },
  inner: { kind: 'inner', isUnique: false },
  leftouter: { kind: 'left', isUnique: false },
  rightouter: { kind: 'right', isUnique: false },
  fullouter: { kind: 'full', isUnique: false },
  leftsemi: { kind: 'semi', isUnique: false },
  rightsemi: { kind: 'semi', isUnique: false, swap: true },
  leftanti: { kind: 'anti', isUnique: false },
  anti: { kind: 'anti', isUnique: false },
  leftantisemi: { kind: 'anti', isUnique: false },
  rightanti: { kind: 'anti', isUnique: false, swap: true },
  rightantisemi: { kind: 'anti', isUnique: false, swap: true },
};

export const join: OperatorRule<'JoinOperator'> = (node, input, scope, binder) => {
  const kind = kindOf(node, 'innerunique', binder);
  const right = binder.relation(node.Expression, scope);
  const on = conditions(node.ConditionClause, node, input, right, scope, binder);
  if (kind.kind === 'semi' || kind.kind === 'anti') {
    const [kept, other] = kind.swap ? [right, input] : [input, right];
    const keys = on.map((key) => (kind.swap ? { left: key.right, right: key.left } : key));
    const columns = renamed(node, kept.columns, binder);
    return {
      op: 'join',
      kind: kind.kind,
      isUnique: false,
      left: kept,
      right: other,
      on: keys,
      columns,
    };
  }
  const columns = renamed(node, [...input.columns, ...right.columns], binder);
  return { op: 'join', kind: kind.kind, isUnique: kind.isUnique, left: input, right, on, columns };
};

/** A join whose right keys are left out. */
export const lookup: OperatorRule<'LookupOperator'> = (node, input, scope, binder) => {
  const { kind, isUnique } = kindOf(node, 'leftouter', binder);
  const right = binder.relation(node.Expression, scope);
  const on = conditions(node.LookupClause, node, input, right, scope, binder);
  const keys = new Set(on.map((key) => key.right.kind === 'column' && key.right.id));
  const kept = right.columns.filter(({ id }) => !keys.has(id));
  const columns = renamed(node, [...input.columns, ...kept], binder);
  return { op: 'join', kind, isUnique, left: input, right, on, columns };
};

function kindOf(
  node: Node & { readonly Parameters?: readonly NamedParameter[] },
  otherwise: string,
  binder: Binder,
): Kind {
  const parameter = node.Parameters?.find(({ Name }) => Name.name === 'kind');
  const name = parameter?.Expression.value ?? otherwise;
  return KINDS[name] ?? binder.refuse(`kind=${name}`, node.span);
}

/** Columns with the names that the binder gives them: a name on both sides gets a number. */
function renamed(
  node: Node & { readonly type?: { readonly columns?: readonly { readonly name: string }[] } },
  columns: readonly Column[],
  binder: Binder,
): readonly Column[] {
  const names = node.type?.columns ?? [];
  if (names.length !== columns.length) return binder.refuse('a join of this form', node.span);
  return columns.map((column, index) => ({ ...column, name: names[index]?.name ?? column.name }));
}

function conditions(
  clause: JoinClause | undefined,
  node: Node,
  left: Relation,
  right: Relation,
  scope: Scope,
  binder: Binder,
): Join['on'] {
  if (clause?.kind !== 'JoinOnClause') return binder.refuse('a join without on', node.span);
  const inner: Scope = { columns: left.columns, right: right.columns, names: scope.names };
  return clause.Expressions.flatMap((condition) => equalities(condition)).map((condition) => {
    if (condition.kind === 'NameReference') {
      const side = ({ columns }: Relation): Scalar => {
        const column = columns.find(({ name }) => name === condition.name);
        return column ? columnValue(column, condition) : binder.refuse('this key', condition.span);
      };
      return { left: side(left), right: side(right) };
    }
    if (condition.kind !== 'BinaryExpression' || condition.symbol?.name !== 'Equal') {
      return binder.refuse('this condition of a join', condition.span);
    }
    const sides = [binder.scalar(condition.Left, inner), binder.scalar(condition.Right, inner)];
    const ofLeft = sides.find((side) => isOf(side, left));
    const ofRight = sides.find((side) => isOf(side, right));
    if (!ofLeft || !ofRight) return binder.refuse('this condition of a join', condition.span);
    return { left: ofLeft, right: ofRight };
  });
}

function isOf(value: Scalar, { columns }: Relation): boolean {
  return value.kind === 'column' && columns.some(({ id }) => id === value.id);
}

/** `$left.a == $right.a and $left.b == $right.b` is two conditions. */
function equalities(node: Expression): readonly Expression[] {
  if (node.kind === 'ParenthesizedExpression') return equalities(node.Expression);
  const isAnd = node.kind === 'BinaryExpression' && node.symbol?.name === 'And';
  return isAnd ? [...equalities(node.Left), ...equalities(node.Right)] : [node];
}
