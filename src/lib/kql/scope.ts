import { CliError, type Span } from '../errors.js';
import { KUSTO_TYPES, type KustoType } from '../model/table.js';
import type { Column, Relation, Scalar } from './ir.js';
import type { Expression, FunctionDeclaration, Node, ResultType } from './syntax.js';

/** What a name of the query stands for. Tables are bound anew for each use: columns need ids of their own. */
export type Binding =
  | { readonly kind: 'scalar'; readonly value: Scalar }
  | { readonly kind: 'table'; readonly open: () => Relation; readonly isStored?: true }
  | { readonly kind: 'function'; readonly declaration: FunctionDeclaration; readonly scope: Scope };

/** Where an expression stands: the columns of its row and the names around it. */
export interface Scope {
  readonly columns: readonly Column[];
  /** Whether the rows have an order that functions may look along. */
  readonly isSerialized?: boolean;
  /** When the row was stored: see `ingestedOf`. */
  readonly ingested?: Column | null | undefined;
  /** In the condition of a join: what `$right` means. `$left` is `columns`. */
  readonly right?: readonly Column[];
  readonly names: ReadonlyMap<string, Binding>;
  /** What has members that are columns: the steps of `scan`, the nodes and edges of a graph. */
  readonly tuples?: ReadonlyMap<string, (member: string, at: Node) => Scalar | undefined>;
  /** The function of the query that is being called: the outermost, whose call is in the text. */
  readonly inside?: FunctionDeclaration;
  /** In the subquery of `mv-apply` or `partition`: the rows that its first operator takes. */
  readonly source?: Relation;
  /** Of `invoke`: the rows that its function takes first. */
  readonly handedIn?: Relation;
}

/** What binding needs beside the scope; one per query. */
export interface Binder {
  readonly now: bigint;
  /** Whether a cluster holds the tables, which knows what files do not tell. */
  readonly isCluster: boolean;
  /** A new column, with an id that no other has. */
  readonly column: (name: string, type: KustoType) => Column;
  readonly relation: (expression: Expression, scope: Scope) => Relation;
  readonly scalar: (expression: Expression, scope: Scope) => Scalar;
  /** @throws {CliError} `unsupported`, always */
  readonly refuse: Refuse;
  /** @throws {CliError} `usage`, always: what the binder lets pass and Kusto does not */
  readonly reject: Refuse;
  /** The KQL at a place. */
  readonly source: (span: Span) => string;
  /** A `render` operator was met. */
  readonly chart: (kind: string) => void;
}

export type Refuse = (what: string, span: Span) => never;

export function columnValue(column: Column, { span }: Pick<Node, 'span'>): Scalar {
  return { kind: 'column', id: column.id, name: column.name, type: column.type, span };
}

/** Whether two values are the same, nulls included. */
export function isSame(one: Scalar, other: Scalar): Scalar {
  const { span } = one;
  const call = (name: string, args: readonly Scalar[]): Scalar => ({
    kind: 'call',
    name,
    args,
    type: 'bool',
    span,
  });
  const bothNull = call('And', [call('isnull', [one]), call('isnull', [other])]);
  return call('Or', [call('Equal', [one, other]), bothNull]);
}

/** The scope of an expression over the rows of `input`. */
export function over(input: Relation, scope: Scope): Scope {
  return {
    columns: input.columns,
    isSerialized: isSerialized(input),
    ingested: ingestedOf(input),
    names: scope.names,
  };
}

/** Sorting gives rows an order; operators that take rows one by one keep it. */
export function isSerialized(relation: Relation): boolean {
  switch (relation.op) {
    case 'sort':
    case 'range':
    case 'walk':
      return true;
    case 'project':
      return relation.isSerialized ?? isSerialized(relation.input);
    case 'take':
      return relation.isRandom !== true && isSerialized(relation.input);
    case 'filter':
    case 'expand':
      return isSerialized(relation.input);
    default:
      return false;
  }
}

/** Columns that tell an order of the rows where Kusto has none, so that a query answers alike each time. */
export function naturalOrder(relation: Relation): readonly Column[] {
  switch (relation.op) {
    case 'aggregate':
      return relation.groups.map(({ column }) => column);
    case 'shared': {
      const { of, columns } = relation;
      return naturalOrder(of).flatMap((column) => columns[of.columns.indexOf(column)] ?? []);
    }
    case 'filter':
    case 'take':
      return naturalOrder(relation.input);
    case 'project': {
      const kept = new Set(relation.columns.map(({ id }) => id));
      return naturalOrder(relation.input).filter(({ id }) => kept.has(id));
    }
    default:
      return [];
  }
}

/**
 * When rows were stored, as a column beside those of the relation; null: it has no value in any of them, as behind
 * `summarize`. Undefined where the tables do not tell, or Kusto's reference does not.
 *
 * Known from: documented ("ingestion_time()": null outside the context of a table).
 */
export function ingestedOf(relation: Relation): Column | null | undefined {
  switch (relation.op) {
    case 'scan':
    case 'union':
      return relation.ingested;
    case 'filter':
    case 'sort':
    case 'take':
    case 'expand':
      return ingestedOf(relation.input);
    case 'project':
      return relation.columns.length < relation.input.columns.length
        ? undefined
        : ingestedOf(relation.input);
    case 'aggregate':
    case 'series':
    case 'values':
    case 'range':
      return null;
    default:
      return undefined;
  }
}

/**
 * Opens rows that are worked out once, however often they are named. Sorted ones are worked out each time: as a
 * table of their own they would have no order.
 */
export function openShared(bind: () => Relation, binder: Binder): () => Relation {
  let known: Relation | undefined;
  return () => {
    known ??= bind();
    return isSerialized(known) || known.op === 'graph' ? bind() : shareOf(known, binder);
  };
}

/** Opens rows that are bound already: as they are, and then as a table of their own. */
export function openBound(relation: Relation, binder: Binder): () => Relation {
  let isOpen = false;
  return () => {
    if (isOpen) return shareOf(relation, binder);
    isOpen = true;
    return relation;
  };
}

function shareOf(of: Relation, binder: Binder): Relation {
  const columns = of.columns.map(({ name, type }) => binder.column(name, type));
  return { op: 'shared', of, columns };
}

/** Says `not supported locally: X at line:col`, for a text of KQL. */
export function refuseIn(text: string): Refuse {
  return (what, span) => {
    const before = text.slice(0, span.start).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    const message = `not supported locally: ${what} at ${before.length}:${column}`;
    throw new CliError('unsupported', message, { kql: { text, span } });
  };
}

/** Says what is wrong with a text of KQL. */
export function rejectIn(text: string): Refuse {
  return (message, span) => {
    throw new CliError('usage', message, { kql: { text, span } });
  };
}

/** The scalar type of that name; undefined for `null`, `unknown`, tables and the like. */
export function scalarType(name: string | undefined): KustoType | undefined {
  if (name?.startsWith('dynamic')) return 'dynamic';
  return KUSTO_TYPES.find((type) => type === name);
}

/** The columns that the binder foresees for a tabular node, as new columns. */
export function outputColumns(
  node: Node & { readonly type?: ResultType },
  binder: Binder,
): readonly Column[] {
  const columns = node.type?.columns ?? [];
  return columns.map(({ name, type }) =>
    binder.column(name, scalarType(type) ?? binder.refuse(`a column of type ${type}`, node.span)),
  );
}
