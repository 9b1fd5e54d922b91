import { join } from 'node:path';

/** A number from 0 to 1 that follows from the row alone. */
const chance = (seed) => `hash(i * 31 + ${seed}) / 18446744073709551616.0`;
const whole = (seed, count) => `(hash(i * 19 + ${seed}) % ${count})::INTEGER`;

/** How the columns are compared, and what makes their values; of some the second half has moved. */
export const COLUMNS = [
  ...['real_0', 'real_1', 'real_2', 'real_3'].map((name, at) => {
    return { name, kind: 'sorted', sql: `${chance(at)} + ${chance(at + 50)} * ${at + 1}` };
  }),
  {
    name: 'moved',
    kind: 'sorted',
    sql: `${chance(7)} + CASE WHEN i * 2 >= rows THEN 0.2 ELSE 0 END`,
  },
  ...['holes_0', 'holes_1'].map((name, at) => {
    const hole = `hash(i * 13 + ${at}) % ${at === 0 ? 20 : 3} = 0`;
    return { name, kind: 'sorted', sql: `CASE WHEN ${hole} THEN NULL ELSE ${chance(at + 9)} END` };
  }),
  ...['price_0', 'price_1'].map((name, at) => {
    return { name, kind: 'counted', sql: `${whole(at, 90000)} / 64.0` };
  }),
  { name: 'age', kind: 'counted', sql: whole(3, 90) },
  { name: 'visits', kind: 'counted', sql: whole(4, 1000) },
  { name: 'amount', kind: 'counted', sql: whole(5, 1000000) },
  { name: 'code', kind: 'category', sql: whole(6, 9) },
  ...[3, 20, 200, 5000].map((count, at) => {
    return {
      name: `word_${at}`,
      kind: 'category',
      sql: `'word ' || hash(i * 23 + ${at}) % ${count}`,
    };
  }),
  {
    name: 'color',
    kind: 'category',
    sql: `CASE WHEN hash(i * 3) % 10 = 0 THEN NULL ELSE ['red', 'green', 'blue'][1 + (hash(i * 5) % 3)::INTEGER] END`,
  },
  { name: 'flag', kind: 'category', sql: 'hash(i * 7) % 2 = 0' },
  { name: 'seen', kind: 'time', sql: `TIMESTAMP '2026-01-01' + to_seconds(i)` },
];

/** Files of all rows, and of each half of them. */
export async function dataFiles(folder, rows) {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const paths = Object.fromEntries(
    ['all', 'baseline', 'target'].map((name) => [name, join(folder, `${name}.parquet`)]),
  );
  const selected = COLUMNS.map(({ name, sql }) => `${sql} AS ${name}`).join(', ');
  const half = Math.floor(rows / 2);
  for (const [name, where] of [
    ['all', 'true'],
    ['baseline', `i < ${half}`],
    ['target', `i >= ${half}`],
  ]) {
    await connection.run(
      `COPY (SELECT ${selected} FROM (SELECT range AS i, ${rows} AS rows FROM range(${rows})) WHERE ${where})
       TO '${paths[name]}' (FORMAT parquet)`,
    );
  }
  connection.closeSync();
  instance.closeSync();
  return paths;
}
