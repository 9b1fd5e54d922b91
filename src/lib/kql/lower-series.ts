import { convert, jsonElement } from './convert.js';
import type { Scalar, Series } from './ir.js';
import type { Lowering } from './lower.js';
import { open, withoutOrder } from './lower-rows.js';
import { lowerScalar, type ScalarContext } from './lower-scalar.js';
import { EMPTY_SELECT, pick, type Select } from './print-sql.js';

/**
 * Two groupings: of rows by step and group, then of steps into one map per group, in which each step of the
 * series is looked up. Steps have numbers: of `origin`, the start or 0, has number 0.
 */
export function lowerSeries(node: Series, lowering: Lowering): Select {
  const values = [...node.groups, ...node.computed, node.axis].map(({ value }) => value);
  const rows = withoutOrder(open(lowering.lower(node.input), values, lowering));
  const context = lowering.contextOf(rows);
  const axis = axisOf(node, context, lowering);

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
  const kept = [...rows.where, ...axis.kept];
  const stepped = `SELECT ${[
    ...groups.map(({ sql, name }) => `${sql} AS ${name}`),
    `${axis.number} AS "kql_step"`,
    ...cells.map(({ sql, name }) => `${sql} AS ${name}`),
  ].join(', ')} FROM ${rows.from ?? '(SELECT 1)'} WHERE ${kept.join(' AND ')} GROUP BY ${[
    ...groups.map((_, index) => index + 1),
    groups.length + 1,
  ].join(', ')}`;

  const array = (item: string) =>
    `'[' || array_to_string(list_transform("kql_steps", lambda kql_item: ${item}), ',') || ']'`;
  const mapped = cells.map(({ name }) => `map(list("kql_step"), list(${name})) AS ${name}`);
  const isOptional = node.isNonEmpty && keys.length === 0;
  const steps = `generate_series(${axis.first}, ${axis.last}) AS "kql_steps"`;
  const grouped = `SELECT ${[...keys, steps, ...mapped].join(', ')} FROM (${stepped})${
    keys.length > 0 ? ` GROUP BY ${keys.join(', ')}` : isOptional ? '' : ' HAVING count(*) > 0'
  }`;
  const columns = [
    ...groups.map(({ id, name }) => ({ id, sql: name, isPlain: true })),
    ...cells.map(({ id, name, filler }) => ({
      id,
      sql: array(`coalesce(${name}[kql_item], ${filler})`),
      isPlain: false,
    })),
    { id: node.axis.column.id, sql: array(axis.valueOf('kql_item')), isPlain: false },
  ];
  return { ...EMPTY_SELECT, columns: pick(node.columns, columns), from: `(${grouped})` };
}

/** Where rows lie on the axis of a series, and where the axis begins and ends. */
interface Axis {
  /** Of a row the number of its step. */
  readonly number: string;
  /** Conditions of the rows that take part. */
  readonly kept: readonly string[];
  /** Numbers of the first and the last step; without borders those that a group has rows in. */
  readonly first: string;
  readonly last: string;
  /** The JSON of a step. */
  readonly valueOf: (number: string) => string;
}

function axisOf(node: Series, context: ScalarContext, lowering: Lowering): Axis {
  const { value } = node.axis;
  const { type } = value;
  if (type === 'decimal') lowering.refuse('make-series on decimal', value.span);
  const { sql } = lowerScalar(value, context);
  const constant = (value: Scalar, as: typeof type) =>
    convert(lowerScalar(value, lowering.contextOf(EMPTY_SELECT)), as).sql;
  const step = constant(node.step, type === 'datetime' ? 'timespan' : type);
  const isReal = type === 'real';
  const floor = (distance: string) =>
    isReal
      ? `CAST(floor((${distance}) / ${step}) AS BIGINT)`
      : `((${distance} - (((${distance}) % ${step} + ${step}) % ${step})) // ${step})`;
  const from = node.from && constant(node.from, type);
  const to = node.to && constant(node.to, type);
  // The older form counts from 0 and includes its end.
  const origin = node.isEndIncluded ? null : from;
  const distance = (of: string) => (origin ? `(${of} - ${origin})` : of);
  const end = (to: string) => {
    if (node.isEndIncluded) return floor(distance(to));
    return isReal
      ? `CAST(ceil(${distance(to)} / ${step}) AS BIGINT) - 1`
      : floor(`(${distance(to)} - 1)`);
  };
  const at = (number: string) => `(${origin ? `${origin} + ` : ''}${number} * ${step})`;
  return {
    number: floor(distance(sql)),
    kept: [
      from ? `${sql} >= ${from}` : `${sql} IS NOT NULL`,
      ...(isReal ? [`isfinite(${sql})`] : []),
      ...(to ? [`${sql} ${node.isEndIncluded ? '<=' : '<'} ${to}`] : []),
    ],
    first: from ? floor(distance(from)) : 'min("kql_step")',
    last: to ? end(to) : 'max("kql_step")',
    valueOf: (number) => jsonElement({ sql: at(number), type, isNullable: true }),
  };
}
