import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CASES } from './engine-cases.mjs';
import { compareProcesses, median, untilExit } from './processes.mjs';
import { traceTables } from './trace-rows.mjs';

const RATIO_BUDGET = 1.3;
const RSS_BUDGET_MB = 600;
const COLD_BUDGET = 30;

/**
 * KQL through the engine, from its text to its last row, against the fastest hand-written SQL of DuckDB: each side a
 * process of its own, by turns, answers compared. Then a whole cold command against an empty script.
 */
export async function engine({ bin, folder, rows = 5_000_000, rounds = 5 }) {
  const tables = await traceTables(rows);
  const [kusto, duckdb] = ['engine', 'duckdb'].map((side) => openSide(side, tables));
  try {
    console.log(`${rows} rows of Parquet, ${rounds} rounds, medians\n`);
    for (const one of CASES) await compareSides(one, { kusto, duckdb, rounds });
    const peak = kusto.rssMb();
    const verdict = peak <= RSS_BUDGET_MB ? 'ok' : 'OVER';
    if (verdict === 'OVER') process.exitCode = 1;
    console.log(
      `\npeak memory of the engine  ${peak.toFixed(0)} MB of ${RSS_BUDGET_MB} MB  ${verdict}`,
    );
  } finally {
    kusto.close();
    duckdb.close();
  }
  console.log('\na cold command');
  const [file] = tables[0].rows[0].files;
  await compareCold({ bin, folder, file, rounds: rounds * 2 + 1 });
}

async function compareSides({ name, kql, sql, isOrdered = false }, { kusto, duckdb, rounds }) {
  const runs = [{ side: kusto, text: kql }, ...sql.map((text) => ({ side: duckdb, text }))];
  const times = runs.map(() => []);
  // The first round warms both: parser, macros, pages of the file.
  for (let round = -1; round < rounds; round += 1) {
    const answers = [];
    for (const [index, { side, text }] of runs.entries()) {
      const { ms, lines } = await side.ask(text);
      if (round >= 0) times[index].push(ms);
      answers.push((isOrdered ? lines : lines.toSorted()).join('\n'));
    }
    const other = answers.findIndex((answer) => answer !== answers[0]);
    if (other > 0) {
      const shown = [answers[0], answers[other]].map((answer) => answer.slice(0, 500)).join('\n');
      throw new Error(`${name}: the answers differ.\n${kql}\n${sql[other - 1]}\n${shown}`);
    }
  }
  const [own, ...others] = times.map(median);
  const best = Math.min(...others);
  const ratio = own / best;
  console.log(
    `${name.padEnd(44)} ${own.toFixed(0).padStart(6)} ms  of ${best.toFixed(0).padStart(6)} ms  ` +
      `${ratio.toFixed(2).padStart(5)} ×  of ${RATIO_BUDGET} ×  ${ratio <= RATIO_BUDGET ? 'ok' : 'OVER'}`,
  );
  if (ratio > RATIO_BUDGET) process.exitCode = 1;
}

/** A process that answers one query at a time. */
function openSide(side, tables) {
  const worker = fileURLToPath(new URL('engine-worker.mjs', import.meta.url));
  const child = fork(worker, [side, JSON.stringify(tables)]);
  let rssMb = 0;
  return {
    ask: (text) =>
      new Promise((resolve, reject) => {
        const ended = (status) => reject(new Error(`${side} ended with status ${status}: ${text}`));
        child.once('exit', ended);
        child.once('message', (answer) => {
          child.off('exit', ended);
          rssMb = answer.rssMb ?? rssMb;
          if (answer.error === undefined) resolve(answer);
          else reject(new Error(`${text}\n${answer.error}`));
        });
        child.send(text);
      }),
    rssMb: () => rssMb,
    close: () => child.kill(),
  };
}

async function compareCold({ bin, folder, file, rounds }) {
  const empty = join(folder, 'empty.cjs');
  writeFileSync(empty, '');
  const query = 'traces | where customDimensions contains "input" | limit 10';
  const sources = [['--local'], ['--files', file]];
  const cases = [
    { name: 'an empty script', run: () => untilExit(folder, [empty]), budget: 1 },
    ...sources.map((source) => ({
      name: `query ${source[0]}`,
      run: () => untilExit(folder, [bin, 'query', query, ...source, '-o', 'jsonl']),
      budget: COLD_BUDGET,
    })),
  ];
  await compareProcesses(cases, rounds);
}
