import type { StoredForm } from './operand.js';

/** One SELECT. `from` is a table or a parenthesized query; the clauses apply in SQL's order. */
export interface Select {
  readonly columns: readonly SelectColumn[];
  readonly from: string | null;
  readonly where: readonly string[];
  readonly groupBy: readonly string[] | null;
  readonly orderBy: readonly string[];
  readonly limit: string | null;
}

export interface SelectColumn {
  /** The column's id in the query. */
  readonly id: number;
  readonly sql: string;
  /** Whether `sql` costs nothing to repeat: a name or a constant. */
  readonly isPlain: boolean;
  /** Only beside the table itself: what the file holds. */
  readonly stored?: StoredForm | undefined;
  /** Whether it depends on other rows: none may be taken away any more. */
  readonly isWindow?: boolean;
  /** Whether it stands beside the relation's columns: no operator takes it away, no result shows it. */
  readonly isHidden?: boolean;
}

export function hidden({ id }: { readonly id: number }, sql: string): SelectColumn {
  return { id, sql, isPlain: true, isHidden: true };
}

export const EMPTY_SELECT: Select = {
  columns: [],
  from: null,
  where: [],
  groupBy: null,
  orderBy: [],
  limit: null,
};

/** Of the select's columns those that are wanted, in the order that is wanted. */
export function pick(
  wanted: readonly { readonly id: number }[],
  columns: readonly SelectColumn[],
): readonly SelectColumn[] {
  const byId = new Map(columns.map((column) => [column.id, column]));
  return wanted.flatMap(({ id }) => byId.get(id) ?? []);
}

/** The columns that are wanted, and those beside them. */
export function pickWithHidden(
  wanted: readonly { readonly id: number }[],
  columns: readonly SelectColumn[],
): readonly SelectColumn[] {
  return [...pick(wanted, columns), ...columns.filter(({ isHidden }) => isHidden)];
}

/** Gives every column id a name of its own, near to the KQL name: DuckDB folds case, KQL does not. */
export interface ColumnNames {
  of(column: { readonly id: number; readonly name: string }): string;
}

export function createColumnNames(): ColumnNames {
  const nameOf = new Map<number, string>();
  const taken = new Set<string>();
  return {
    of({ id, name }) {
      const known = nameOf.get(id);
      if (known !== undefined) return known;
      // Names that begin so are those of our own SQL.
      const unique = uniqueName(/^kql_/i.test(name) ? `_${name}` : name, taken);
      nameOf.set(id, unique);
      return unique;
    },
  };
}

/** The name, or the name with the first free number behind it. Names that differ in case are alike. */
export function uniqueName(name: string, taken: Set<string>): string {
  const base = name.replaceAll('\0', '') || 'column';
  let unique = base;
  for (let number = 2; taken.has(unique.toLowerCase()); number++) unique = `${base}_${number}`;
  taken.add(unique.toLowerCase());
  return unique;
}

export function printSelect(select: Select, aliasOf: (id: number) => string): string {
  const { from, where, groupBy, orderBy, limit } = select;
  const columns = select.columns.map(({ id, sql }) => {
    const alias = quoteName(aliasOf(id));
    return sql === alias ? sql : `${sql} AS ${alias}`;
  });
  return [
    `SELECT ${columns.join(', ') || '1'}`,
    from && `FROM ${from}`,
    where.length > 0 && `WHERE ${where.join(' AND ')}`,
    groupBy && groupBy.length > 0 && `GROUP BY ${groupBy.join(', ')}`,
    orderBy.length > 0 && `ORDER BY ${orderBy.join(', ')}`,
    limit && `LIMIT ${limit}`,
  ]
    .filter(Boolean)
    .join(' ');
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The one way for a text into SQL. DuckDB's parser ends at a zero character: `chr(0)` stands for it. */
export function quoteText(text: string): string {
  if (text.includes('\0')) return `(${text.split('\0').map(quoteText).join(' || chr(0) || ')})`;
  return `'${text.replaceAll("'", "''")}'`;
}
