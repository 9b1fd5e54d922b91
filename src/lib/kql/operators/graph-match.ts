import type { Graph, MatchedEdge, MatchedNode, Relation } from '../ir.js';
import { literalValue } from '../literal.js';
import type { OperatorRule } from '../operators.js';
import { type Binder, columnValue, outputColumns, type Scope } from '../scope.js';
import type { GraphPatternEdge, OperatorOf } from '../syntax-operators.js';

const CYCLES = ['all', 'none', 'unique_edges'] as const;

/** Every place in a graph that looks like the pattern. */
export const graphMatch: OperatorRule<'GraphMatchOperator'> = (node, input, scope, binder) => {
  if (input.op !== 'graph') return binder.refuse('graph-match of this', node.span);
  const { nodes, edges } = patternOf(node, input, binder);
  const cycles = cyclesOf(node, binder);
  if (cycles === 'none' && edges.length >= nodes.length) {
    binder.refuse('cycles=none for a pattern that is a cycle', node.span);
  }
  const match: Relation = {
    op: 'match',
    graph: input,
    nodes,
    edges,
    cycles,
    columns: [...nodes, ...edges].flatMap(({ columns }) => columns),
  };
  const inner: Scope = { columns: [], names: scope.names, tuples: tuplesOf(nodes, edges) };
  const kept: Relation = node.WhereClause
    ? {
        op: 'filter',
        input: match,
        condition: binder.scalar(node.WhereClause.Condition, inner),
        columns: match.columns,
      }
    : match;
  const values = (node.ProjectClause?.Expressions ?? []).map((expression) =>
    binder.scalar(expression, inner),
  );
  const columns = outputColumns(node, binder);
  if (values.length !== columns.length) return binder.refuse('graph-match of this form', node.span);
  const computed = columns.flatMap((column, index) => {
    const value = values[index];
    return value ? [{ column, value }] : [];
  });
  return { op: 'project', input: kept, computed, columns };
};

function cyclesOf(node: OperatorOf<'GraphMatchOperator'>, binder: Binder): (typeof CYCLES)[number] {
  const [given, other] = node.Parameters ?? [];
  if (!given) return 'unique_edges';
  const value = CYCLES.find((kind) => kind === given.Expression.value);
  if (given.Name.name !== 'cycles' || !value || other) {
    return binder.refuse(
      `graph-match ${given.Name.name}=${given.Expression.value ?? ''}`,
      given.span,
    );
  }
  return value;
}

/** Nodes of the same name are one; what has no name stands for itself. */
function patternOf(
  { Patterns: patterns }: OperatorOf<'GraphMatchOperator'>,
  graph: Graph,
  binder: Binder,
): { readonly nodes: readonly MatchedNode[]; readonly edges: readonly MatchedEdge[] } {
  const nodes: MatchedNode[] = [];
  const edges: MatchedEdge[] = [];
  const copy = ({ columns }: Relation) =>
    columns.map(({ name, type }) => binder.column(name, type));
  for (const { PatternElements: elements } of patterns) {
    let last: number | undefined;
    let open: GraphPatternEdge | undefined;
    for (const element of elements) {
      if (element.kind === 'GraphMatchPatternEdge') {
        open = element;
        continue;
      }
      const name = element.Name?.name ?? null;
      const known = nodes.findIndex((node) => name !== null && node.name === name);
      const here = known < 0 ? nodes.length : known;
      if (known < 0) nodes.push({ name, columns: copy(graph.nodes) });
      if (open && last !== undefined) {
        const [start, end] = [open.FirstToken.text, (open.LastToken ?? open.FirstToken).text];
        const isBack = start.startsWith('<');
        const isOn = end.endsWith('>');
        edges.push({
          name: open.Name?.name ?? null,
          columns: open.Range ? [] : copy(graph.edges),
          from: isBack && !isOn ? here : last,
          to: isBack && !isOn ? last : here,
          isDirected: isBack !== isOn,
          lengths: lengthsOf(open, binder),
        });
      }
      open = undefined;
      last = here;
    }
  }
  return { nodes, edges };
}

/** The bounds of `*1..5`: null without any, or as a whole where one is not a number, which no length reaches. */
function lengthsOf(
  { Range: range, span }: GraphPatternEdge,
  binder: Binder,
): MatchedEdge['lengths'] {
  if (!range) return null;
  const [min, max] = [range.RangeStart, range.RangeEnd].map((bound) =>
    bound?.kind === 'LiteralExpression' ? (literalValue('long', bound.value) ?? -1n) : undefined,
  );
  if (typeof min !== 'bigint' || typeof max !== 'bigint' || min === 0n) {
    return binder.refuse('an edge of such lengths', span);
  }
  return min < 0n ? { min: 1n, max: 0n } : { min, max };
}

function tuplesOf(
  nodes: readonly MatchedNode[],
  edges: readonly MatchedEdge[],
): NonNullable<Scope['tuples']> {
  return new Map(
    [...nodes, ...edges].flatMap(({ name, columns }) => {
      if (name === null) return [];
      return [
        [
          name,
          (wanted: string, at: Parameters<typeof columnValue>[1]) => {
            const found = columns.find((column) => column.name === wanted);
            return found && columnValue(found, at);
          },
        ] as const,
      ];
    }),
  );
}
