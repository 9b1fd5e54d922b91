// One side of `bench -- engine`: answers queries one after another, each with its time and its rows.
// `engine` runs KQL through the built engine, `duckdb` runs SQL through DuckDB alone.

import { createRequire } from 'node:module';

const sides = { engine: openEngine, duckdb: openDuckdb };
const run = await sides[process.argv[2]](JSON.parse(process.argv[3]));

process.on('message', async (text) => {
  try {
    const started = performance.now();
    const rows = await run(text);
    const ms = performance.now() - started;
    const lines = rows.map((row) => JSON.stringify(row, plain));
    process.send({ ms, lines, rssMb: process.resourceUsage().maxRSS / 1024 });
  } catch (error) {
    process.send({ error: error.message });
  }
});

async function openEngine(tables) {
  const require = createRequire(import.meta.url);
  const { createProcessHost } = require('../../dist/lib/process-host.cjs');
  const opened = await createProcessHost(process).openEngine();
  return async (kql) => {
    const result = await opened.run(kql, tables, { now: new Date('2026-06-11T00:00:00Z') });
    const rows = [];
    for await (const row of result.rows) rows.push(row);
    return rows;
  };
}

async function openDuckdb(tables) {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  for (const { name, rows } of tables) {
    await connection.run(`CREATE TEMP VIEW ${name} AS FROM read_parquet('${rows[0].files[0]}')`);
  }
  return async (sql) => (await connection.runAndReadAll(sql)).getRows();
}

/** Both sides alike: integers of 64 bits as text. */
function plain(_key, value) {
  return typeof value === 'bigint' ? String(value) : value;
}
