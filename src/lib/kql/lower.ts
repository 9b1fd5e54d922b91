import type { Column, Relation } from './ir.js';
import { createBudget, MAX_SUBQUERIES, MAX_VALUES, refuseOverflow } from './limits.js';
import { lowerAggregate } from './lower-aggregate.js';
import { lowerApply, lowerJoin, lowerUnion } from './lower-combine.js';
import { lowerMatch } from './lower-match.js';
import { lowerExpand, lowerFilter, lowerProject, lowerSort, lowerTake } from './lower-rows.js';
import type { ScalarContext } from './lower-scalar.js';
import { lowerSeries } from './lower-series.js';
import { lowerRange, lowerScan, lowerShared, lowerValues } from './lower-sources.js';
import { lowerWalk } from './lower-walk.js';
import type { StoredForm } from './operand.js';
import { createColumnNames, pick, printSelect, quoteName, type Select } from './print-sql.js';
import { naturalOrder, type Refuse, refuseIn, rejectIn } from './scope.js';

/** SQL for DuckDB; its columns stand in the order of the relation's, in the carriers of their types. */
export interface LoweredQuery {
  readonly sql: string;
  /** Tables that the SQL reads, by their KQL names. */
  readonly tables: readonly string[];
}

export interface LowerOptions {
  /** The KQL, for the places of refusals. */
  readonly text: string;
  /** The SQL name of a table. */
  readonly tableName: (table: string) => string;
  /** The SQL names of a table's columns, in its order. */
  readonly columnNames: (table: string) => readonly string[];
  /** Of a table's column, by its SQL name: SQL for what the file holds, if the view shows that too. */
  readonly storedForm?: (table: string, column: string) => StoredForm | undefined;
  /** Of the tables that the SQL reads: what they are, as parts of its WITH. Without it DuckDB has them. */
  readonly defineTables?: (tables: readonly string[]) => readonly string[];
}

/** What lowering one node needs; one per query. */
export interface Lowering extends LowerOptions {
  readonly refuse: Refuse;
  readonly lower: (relation: Relation) => Select;
  /** The quoted SQL name of a column wherever it leaves a select. */
  readonly nameOf: (column: Column) => string;
  readonly print: (select: Select) => string;
  /** The select as a table in parentheses, so that new clauses see its result. */
  readonly nest: (select: Select) => Select;
  /** For values over the columns of this select. */
  readonly contextOf: (select: Select, aggregates?: ScalarContext['aggregates']) => ScalarContext;
  /** What is lowered meanwhile may use the columns of this select, which stands around it. */
  readonly within: (outer: Select, lower: () => Select) => Select;
  /** Where the rows of a shared relation are: the quoted names of a table and, in their order, its columns. */
  readonly share: (of: Relation) => { readonly name: string; readonly columns: readonly string[] };
  /** A table was read. */
  readonly reads: (table: string) => void;
}

export function lowerQuery(relation: Relation, options: LowerOptions): LoweredQuery {
  const names = createColumnNames();
  const tables = new Set<string>();
  const around = new Map<number, string>();
  const refuse = refuseIn(options.text);
  const count = createBudget(MAX_VALUES, refuse);
  const shared = new Map<Relation, SharedTable>();
  let depth = 0;
  const aliasOf = (id: number) => names.of({ id, name: `column${id}` });

  const lowering: Lowering = {
    ...options,
    refuse,
    lower(node) {
      const select = lowerNode(node, lowering);
      for (const column of node.columns) names.of(column);
      return select;
    },
    nameOf: (column) => quoteName(names.of(column)),
    print: (select) => printSelect(select, aliasOf),
    nest: (select) => ({
      columns: select.columns.map(({ id, isHidden = false }) => ({
        id,
        sql: quoteName(aliasOf(id)),
        isPlain: true,
        isHidden,
      })),
      from: `(${printSelect(select, aliasOf)})`,
      where: [],
      groupBy: null,
      orderBy: [],
      limit: null,
    }),
    contextOf(select, aggregates) {
      const byId = new Map(select.columns.map((column) => [column.id, column]));
      return {
        columnSql: (id) => byId.get(id)?.sql ?? around.get(id),
        storedForm: (id) => byId.get(id)?.stored,
        relationSql(inner, span) {
          if (depth === MAX_SUBQUERIES) refuse('so many tables within each other', span);
          depth += 1;
          const sql = printAlone(inner, inner.columns.slice(0, 1), lowering);
          depth -= 1;
          return sql;
        },
        aggregates,
        refuse,
        count,
        reject: rejectIn(options.text),
      };
    },
    within(outer, lower) {
      for (const { id, sql } of outer.columns) around.set(id, sql);
      const select = lower();
      for (const { id } of outer.columns) around.delete(id);
      return select;
    },
    share(of) {
      const known = shared.get(of);
      if (known) known.count += 1;
      else {
        // It stands in front of the query, where no column of a select around it is known.
        const outer = [...around];
        around.clear();
        const sql = printAlone(of, of.columns, lowering);
        for (const [id, column] of outer) around.set(id, column);
        shared.set(of, { name: quoteName(`kql_shared_${shared.size + 1}`), sql, count: 1 });
      }
      const columns = of.columns.map(({ id }) => quoteName(aliasOf(id)));
      return { name: shared.get(of)?.name ?? '', columns };
    },
    reads: (table) => tables.add(table),
  };
  try {
    const sql = printResult(relation, lowering);
    const read = [...tables];
    const parts = [
      ...(options.defineTables?.(read) ?? []),
      ...[...shared.values()].map(printShared),
    ];
    return { sql: parts.length > 0 ? `WITH ${parts.join(', ')} ${sql}` : sql, tables: read };
  } catch (error) {
    throw refuseOverflow(error, options.text);
  }
}

interface SharedTable {
  readonly name: string;
  readonly sql: string;
  /** How often it is named. */
  count: number;
}

/** What is named once is as good as written there: DuckDB may push filters and limits into it. */
function printShared({ name, sql, count }: SharedTable): string {
  return `${name} AS ${count > 1 ? '' : 'NOT '}MATERIALIZED (${sql})`;
}

/** Groups come in the order of their keys if the query says nothing else. */
function printResult(relation: Relation, lowering: Lowering): string {
  const order = naturalOrder(relation);
  if (order.length === 0 || relation.op === 'take')
    return printAlone(relation, relation.columns, lowering);
  const nested = lowering.nest(lowering.lower(relation));
  const orderBy = pick(order, nested.columns).map(({ sql }) => `${sql} NULLS FIRST`);
  return lowering.print({ ...nested, columns: pick(relation.columns, nested.columns), orderBy });
}

function printAlone(relation: Relation, columns: readonly Column[], lowering: Lowering): string {
  const select = lowering.lower(relation);
  const kept = pick(columns, select.columns);
  // A column that SQL groups by has to stay where GROUP BY counts it.
  if (!select.groupBy || kept.length === select.columns.length) {
    return lowering.print({ ...select, columns: kept });
  }
  const nested = lowering.nest(select);
  return lowering.print({ ...nested, columns: pick(columns, nested.columns) });
}

function lowerNode(node: Relation, lowering: Lowering): Select {
  switch (node.op) {
    case 'scan':
      return lowerScan(node, lowering);
    case 'shared':
      return lowerShared(node, lowering);
    case 'values':
      return lowerValues(node, lowering);
    case 'range':
      return lowerRange(node, lowering);
    case 'filter':
      return lowerFilter(node, lowering);
    case 'project':
      return lowerProject(node, lowering);
    case 'aggregate':
      return lowerAggregate(node, lowering);
    case 'sort':
      return lowerSort(node, lowering);
    case 'take':
      return lowerTake(node, lowering);
    case 'expand':
      return lowerExpand(node, lowering);
    case 'series':
      return lowerSeries(node, lowering);
    case 'match':
      return lowerMatch(node, lowering);
    case 'graph':
      return lowering.refuse('a graph as an answer', { start: 0, end: lowering.text.length });
    case 'walk':
      return lowerWalk(node, lowering);
    case 'join':
      return lowerJoin(node, lowering);
    case 'apply':
      return lowerApply(node, lowering);
    case 'union':
      return lowerUnion(node, lowering);
  }
}
