import type { Column, Computed, Relation, Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { type Binder, columnValue, type Scope } from '../scope.js';
import type { NameReference, Node } from '../syntax.js';
import type { OperatorOf } from '../syntax-operators.js';

type MakeGraph = OperatorOf<'MakeGraphOperator'>;

/** Rows become edges; nodes are what edges lead from and to, with what a table of nodes says about them. */
export const makeGraph: OperatorRule<'MakeGraphOperator'> = (node, input, scope, binder) => {
  const other = node.Parameters?.[0];
  if (other) binder.refuse(`make-graph ${other.Name.name}`, other.span);
  const source = column(node.SourceColumn, input, binder);
  const target = column(node.TargetColumn, input, binder);
  const nodes = nodesOf(node, input, [source, target], scope, binder);
  return { op: 'graph', edges: input, source, target, ...nodes, columns: [] };
};

function column(reference: NameReference, { columns }: Relation, binder: Binder): Column {
  return (
    columns.find(({ name }) => name === reference.name) ?? binder.refuse('this id', reference.span)
  );
}

/** Each id once. A node that no table has is its id alone. */
function nodesOf(
  node: MakeGraph,
  edges: Relation,
  ends: readonly Column[],
  scope: Scope,
  binder: Binder,
): { readonly nodes: Relation; readonly id: Column } {
  const { WithClause: clause } = node;
  const [first, ...more] = clause?.TablesAndKeys ?? [];
  if (more[0]) binder.refuse('make-graph with several tables of nodes', more[0].span);
  const table = first && binder.relation(first.Table, scope);
  const key = first && table && column(first.Column, table, binder);
  const types = new Set([...ends, ...(key ? [key] : [])].map(({ type }) => type));
  if (types.size > 1) binder.refuse('make-graph with ids of several types', node.span);

  const name = key?.name ?? clause?.Name?.name ?? 'id';
  const id = binder.column(name, ends[0]?.type ?? 'string');
  const found = binder.column(name, id.type);
  const inputs = [
    ...ends.map((end) => ({ input: edges, values: [columnValue(end, node)] })),
    ...(table && key ? [{ input: table, values: [columnValue(key, node)] }] : []),
  ];
  const ids: Relation = {
    op: 'aggregate',
    input: { op: 'union', inputs, columns: [found] },
    groups: [{ column: id, value: columnValue(found, node) }],
    computed: [],
    columns: [id],
  };
  if (!table || !key) return { nodes: ids, id };
  const facts = onePerKey(table, key, node, binder);
  const isKey = ({ name: own }: Column) => own === key.name;
  const columns = table.columns.flatMap((own, index) =>
    isKey(own) ? [id] : (facts.columns[index] ?? []),
  );
  const facing = facts.columns.find(isKey) ?? id;
  return {
    nodes: {
      op: 'join',
      kind: 'left',
      isUnique: false,
      left: ids,
      right: facts,
      on: [{ left: columnValue(id, node), right: columnValue(facing, node) }],
      columns,
    },
    id,
  };
}

/** Of rows with the same id any one. */
function onePerKey(table: Relation, key: Column, node: Node, binder: Binder): Relation {
  const copies = table.columns.map((own): Computed => {
    const value = columnValue(own, node);
    const any: Scalar = {
      kind: 'call',
      name: 'take_any',
      args: [value],
      type: own.type,
      span: node.span,
    };
    return { column: binder.column(own.name, own.type), value: own.id === key.id ? value : any };
  });
  const isKey = ({ value }: Computed) => value.kind === 'column';
  return {
    op: 'aggregate',
    input: table,
    groups: copies.filter(isKey),
    computed: copies.filter((copy) => !isKey(copy)),
    columns: copies.map((copy) => copy.column),
  };
}
