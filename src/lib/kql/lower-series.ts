import { convert, jsonElement } from './convert.js';
import type { Scalar, Series } from './ir.js';
import type { Lowering } from './lower.js';
import { open, withoutOrder } from './lower-rows.js';
import { lowerScalar } from './lower-scalar.js';
import { EMPTY_SELECT, pick, type Select } from './print-sql.js';

/**
 * Two groupings: of rows by step and group, then of steps into one map per group, which the list of all
 * steps is looked up in.
 */
export function lowerSeries(node: Series, lowering: Lowering): Select {
  const values = [...node.groups, ...node.computed, node.axis].map(({ value }) => value);
  const rows = withoutOrder(open(lowering.lower(node.input), values, lowering));
  const context = lowering.contextOf(rows);
  const { type } = node.axis.value;
  if (type === 'real' || type === 'decimal') {
    return lowering.refuse(`make-series on ${type}`, node.axis.value.span);
  }
  const axis = lowerScalar(node.axis.value, context).sql;
  const constant = (value: Scalar, as: typeof type) =>
    convert(lowerScalar(value, lowering.contextOf(EMPTY_SELECT)), as).sql;
  const step = constant(node.step, type === 'datetime' ? 'timespan' : type);
  // Without a start, steps are multiples of the step; without an end, the last one holds the last row.
  const source = `(SELECT ${axis} AS kql_item FROM ${rows.from ?? '(SELECT 1)'}${whereOf(rows.where)})`;
  const first = node.from
    ? constant(node.from, type)
    : `(SELECT min(kql_item) - (min(kql_item) % ${step} + ${step}) % ${step} FROM ${source})`;
  const last = node.isEndIncluded ? ' + 1' : '';
  const end = node.to
    ? `(${constant(node.to, type)}${last})`
    : `(SELECT max(kql_item) + 1 FROM ${source})`;
  const place = `(${axis} - (${axis} - ${first}) % ${step})`;
  const kept = [...rows.where, `${axis} >= ${first}`, `${axis} < ${end}`];

  const aggregates = lowering.contextOf(rows, { order: '' });
  const groups = node.groups.map(({ column, value }) => {
    const { sql } = convert(lowerScalar(value, context), column.type);
    return { sql, name: lowering.nameOf(column), id: column.id };
  });
  const cells = node.computed.map(({ column, value, otherwise }) => {
    const operand = lowerScalar(value, aggregates);
    const zero: Scalar = { kind: 'literal', type: 'long', value: 0n, span: value.span };
    const filler = lowerScalar(otherwise ?? zero, lowering.contextOf(EMPTY_SELECT));
    return {
      id: column.id,
      name: lowering.nameOf(column),
      sql: jsonElement(operand),
      filler: jsonElement(convert(filler, operand.type)),
    };
  });
  const keys = groups.map(({ name }) => name);
  const stepped = `SELECT ${[
    ...groups.map(({ sql, name }) => `${sql} AS ${name}`),
    `${place} AS "kql_step"`,
    ...cells.map(({ sql, name }) => `${sql} AS ${name}`),
  ].join(', ')} FROM ${rows.from ?? '(SELECT 1)'} WHERE ${kept.join(' AND ')} GROUP BY ${[
    ...groups.map((_, index) => index + 1),
    groups.length + 1,
  ].join(', ')}`;

  // `generate_series` includes its end: the last step lies before the end.
  const steps = `generate_series(${first}, ${end} - 1, ${step})`;
  const array = (item: string) =>
    `'[' || array_to_string(list_transform("kql_steps", lambda kql_item: ${item}), ',') || ']'`;
  const mapped = cells.map(({ name }) => `map(list("kql_step"), list(${name})) AS ${name}`);
  const isOptional = node.isNonEmpty && keys.length === 0;
  const grouped = `SELECT ${[...keys, ...mapped].join(', ')} FROM (${stepped})${
    keys.length > 0 ? ` GROUP BY ${keys.join(', ')}` : isOptional ? '' : ' HAVING count(*) > 0'
  }`;
  const at = jsonElement({ sql: 'kql_item', type, isNullable: true });
  const columns = [
    ...groups.map(({ id, name }) => ({ id, sql: name, isPlain: true })),
    ...cells.map(({ id, name, filler }) => ({
      id,
      sql: array(`coalesce(${name}[kql_item], ${filler})`),
      isPlain: false,
    })),
    { id: node.axis.column.id, sql: array(at), isPlain: false },
  ];
  return {
    ...EMPTY_SELECT,
    columns: pick(node.columns, columns),
    from: `(SELECT *, ${steps} AS "kql_steps" FROM (${grouped}))`,
  };
}

function whereOf(conditions: readonly string[]): string {
  return conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
}
