import type { Match, MatchedEdge } from './ir.js';
import type { Lowering } from './lower.js';
import { EMPTY_SELECT, type Select, type SelectColumn } from './print-sql.js';

/**
 * A join of nodes and edges; an edge that stands for several is a recursion of its own. Edges are numbered,
 * once for all of them, to tell whether one comes twice.
 *
 * Known from: documented ("graph-match operator").
 */
export function lowerMatch(node: Match, lowering: Lowering): Select {
  const { graph, nodes, edges, cycles } = node;
  const [nodeRows, edgeRows] = [graph.nodes, graph.edges].map((rows) =>
    lowering.nest(lowering.lower(rows)),
  );
  if (!nodeRows || !edgeRows) return EMPTY_SELECT;
  const sqlOf = (rows: Select, id: number) => rows.columns.find((one) => one.id === id)?.sql ?? '';
  const [from, to] = [sqlOf(edgeRows, graph.source.id), sqlOf(edgeRows, graph.target.id)];
  const isBothWays = edges.some(({ isDirected }) => !isDirected);
  const tables = [
    `kql_nodes AS MATERIALIZED (SELECT *, ${sqlOf(nodeRows, graph.id.id)} AS kql_id FROM ${nodeRows.from})`,
    `kql_edges AS MATERIALIZED (SELECT *, ${from} AS kql_from, ${to} AS kql_to, row_number() OVER () AS kql_edge FROM ${edgeRows.from})`,
    ...(isBothWays
      ? [
          `kql_both AS (SELECT * FROM kql_edges UNION ALL
            SELECT * REPLACE (kql_to AS kql_from, kql_from AS kql_to) FROM kql_edges WHERE kql_from <> kql_to)`,
        ]
      : []),
    ...edges.flatMap((edge, index) => (edge.lengths ? [paths(edge, index, cycles)] : [])),
  ];
  const sources = [
    ...nodes.map((_, index) => `kql_nodes AS kql_n${index}`),
    ...edges.map(
      (edge, index) => `${edge.lengths ? `kql_path${index}` : table(edge)} AS kql_e${index}`,
    ),
  ];
  const where = [
    ...edges.flatMap((edge, index) => [
      `kql_e${index}.kql_from = kql_n${edge.from}.kql_id`,
      `kql_e${index}.kql_to = kql_n${edge.to}.kql_id`,
      ...(edge.lengths ? [`kql_e${index}.kql_length >= ${edge.lengths.min}`] : []),
    ]),
    ...(cycles === 'unique_edges' ? pairs(edges).map(([one, other]) => differs(one, other)) : []),
    ...(cycles === 'none' ? noNodeTwice(node) : []),
  ];
  const copies = (
    rows: Select,
    origin: readonly { readonly id: number }[],
    alias: string,
    columns: readonly { readonly id: number }[],
  ) =>
    columns.map(
      ({ id }, index): SelectColumn => ({
        id,
        sql: `${alias}.${sqlOf(rows, origin[index]?.id ?? 0)}`,
        isPlain: true,
      }),
    );
  const columns = [
    ...nodes.flatMap((one, index) =>
      copies(nodeRows, graph.nodes.columns, `kql_n${index}`, one.columns),
    ),
    ...edges.flatMap((one, index) =>
      copies(edgeRows, graph.edges.columns, `kql_e${index}`, one.columns),
    ),
  ];
  for (const column of node.columns) lowering.nameOf(column);
  const select: Select = {
    ...EMPTY_SELECT,
    columns,
    from: sources.join(', '),
    where,
  };
  const named = lowering.nest(select);
  return { ...named, from: `(WITH RECURSIVE ${tables.join(', ')} ${lowering.print(select)})` };
}

function table({ isDirected }: MatchedEdge): string {
  return isDirected ? 'kql_edges' : 'kql_both';
}

/** Ways from node to node over so many edges, with the edges and nodes on them. */
function paths(edge: MatchedEdge, index: number, cycles: Match['cycles']): string {
  const { max } = edge.lengths ?? { max: 0n };
  const isNew = {
    all: 'true',
    none: 'NOT list_contains(way.kql_seen, step.kql_to)',
    unique_edges: 'NOT list_contains(way.kql_passed, step.kql_edge)',
  }[cycles];
  const start = cycles === 'none' ? 'kql_from <> kql_to AND ' : '';
  return `kql_path${index} AS (
    SELECT kql_from, kql_to, 1 AS kql_length, [kql_edge] AS kql_passed, [kql_from, kql_to] AS kql_seen
    FROM ${table(edge)} WHERE ${start}${max} >= 1
    UNION ALL
    SELECT way.kql_from, step.kql_to, way.kql_length + 1, list_append(way.kql_passed, step.kql_edge),
      list_append(way.kql_seen, step.kql_to)
    FROM kql_path${index} AS way JOIN ${table(edge)} AS step ON way.kql_to = step.kql_from
    WHERE way.kql_length < ${max} AND ${isNew})`;
}

interface Placed {
  readonly edge: MatchedEdge;
  readonly alias: string;
}

function pairs(edges: readonly MatchedEdge[]): readonly (readonly [Placed, Placed])[] {
  const placed = edges.map((edge, index) => ({ edge, alias: `kql_e${index}` }));
  return placed.flatMap((one, index) =>
    placed.slice(index + 1).map((other) => [one, other] as const),
  );
}

function differs(one: Placed, other: Placed): string {
  const passed = ({ edge, alias }: Placed) =>
    edge.lengths ? `${alias}.kql_passed` : `[${alias}.kql_edge]`;
  return `NOT list_has_any(${passed(one)}, ${passed(other)})`;
}

/** Nodes of the pattern differ, and none lies on a way between others. */
function noNodeTwice({ nodes, edges }: Match): readonly string[] {
  const differing = nodes.flatMap((_, index) =>
    nodes
      .slice(index + 1)
      .map((_, next) => `kql_n${index}.kql_id <> kql_n${index + 1 + next}.kql_id`),
  );
  const inner = ({ alias }: Placed) => `${alias}.kql_seen[2:-2]`;
  const ways = edges.flatMap((edge, index) =>
    edge.lengths ? [{ edge, alias: `kql_e${index}` }] : [],
  );
  const aside = ways.flatMap((way) =>
    nodes.map((_, index) => `NOT list_contains(${inner(way)}, kql_n${index}.kql_id)`),
  );
  const apart = ways.flatMap((one, index) =>
    ways.slice(index + 1).map((other) => `NOT list_has_any(${inner(one)}, ${inner(other)})`),
  );
  return [...differing, ...aside, ...apart];
}
