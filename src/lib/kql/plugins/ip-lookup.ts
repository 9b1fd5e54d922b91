import type { Column, Relation, Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { type Binder, columnValue, outputColumns, over, type Scope } from '../scope.js';
import type { Expression, Node } from '../syntax.js';

/**
 * The rows of a table of networks beside those whose address lies in them. Prefixes are nested or apart, so that
 * two match where their first and last addresses overlap.
 */
function ipLookup(version: 'Ipv4' | 'Ipv6'): OperatorRule<'EvaluateOperator'> {
  return (node, input, scope, binder) => {
    const args = node.FunctionCall.ArgumentList.Expressions;
    const [table, ...keys] = args.filter((arg) => !isFlag(arg));
    const [address, network, ...shared] = keys;
    if (!table || !address || !network) return binder.refuse('evaluate of this form', node.span);
    const networks = binder.relation(table, { columns: [], names: scope.names });
    const left = withBorders(input, address, version, scope, binder);
    const right = withBorders(networks, network, version, scope, binder);
    const on = shared.map((key) => ({
      left: binder.scalar(key, over(input, scope)),
      right: binder.scalar(key, over(networks, scope)),
    }));
    const repeated = new Set(on.map((key) => key.right.kind === 'column' && key.right.id));
    const kept = [...input.columns, ...networks.columns.filter(({ id }) => !repeated.has(id))];
    const columns = outputColumns(node, binder).map(({ name }, index): Column => {
      const column = kept[index] ?? binder.refuse('evaluate of this form', node.span);
      return { ...column, name };
    });
    const compare = (name: string, one: Column, other: Column) =>
      call(name, [columnValue(one, node), columnValue(other, node)], 'bool', node);
    const condition = call(
      'And',
      [
        compare('LessThanOrEqual', left.first, right.last),
        compare('GreaterThanOrEqual', left.last, right.first),
      ],
      'bool',
      node,
    );
    return {
      op: 'join',
      kind: args.some(isTrue) ? 'left' : 'inner',
      isUnique: false,
      left: left.relation,
      right: right.relation,
      on,
      condition,
      columns,
    };
  };
}

/** The rows with the first and last address under the prefix of a column. */
function withBorders(
  input: Relation,
  key: Expression,
  version: 'Ipv4' | 'Ipv6',
  scope: Scope,
  binder: Binder,
) {
  const value = binder.scalar(key, over(input, scope));
  const type = version === 'Ipv4' ? 'long' : 'string';
  const first = binder.column('first', type);
  const last = binder.column('last', type);
  const relation: Relation = {
    op: 'project',
    input,
    computed: [
      { column: first, value: call(`${version}First`, [value], type, key) },
      { column: last, value: call(`${version}Last`, [value], type, key) },
    ],
    columns: [...input.columns, first, last],
  };
  return { relation, first, last };
}

function call(name: string, args: readonly Scalar[], type: Scalar['type'], { span }: Node): Scalar {
  return { kind: 'call', name, args, type, span };
}

/** `return_unmatched`, by its name or its place. */
function isFlag(node: Expression): boolean {
  return given(node)?.type?.name === 'bool';
}

function isTrue(node: Expression): boolean {
  const value = given(node);
  return (
    isFlag(node) && value?.kind === 'LiteralExpression' && value.value.toLowerCase() === 'true'
  );
}

function given(node: Expression): Expression | undefined {
  return node.kind === 'SimpleNamedExpression' ? node.Expression : node;
}

export const ipv4Lookup = ipLookup('Ipv4');
export const ipv6Lookup = ipLookup('Ipv6');
