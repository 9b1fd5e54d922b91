import type { KustoType } from '../model/table.js';
import { convert } from './convert.js';
import { isWindow, placeOf } from './functions/windows.js';
import type { Computed, Expand, Filter, Project, Scalar, Sort, SortKey, Take } from './ir.js';
import type { Lowering } from './lower.js';
import { lowerCondition, lowerScalar, type ScalarContext } from './lower-scalar.js';
import { EMPTY_SELECT, pickWithHidden, type Select, type SelectColumn } from './print-sql.js';

export function lowerFilter(node: Filter, lowering: Lowering): Select {
  const select = open(lowering.lower(node.input), [node.condition], lowering);
  const condition = lowerCondition(node.condition, lowering.contextOf(select));
  return { ...select, where: [...select.where, condition] };
}

export function lowerProject(node: Project, lowering: Lowering): Select {
  const values = node.computed.map(({ value }) => value);
  const input = lowering.lower(node.input);
  const select = mustNest(input, values) ? lowering.nest(input) : input;
  const context = lowering.contextOf(select);
  const computed = node.computed.map((item) => lowerComputed(item, context));
  const place = values.map(placeOf).find((found) => found !== undefined);
  const ordered = place ? { ...select, orderBy: [lowerScalar(place, context).sql] } : select;
  return { ...ordered, columns: pickWithHidden(node.columns, [...select.columns, ...computed]) };
}

export function lowerComputed({ column, value }: Computed, context: ScalarContext): SelectColumn {
  const { sql } = convert(lowerScalar(value, context), column.type);
  const isPlain = value.kind === 'column' || value.kind === 'literal';
  return { id: column.id, sql, isPlain, ...(readsOtherRows(value) && { isWindow: true }) };
}

export function lowerSort(node: Sort, lowering: Lowering): Select {
  const keys = node.keys.map(({ value }) => value);
  const select = withoutOrder(open(lowering.lower(node.input), keys, lowering));
  const context = lowering.contextOf(select);
  return { ...select, orderBy: node.keys.flatMap((key) => orderBy(key, context)) };
}

export function lowerTake(node: Take, lowering: Lowering): Select {
  const inner = lowering.lower(node.input);
  const asked = inner.limit || node.isRandom ? lowering.nest(inner) : inner;
  const select = node.isRandom ? { ...asked, orderBy: ['random()'] } : asked;
  const count = convert(lowerScalar(node.count, lowering.contextOf(EMPTY_SELECT)), 'long');
  const isCount = typeof count.literal === 'bigint' && count.literal >= 0n;
  return { ...select, limit: isCount ? count.sql : `greatest(${count.sql}, 0)` };
}

/** Lists first, then their elements side by side, then the elements in the asked types. */
export function lowerExpand(node: Expand, lowering: Lowering): Select {
  const values = node.arrays.map(({ value }) => value);
  const select = open(lowering.lower(node.input), values, lowering);
  const context = lowering.contextOf(select);
  const size = node.limit && convert(lowerScalar(node.limit, context), 'long').sql;
  const lists = node.arrays.map(({ column, value }): SelectColumn => {
    const { sql } = convert(lowerScalar(value, context), 'dynamic');
    lowering.nameOf(column);
    const list = node.members === 'array' ? `kql_expand_pairs(${sql})` : `kql_expand(${sql})`;
    return { id: column.id, sql: size ? `(${list})[1:${size}]` : list, isPlain: false };
  });
  const kept = pickWithHidden(node.columns, select.columns);
  const listed = lowering.nest({ ...select, columns: [...kept, ...lists] });
  const isList = (id: number) => node.arrays.some(({ column }) => column.id === id);
  const lengths = listed.columns.filter(({ id }) => isList(id)).map(({ sql }) => `len(${sql})`);
  const index = node.index && {
    id: node.index.id,
    sql: `unnest(range(greatest(${lengths.join(', ')})))`,
    isPlain: false,
  };
  if (node.index) lowering.nameOf(node.index);
  const unnested = lowering.nest({
    ...listed,
    columns: [
      ...listed.columns.map((column) =>
        isList(column.id) ? { ...column, sql: `unnest(${column.sql})` } : column,
      ),
      ...(index ? [index] : []),
    ],
  });
  const typed = unnested.columns.map((column): SelectColumn => {
    const array = node.arrays.find(({ column: { id } }) => id === column.id);
    if (!array) return column;
    const element = `nullif(${conforming(column.sql, array.column.type)}, 'null')`;
    const { sql } = convert({ sql: element, type: 'dynamic', isNullable: true }, array.column.type);
    return { ...column, sql, isPlain: false };
  });
  return { ...unnested, columns: pickWithHidden(node.columns, typed) };
}

/** The element, if it is of the type: a text is a text, even if it spells a number. */
function conforming(sql: string, type: KustoType): string {
  if (type !== 'bool' && type !== 'int' && type !== 'long' && type !== 'real') return sql;
  const isText = `starts_with(${sql}, '"')`;
  const isOther = type === 'real' ? `${isText} AND ${sql} NOT IN (${NO_NUMBERS})` : isText;
  return `CASE WHEN NOT (${isOther}) THEN ${sql} END`;
}

/** Reals that JSON has no numbers for. */
const NO_NUMBERS = `'"NaN"', '"Infinity"', '"-Infinity"'`;

/** The select such that clauses over these values may join it: nested if a cut stands between. */
export function open(select: Select, values: readonly Scalar[], lowering: Lowering): Select {
  return select.limit || mustNest(select, values) ? lowering.nest(select) : select;
}

/**
 * Whether values can only be computed over the finished select: it groups, a computed column would be
 * repeated, or one row looks at others, which no clause may take away or reorder afterwards.
 */
function mustNest(select: Select, values: readonly Scalar[]): boolean {
  const used = new Set(values.flatMap(columnsIn));
  return (
    select.groupBy !== null ||
    select.columns.some(
      ({ id, isPlain, isWindow: looks }) => looks || (!isPlain && used.has(id)),
    ) ||
    (values.some(readsOtherRows) && (select.orderBy.length > 0 || select.limit !== null))
  );
}

/** Order means nothing to what follows, unless it decides what is cut. */
export function withoutOrder(select: Select): Select {
  return select.limit ? select : { ...select, orderBy: [] };
}

/** NaN stands beside the nulls, whatever the direction. A constant sorts nothing: SQL would take it for a place. */
function orderBy({ value, descending, nulls }: SortKey, context: ScalarContext): readonly string[] {
  const { sql: given, type, literal } = lowerScalar(value, context);
  if (literal !== undefined) return [];
  const sql = columnsIn(value).length > 0 ? given : `coalesce(${given}, NULL)`;
  const order = (key: string, down: boolean) =>
    `${key} ${down ? 'DESC' : 'ASC'} NULLS ${nulls.toUpperCase()}`;
  const isFirst = nulls === 'first';
  return [...(type === 'real' ? [order(`isnan(${sql})`, isFirst)] : []), order(sql, descending)];
}

function columnsIn(scalar: Scalar): readonly number[] {
  switch (scalar.kind) {
    case 'column':
      return [scalar.id];
    case 'call':
      return scalar.args.flatMap(columnsIn);
    default:
      return [];
  }
}

function readsOtherRows(scalar: Scalar): boolean {
  return scalar.kind === 'call' && (isWindow(scalar.name) || scalar.args.some(readsOtherRows));
}
