import { convert } from './convert.js';
import type { Column, Computed, Relation, Scalar, SortKey } from './ir.js';
import { lowerCondition, lowerScalar, type ScalarContext } from './lower-scalar.js';
import { carrierOf } from './operand.js';
import {
  createColumnNames,
  printSelect,
  quoteName,
  type Select,
  type SelectColumn,
} from './print-sql.js';
import type { Refuse } from './scope.js';

/** SQL for DuckDB; its columns stand in the order of the relation's, in the carriers of their types. */
export interface LoweredQuery {
  readonly sql: string;
  /** Tables that the SQL reads, by their KQL names. */
  readonly tables: readonly string[];
}

export interface LowerOptions {
  readonly refuse: Refuse;
  /** The SQL name of a table. */
  readonly tableName: (table: string) => string;
  /** The SQL names of a table's columns, in its order. */
  readonly columnNames: (table: string) => readonly string[];
}

export function lowerQuery(relation: Relation, options: LowerOptions): LoweredQuery {
  const names = createColumnNames();
  const tables = new Set<string>();
  const nameOf = new Map<number, string>();
  const aliasOf = (id: number) => nameOf.get(id) ?? names.of({ id, name: `c${id}` });
  const declare = (columns: readonly Column[]) => {
    for (const column of columns) nameOf.set(column.id, names.of(column));
  };

  const contextOf = (select: Select, aggregates = false): ScalarContext => {
    const sqlOf = new Map(select.columns.map(({ id, sql }) => [id, sql]));
    return { columnSql: (id) => sqlOf.get(id), aggregates, refuse: options.refuse };
  };

  /** The select as a table, so that new clauses see its result. */
  const nest = (select: Select): Select => ({
    ...EMPTY,
    columns: select.columns.map(({ id }) => ({ id, sql: quoteName(aliasOf(id)), isPlain: true })),
    from: `(${printSelect(select, aliasOf)})`,
  });

  /** Makes sure that values may be computed beside the columns: nothing is repeated or reordered. */
  const open = (select: Select, { reads }: { reads: readonly Scalar[] }): Select => {
    const used = new Set(reads.flatMap(columnsIn));
    const repeats = select.columns.some(({ id, isPlain }) => !isPlain && used.has(id));
    return repeats || select.groupBy || select.limit ? nest(select) : select;
  };

  const computed = ({ column, value }: Computed, context: ScalarContext): SelectColumn => {
    const { sql } = convert(lowerScalar(value, context), column.type);
    const isPlain = value.kind !== 'call';
    return { id: column.id, sql, isPlain };
  };

  const lower = (node: Relation): Select => {
    declare(node.columns);
    switch (node.op) {
      case 'scan': {
        tables.add(node.table);
        const sqlNames = options.columnNames(node.table);
        const columns = node.columns.map(({ id }, index) => ({
          id,
          sql: quoteName(sqlNames[index] ?? ''),
          isPlain: true,
        }));
        return { ...EMPTY, columns, from: quoteName(options.tableName(node.table)) };
      }
      case 'values':
        return lowerValues(node.columns, node.rows);
      case 'filter': {
        const input = open(lower(node.input), { reads: [node.condition] });
        const condition = lowerCondition(node.condition, contextOf(input));
        return { ...input, where: [...input.where, condition] };
      }
      case 'project': {
        const input = open(lower(node.input), { reads: node.computed.map(({ value }) => value) });
        declare(node.columns);
        const context = contextOf(input);
        const values = new Map(
          [...input.columns, ...node.computed.map((item) => computed(item, context))].map(
            (column) => [column.id, column],
          ),
        );
        return { ...input, columns: pick(node.columns, values) };
      }
      case 'aggregate': {
        const reads = [...node.groups, ...node.computed].map(({ value }) => value);
        const input = withoutOrder(open(lower(node.input), { reads }));
        const groups = node.groups.map((item) => computed(item, contextOf(input)));
        const values = node.computed.map((item) => ({
          ...computed(item, contextOf(input, true)),
          isPlain: false,
        }));
        const columns = [...groups.map((group) => ({ ...group, isPlain: false })), ...values];
        const byPlace = groups.map((_, index) => String(index + 1));
        const aggregated: Select = { ...input, columns, groupBy: byPlace };
        return values.length === 0 && groups.length === 0 ? nest(aggregated) : aggregated;
      }
      case 'sort': {
        const reads = node.keys.map(({ value }) => value);
        const input = withoutOrder(open(lower(node.input), { reads }));
        const context = contextOf(input);
        return { ...input, orderBy: node.keys.map((key) => orderBy(key, context)) };
      }
      case 'take': {
        const inner = lower(node.input);
        const input = inner.limit ? nest(inner) : inner;
        const { sql } = convert(lowerScalar(node.count, contextOf(EMPTY)), 'long');
        return { ...input, limit: sql };
      }
      default:
        return options.refuse(node.op, { start: 0, end: 0 });
    }
  };

  const lowerValues = (
    columns: readonly Column[],
    rows: readonly (readonly Scalar[])[],
  ): Select => {
    if (columns.length === 0) return EMPTY;
    const context = contextOf(EMPTY);
    const cell = (value: Scalar | undefined, column: Column) => {
      const sql = value ? convert(lowerScalar(value, context), column.type).sql : 'NULL';
      return column.type === 'string' ? sql : `CAST(${sql} AS ${carrierOf(column.type)})`;
    };
    const aliases = columns.map(({ id }) => quoteName(aliasOf(id)));
    const lines = rows.map(
      (row) => `(${columns.map((column, index) => cell(row[index], column)).join(', ')})`,
    );
    const nothing = `(SELECT ${columns.map(({ type }) => `CAST(NULL AS ${carrierOf(type)})`).join(', ')} LIMIT 0)`;
    const source = lines.length > 0 ? `(VALUES ${lines.join(', ')})` : nothing;
    return {
      ...EMPTY,
      columns: columns.map(({ id }, index) => ({ id, sql: aliases[index] ?? '', isPlain: true })),
      from: `${source} AS "rows" (${aliases.join(', ')})`,
    };
  };

  const select = lower(relation);
  const values = new Map(select.columns.map((column) => [column.id, column]));
  const ordered = { ...select, columns: pick(relation.columns, values) };
  return { sql: printSelect(ordered, aliasOf), tables: [...tables] };
}

const EMPTY: Select = {
  columns: [],
  from: null,
  where: [],
  groupBy: null,
  orderBy: [],
  limit: null,
};

function pick(
  columns: readonly Column[],
  values: ReadonlyMap<number, SelectColumn>,
): readonly SelectColumn[] {
  return columns.flatMap(({ id }) => values.get(id) ?? []);
}

/** The order of rows means nothing to what follows, unless it cuts. */
function withoutOrder(select: Select): Select {
  return select.limit ? select : { ...select, orderBy: [] };
}

function orderBy({ value, descending, nulls }: SortKey, context: ScalarContext): string {
  const { sql, literal } = lowerScalar(value, context);
  const key = literal === undefined ? sql : `(${sql})`;
  return `${key} ${descending ? 'DESC' : 'ASC'} NULLS ${nulls.toUpperCase()}`;
}

function columnsIn(scalar: Scalar): readonly number[] {
  switch (scalar.kind) {
    case 'literal':
      return [];
    case 'column':
      return [scalar.id];
    case 'call':
      return scalar.args.flatMap(columnsIn);
  }
}
