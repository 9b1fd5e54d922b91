import { convert } from './convert.js';
import type { Column, Scalar, Walk } from './ir.js';
import type { Lowering } from './lower.js';
import { lowerCondition, lowerScalar, type ScalarContext } from './lower-scalar.js';
import { carrierOf } from './operand.js';
import { EMPTY_SELECT, pick, type Select } from './print-sql.js';

/**
 * A recursion that takes one row more each time: `kql_walk` holds what every step remembers after a row,
 * and what the row became. A row is held against the steps from the last to the first.
 *
 * Known from: documented ("scan operator", "Matching logic").
 */
export function lowerWalk(node: Walk, lowering: Lowering): Select {
  const { declared, steps, place } = node;
  const rows = lowering.nest(lowering.lower(node.input));
  const rowSql = new Map(rows.columns.map(({ id, sql }) => [id, `kql_row.${sql}`]));
  const nothing = lowering.contextOf(EMPTY_SELECT);
  const defaults = new Map(
    declared.map(({ column, value }) => [column.id, typed(value, column, nothing)]),
  );
  const slots = steps.flatMap((_, step) =>
    node.remembered
      .filter((slot) => slot.step <= step)
      .map((slot) => ({ ...slot, of: step, name: `kql_${step}_${slot.step}_${slot.source}` })),
  );
  const empty = ({ column, source }: (typeof slots)[number]) =>
    defaults.get(source) ??
    (column.type === 'string' ? "''" : `CAST(NULL AS ${carrierOf(column.type)})`);

  /** What expressions see: the row, and what a step remembers; `null`: nothing. */
  const contextOf = (state: number | null, unless?: string): ScalarContext => {
    const sqlOf = new Map([...rowSql, ...defaults]);
    for (const slot of slots.filter(({ of }) => of === steps.length - 1)) {
      const held = slots.find((one) => one.of === state && one.column.id === slot.column.id);
      const sql = held ? `kql_${held.of}_${held.step}_${held.source}` : empty(slot);
      sqlOf.set(
        slot.column.id,
        unless ? `CASE WHEN ${unless} THEN ${empty(slot)} ELSE ${sql} END` : sql,
      );
    }
    return { ...nothing, columnSql: (id) => sqlOf.get(id) ?? nothing.columnSql(id) };
  };
  const holds = (step: number, context: ScalarContext) => {
    const { condition } = steps[step] ?? {};
    return condition ? `coalesce(${lowerCondition(condition, context)}, false)` : 'false';
  };

  // Whether a row continues what the step before remembers; else whether it continues or starts the step's own.
  const moves = steps.map((_, step) =>
    step === 0 ? 'false' : `(kql_active_${step - 1} AND ${holds(step, contextOf(step - 1))})`,
  );
  const isMoved = (step: number) => (step < steps.length ? `kql_moves_${step}` : 'false');
  const ownContext = (step: number) => contextOf(step, step === 0 ? isMoved(1) : undefined);
  const stays = steps.map((_, step) => {
    const mayStay = step === 0 ? 'true' : `kql_active_${step} AND NOT ${isMoved(step + 1)}`;
    return `(NOT kql_moves_${step} AND ${mayStay} AND ${holds(step, ownContext(step))})`;
  });

  const values = steps.flatMap(({ assigned }, step) =>
    declared.map(({ column }) => {
      const own = assigned.find((one) => one.column.id === column.id);
      const sql = own
        ? `CASE WHEN kql_moves_${step} THEN ${typed(own.value, column, contextOf(step - 1))} ELSE ${typed(own.value, column, ownContext(step))} END`
        : (defaults.get(column.id) ?? 'NULL');
      return `${sql} AS kql_new_${step}_${column.id}`;
    }),
  );
  const isHit = (step: number) => `(kql_moves_${step} OR kql_stays_${step})`;
  const after = slots.map((slot) => {
    const { of, step, source, name } = slot;
    const extended = declared.some(({ column }) => column.id === source)
      ? `kql_new_${of}_${source}`
      : (rowSql.get(source)?.replace('kql_row.', '') ?? 'NULL');
    const moved = step === of ? extended : `kql_${of - 1}_${step}_${source}`;
    const stayed = step === of ? extended : name;
    return `CASE WHEN kql_moves_${of} THEN ${moved} WHEN kql_stays_${of} THEN ${stayed} WHEN ${isMoved(of + 1)} THEN ${empty(slot)} ELSE ${name} END AS ${name}`;
  });
  const states = steps.flatMap((_, step) => {
    const isNew = `(NOT kql_active_0 OR ${isMoved(1)})`;
    const started =
      step === 0 ? `CASE WHEN ${isNew} THEN kql_matches ELSE kql_id_0 END` : `kql_id_${step}`;
    const moved = step === 0 ? '' : `WHEN kql_moves_${step} THEN kql_id_${step - 1} `;
    return [
      `(${isHit(step)} OR (kql_active_${step} AND NOT ${isMoved(step + 1)})) AS kql_active_${step}`,
      `CASE ${moved}WHEN kql_stays_${step} THEN ${started} ELSE kql_id_${step} END AS kql_id_${step}`,
      `${isHit(step)} AS kql_hit_${step}`,
    ];
  });
  const next = `kql_matches + CASE WHEN kql_stays_0 AND (NOT kql_active_0 OR ${isMoved(1)}) THEN 1 ELSE 0 END AS kql_matches`;

  const start = [
    ...steps.flatMap((_, step) => [
      `false AS kql_active_${step}`,
      `CAST(0 AS BIGINT) AS kql_id_${step}`,
      `false AS kql_hit_${step}`,
    ]),
    ...slots.map((slot) => `${empty(slot)} AS ${slot.name}`),
    ...steps.flatMap((_, step) =>
      declared.map(({ column }) => `${defaults.get(column.id)} AS kql_value_${step}_${column.id}`),
    ),
  ];
  const placeName = rowSql.get(place.id) ?? '';
  const kept = steps.flatMap((_, step) =>
    declared.map(({ column: { id } }) => `kql_new_${step}_${id} AS kql_value_${step}_${id}`),
  );
  const flags = (name: string, sqls: readonly string[]) =>
    sqls.map((sql, step) => `${sql} AS kql_${name}_${step}`).join(', ');
  const first = `SELECT *, ${flags('moves', moves)} FROM kql_walk JOIN kql_rows AS kql_row ON ${placeName} = kql_at + 1`;
  const walk = [
    `SELECT CAST(0 AS BIGINT) AS kql_at, CAST(0 AS BIGINT) AS kql_matches, ${start.join(', ')}`,
    `SELECT kql_at + 1 AS kql_at, ${[next, ...states, ...after, ...kept].join(', ')} FROM
     (SELECT *${values.map((value) => `, ${value}`).join('')} FROM
     (SELECT *, ${flags('stays', stays)} FROM (${first}) AS kql_row) AS kql_row) AS kql_row`,
  ].join(' UNION ALL ');

  const byStep = (sqlOf: (step: number) => string) =>
    `CASE kql_step ${steps.map((_, step) => `WHEN ${step} THEN ${sqlOf(step)}`).join(' ')} END`;
  const columns = [
    ...rows.columns
      .filter(({ id }) => id !== place.id)
      .map((column) => ({ ...column, sql: `kql_row.${column.sql}` })),
    ...declared.map(({ column }) => ({
      id: column.id,
      sql: byStep((step) => `kql_value_${step}_${column.id}`),
      isPlain: false,
    })),
    ...(node.matchId
      ? [{ id: node.matchId.id, sql: byStep((step) => `kql_id_${step}`), isPlain: false }]
      : []),
  ];
  const shown = steps.flatMap(({ isOutput }, step) => (isOutput ? [`(${step})`] : []));
  return {
    ...EMPTY_SELECT,
    columns: pick(node.columns, columns),
    from: `(WITH RECURSIVE kql_rows AS MATERIALIZED (SELECT * FROM ${rows.from}), kql_walk AS (${walk})
      SELECT * FROM kql_walk JOIN kql_rows AS kql_row ON ${placeName} = kql_at) AS kql_row, (VALUES ${shown.join(', ') || '(-1)'}) AS kql_steps (kql_step)`,
    where: [`coalesce(${byStep((step) => `kql_hit_${step}`)}, false)`],
    orderBy: ['kql_at', 'kql_step DESC'],
  };
}

function typed(value: Scalar, { type }: Column, context: ScalarContext): string {
  return `CAST(${convert(lowerScalar(value, context), type).sql} AS ${carrierOf(type)})`;
}
