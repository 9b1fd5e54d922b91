import type { Apply, Join, Relation, Union } from './ir.js';
import type { Lowering } from './lower.js';
import { lowerCondition, lowerScalar } from './lower-scalar.js';
import { carrierOf } from './operand.js';
import { EMPTY_SELECT, hidden, pick, type Select, type SelectColumn } from './print-sql.js';

const JOINS = {
  inner: 'JOIN',
  left: 'LEFT JOIN',
  right: 'RIGHT JOIN',
  full: 'FULL JOIN',
  semi: 'SEMI JOIN',
  anti: 'ANTI JOIN',
} as const satisfies Record<Join['kind'], string>;

/** Null keys match null keys; what an outer join has to invent is '' for strings, null for the rest. */
export function lowerJoin(node: Join, lowering: Lowering): Select {
  const left = side(node.left, lowering);
  const right = side(node.right, lowering);
  const keys = node.on.map((key) => ({
    left: lowerScalar(key.left, lowering.contextOf(left)),
    right: lowerScalar(key.right, lowering.contextOf(right)),
  }));
  const on = keys.map(({ left: one, right: other }) => {
    const isCertain = !one.isNullable && !other.isNullable;
    return `${one.sql} ${isCertain ? '=' : 'IS NOT DISTINCT FROM'} ${other.sql}`;
  });
  if (node.condition) {
    const both = { ...left, columns: [...left.columns, ...right.columns] };
    on.push(lowerCondition(node.condition, lowering.contextOf(both)));
  }
  const unique = keys.map((key) => key.left.sql).join(', ');
  const first = node.isUnique ? `(SELECT DISTINCT ON (${unique}) * FROM ${left.from})` : left.from;
  const columns = [
    ...filled(left, node.left, node.kind === 'right' || node.kind === 'full'),
    ...filled(right, node.right, node.kind === 'left' || node.kind === 'full'),
  ];
  return {
    ...EMPTY_SELECT,
    columns: pick(node.columns, columns),
    from: `${first} ${JOINS[node.kind]} ${right.from} ON ${on.join(' AND ')}`,
  };
}

/** One side as a table whose columns have names that no other column of the query has. */
function side(relation: Relation, lowering: Lowering): Select {
  const select = lowering.lower(relation);
  return lowering.nest(select);
}

function filled(
  select: Select,
  { columns }: Relation,
  mayBeMissing: boolean,
): readonly SelectColumn[] {
  return select.columns.map((column) => {
    const isString = columns.some(({ id, type }) => id === column.id && type === 'string');
    return mayBeMissing && isString ? { ...column, sql: `coalesce(${column.sql}, '')` } : column;
  });
}

export function lowerApply(node: Apply, lowering: Lowering): Select {
  const outer = side(node.input, lowering);
  const inner = lowering.within(outer, () => side(node.inner, lowering));
  return {
    ...EMPTY_SELECT,
    columns: pick(node.columns, [...outer.columns, ...inner.columns]),
    from: `${outer.from}, LATERAL ${inner.from}`,
  };
}

export function lowerUnion(node: Union, lowering: Lowering): Select {
  const all = node.ingested ? [...node.columns, node.ingested] : node.columns;
  const names = all.map(lowering.nameOf);
  const branches = node.inputs.map(({ input, values }) => {
    const nested = lowering.nest(lowering.lower(input));
    const context = lowering.contextOf(nested);
    const cells = all.map(({ id, type }, index): SelectColumn => {
      const value = values[index];
      const sql = value ? lowerScalar(value, context).sql : 'NULL';
      return { id, sql: `CAST(${sql} AS ${carrierOf(type)})`, isPlain: false };
    });
    return lowering.print({ ...nested, columns: cells });
  });
  return {
    ...EMPTY_SELECT,
    columns: all.map((column, index): SelectColumn => {
      const sql = names[index] ?? '';
      return column === node.ingested ? hidden(column, sql) : { id: column.id, sql, isPlain: true };
    }),
    from: `(${branches.join(' UNION ALL ')})`,
  };
}
