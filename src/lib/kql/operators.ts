import type { Relation } from './ir.js';
import { count } from './operators/count.js';
import { distinct } from './operators/distinct.js';
import { evaluate } from './operators/evaluate.js';
import { extend, serialize } from './operators/extend.js';
import { find } from './operators/find.js';
import { getSchema } from './operators/get-schema.js';
import { graphMatch } from './operators/graph-match.js';
import { graphToTable } from './operators/graph-to-table.js';
import { invoke } from './operators/invoke.js';
import { join, lookup } from './operators/join.js';
import { makeGraph } from './operators/make-graph.js';
import { makeSeries } from './operators/make-series.js';
import { mvApply } from './operators/mv-apply.js';
import { mvExpand } from './operators/mv-expand.js';
import { parse, parseWhere } from './operators/parse.js';
import { parseKv } from './operators/parse-kv.js';
import { partition } from './operators/partition.js';
import { as, render } from './operators/passive.js';
import { print } from './operators/print.js';
import { project, projectAway, projectRename } from './operators/project.js';
import { range } from './operators/range.js';
import { scan } from './operators/scan.js';
import { search } from './operators/search.js';
import { sort, top } from './operators/sort.js';
import { summarize } from './operators/summarize.js';
import { sample, sampleDistinct, take } from './operators/take.js';
import { topHitters } from './operators/top-hitters.js';
import { topNested } from './operators/top-nested.js';
import { union } from './operators/union.js';
import { where } from './operators/where.js';
import type { Binder, Scope } from './scope.js';
import type { OperatorKind, OperatorOf } from './syntax-operators.js';

/** Binds one operator. `input` has one row and no columns for an operator that starts a query. */
export type OperatorRule<Kind extends OperatorKind> = (
  node: OperatorOf<Kind>,
  input: Relation,
  scope: Scope,
  binder: Binder,
) => Relation;

/** The operators that this engine knows, by the class of their syntax. */
export const OPERATORS: { readonly [Kind in OperatorKind]?: OperatorRule<Kind> } = {
  AsOperator: as,
  CountOperator: count,
  DistinctOperator: distinct,
  EvaluateOperator: evaluate,
  ExtendOperator: extend,
  FilterOperator: where,
  FindOperator: find,
  InvokeOperator: invoke,
  JoinOperator: join,
  LookupOperator: lookup,
  GetSchemaOperator: getSchema,
  GraphMatchOperator: graphMatch,
  GraphToTableOperator: graphToTable,
  MakeGraphOperator: makeGraph,
  MakeSeriesOperator: makeSeries,
  MvApplyOperator: mvApply,
  MvExpandOperator: mvExpand,
  ParseKvOperator: parseKv,
  ParseOperator: parse,
  ParseWhereOperator: parseWhere,
  PartitionOperator: partition,
  PrintOperator: print,
  ProjectAwayOperator: projectAway,
  ProjectByNamesOperator: projectAway,
  ProjectKeepOperator: projectAway,
  ProjectOperator: project,
  ProjectRenameOperator: projectRename,
  ProjectReorderOperator: projectAway,
  RangeOperator: range,
  RenderOperator: render,
  SampleDistinctOperator: sampleDistinct,
  SampleOperator: sample,
  ScanOperator: scan,
  SearchOperator: search,
  SerializeOperator: serialize,
  SortOperator: sort,
  SummarizeOperator: summarize,
  TakeOperator: take,
  TopHittersOperator: topHitters,
  TopNestedOperator: topNested,
  TopOperator: top,
  UnionOperator: union,
};
