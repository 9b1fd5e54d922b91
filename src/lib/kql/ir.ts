import type { Span } from '../errors.js';
import type { KustoType } from '../model/table.js';

/**
 * What a query means: relations over columns that are known by number. Operators of KQL become a small
 * algebra here; names matter again only at the end.
 */
export type Relation =
  | Scan
  | Shared
  | Values
  | Range
  | Filter
  | Project
  | Aggregate
  | Sort
  | Take
  | Join
  | Apply
  | Union
  | Expand
  | Series
  | Walk
  | Graph
  | Match;

/** A column of a relation. Two columns of one query never share an id, even if they share a name. */
export interface Column {
  readonly id: number;
  readonly name: string;
  readonly type: KustoType;
}

interface Facts {
  /** In the order of Kusto's output. */
  readonly columns: readonly Column[];
}

/** Every row of a table. Columns stand in the order of the table's own. */
export interface Scan extends Facts {
  readonly op: 'scan';
  readonly table: string;
  /** Beside the columns: when each row was stored, if the query asks and the table knows. */
  readonly ingested?: Column;
}

/** A relation that is worked out once, wherever it is named: `materialize`. Columns stand in the order of its own. */
export interface Shared extends Facts {
  readonly op: 'shared';
  /** The same object wherever the rows are the same. */
  readonly of: Relation;
}

/** Rows that the query spells out. */
export interface Values extends Facts {
  readonly op: 'values';
  readonly rows: readonly (readonly Scalar[])[];
}

/** One column that counts from a value to another, both included. */
export interface Range extends Facts {
  readonly op: 'range';
  readonly from: Scalar;
  readonly to: Scalar;
  readonly step: Scalar;
}

export interface Filter extends Facts {
  readonly op: 'filter';
  readonly input: Relation;
  readonly condition: Scalar;
}

/** The columns that leave; those of `computed` get a value here, all others come from the input. */
export interface Project extends Facts {
  readonly op: 'project';
  readonly input: Relation;
  readonly computed: readonly Computed[];
  /** From here on rows have an order that functions such as `prev` may rely on. */
  readonly isSerialized?: true;
}

export interface Computed {
  readonly column: Column;
  readonly value: Scalar;
}

/** One row for each distinct combination of `groups`; exactly one row without groups. */
export interface Aggregate extends Facts {
  readonly op: 'aggregate';
  readonly input: Relation;
  readonly groups: readonly Computed[];
  /** Values are made of `aggregate` scalars. */
  readonly computed: readonly Computed[];
  /** What the elements of lists are in the order of. */
  readonly order?: readonly Scalar[];
}

export interface Sort extends Facts {
  readonly op: 'sort';
  readonly input: Relation;
  readonly keys: readonly SortKey[];
}

export interface SortKey {
  readonly value: Scalar;
  readonly descending: boolean;
  readonly nulls: 'first' | 'last';
}

export interface Take extends Facts {
  readonly op: 'take';
  readonly input: Relation;
  readonly count: Scalar;
  /** By lot, other rows each time; the first ones else. */
  readonly isRandom?: true;
}

/** Columns keep the ids of the sides they come from. */
export interface Join extends Facts {
  readonly op: 'join';
  readonly kind: 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti';
  readonly left: Relation;
  readonly right: Relation;
  readonly on: readonly { readonly left: Scalar; readonly right: Scalar }[];
  /** What else has to hold between two rows. */
  readonly condition?: Scalar;
  /** Of left rows that agree on the keys only one takes part. */
  readonly isUnique: boolean;
}

/** Behind each row of `input` the rows of `inner`, whose values may look at that row's columns. */
export interface Apply extends Facts {
  readonly op: 'apply';
  readonly input: Relation;
  readonly inner: Relation;
}

export interface Union extends Facts {
  readonly op: 'union';
  /** Each computes every output column, as a projection over its input. */
  readonly inputs: readonly { readonly input: Relation; readonly values: readonly Scalar[] }[];
  /** Beside the columns, as of a scan; the values of the inputs have it last. */
  readonly ingested?: Column;
}

/**
 * One row for each element of dynamic values, side by side. A value that is no array is one element, an
 * empty array none; a row of only empty arrays vanishes.
 */
export interface Expand extends Facts {
  readonly op: 'expand';
  readonly input: Relation;
  readonly arrays: readonly Computed[];
  /** What a member of a bag becomes: a bag of its own, or an array of its name and value. */
  readonly members: 'bag' | 'array';
  /** Counts the elements of a row from 0. */
  readonly index: Column | null;
  readonly limit: Scalar | null;
}

/** For each combination of `groups` one row with arrays: a value for every step, whether it has rows or not. */
export interface Series extends Facts {
  readonly op: 'series';
  readonly input: Relation;
  readonly groups: readonly Computed[];
  readonly computed: readonly (Computed & { readonly otherwise: Scalar | null })[];
  readonly axis: Computed;
  /** The first step, and the end that no step reaches; null: of the rows. */
  readonly from: Scalar | null;
  readonly to: Scalar | null;
  readonly step: Scalar;
  /** Whether the end itself may be a step. */
  readonly isEndIncluded: boolean;
  /** One row of defaults where there are no rows and no groups. */
  readonly isNonEmpty: boolean;
}

/**
 * Rows one by one, in the order of `place`, held against steps that remember the rows that matched them.
 * A row that matches a step gets the declared columns; one that matches several comes several times.
 */
export interface Walk extends Facts {
  readonly op: 'walk';
  readonly input: Relation;
  readonly place: Column;
  /** The columns that steps assign, and what they are where none does. */
  readonly declared: readonly Computed[];
  readonly steps: readonly WalkStep[];
  /** What expressions read of the row that a step remembers: its column by the id of the row's own. */
  readonly remembered: readonly {
    readonly step: number;
    readonly source: number;
    readonly column: Column;
  }[];
  /** Counts the sequences from 0. */
  readonly matchId: Column | null;
}

export interface WalkStep {
  readonly condition: Scalar;
  readonly assigned: readonly Computed[];
  readonly isOutput: boolean;
}

/** What operators of graphs work on: no rows yet. */
export interface Graph extends Facts {
  readonly op: 'graph';
  readonly edges: Relation;
  /** Of the edges. */
  readonly source: Column;
  readonly target: Column;
  readonly nodes: Relation;
  /** Of the nodes; no two have the same. */
  readonly id: Column;
}

/** A row for each way to find the pattern in the graph. */
export interface Match extends Facts {
  readonly op: 'match';
  readonly graph: Graph;
  readonly nodes: readonly MatchedNode[];
  readonly edges: readonly MatchedEdge[];
  /** What may come twice in one match: anything, no node, no edge. */
  readonly cycles: 'all' | 'none' | 'unique_edges';
}

export interface MatchedNode {
  readonly name: string | null;
  /** The columns of the graph's nodes, in their order, under ids of this node. */
  readonly columns: readonly Column[];
}

export interface MatchedEdge {
  readonly name: string | null;
  /** As of a node; none of an edge that stands for several. */
  readonly columns: readonly Column[];
  /** Indices of the nodes at its ends. */
  readonly from: number;
  readonly to: number;
  readonly isDirected: boolean;
  /** How many edges it may stand for; null: itself. */
  readonly lengths: { readonly min: bigint; readonly max: bigint } | null;
}

/** A value, with the type that Kusto's binder found and the place it came from. */
export type Scalar = ColumnValue | Literal | Call | Subquery;

interface ScalarFacts {
  readonly type: KustoType;
  readonly span: Span;
}

export interface ColumnValue extends ScalarFacts {
  readonly kind: 'column';
  readonly id: number;
  readonly name: string;
}

/** A constant in the carrier of its type; null where the type has one. See `Cell`. */
export interface Literal extends ScalarFacts {
  readonly kind: 'literal';
  readonly value: null | boolean | number | bigint | string;
}

/**
 * A function, operator or aggregate under the name of the binder's symbol: `strlen`, `Equal`, `countif`.
 * An operator's symbol starts with a capital letter, so the names never meet.
 */
export interface Call extends ScalarFacts {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Scalar[];
}

/** The first value of a relation (`toscalar`), or behind `in` the values of its first column. */
export interface Subquery extends ScalarFacts {
  readonly kind: 'subquery';
  readonly relation: Relation;
}

export interface Query {
  readonly relation: Relation;
  /** What a `render` operator asked for: the kind of chart, null without one. */
  readonly render: string | null;
  /** What Kusto's binder doubts, though it runs: a line each. */
  readonly warnings: readonly string[];
}
