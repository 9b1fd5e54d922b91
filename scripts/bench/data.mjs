import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataFiles } from './data-rows.mjs';
import { launch, median } from './processes.mjs';

const RATIO_BUDGET = 1.5;
const RSS_BUDGET_MB = 1024;

/**
 * `data stats` and `data drift` of files, each as a whole command, against a process that asks DuckDB the same in
 * hand-written SQL: by turns, answers compared.
 */
export async function data({ bin, folder, rows = 5_000_000, rounds = 3 }) {
  const { all, baseline, target } = await dataFiles(folder, rows);
  const worker = fileURLToPath(new URL('data-worker.mjs', import.meta.url));
  const cases = [
    { name: 'stats', own: ['--files', all], files: [all] },
    { name: 'drift', own: ['--files', target, '--baseline', baseline], files: [baseline, target] },
  ];
  console.log(`${rows} rows of 20 columns in Parquet, ${rounds} rounds, medians\n`);
  for (const { name, own, files } of cases) {
    const sides = [
      { args: [bin, 'data', name, ...own, '-o', 'jsonl'] },
      { args: [worker, name, ...files] },
    ].map((side) => ({ ...side, times: [], peaks: [] }));
    // The first round only warms the caches of the disk.
    for (let round = -1; round < rounds; round += 1) {
      const answers = [];
      for (const side of sides) {
        const { ms, peakMb, lines } = await run(folder, side.args);
        if (round >= 0) side.times.push(ms);
        side.peaks.push(peakMb);
        answers.push(new Map(lines.map((line) => [line.column ?? line.feature, line])));
      }
      compareAnswers(name, ...answers);
    }
    report(name, ...sides);
  }
}

async function run(folder, args) {
  const peak = join(folder, 'peak');
  const preload = fileURLToPath(new URL('peak-memory.cjs', import.meta.url));
  const started = performance.now();
  const child = launch(folder, ['-r', preload, ...args], { PEAK_MEMORY: peak }, 'pipe');
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  const status = await new Promise((resolve) => child.once('close', resolve));
  if (status !== 0) throw new Error(`${args.join(' ')} ended with status ${status}.`);
  const lines = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return {
    ms: performance.now() - started,
    peakMb: Number(readFileSync(peak, 'utf8')) / 1024,
    lines,
  };
}

/** Every figure that the hand-written SQL has. */
function compareAnswers(name, own, other) {
  for (const [column, figures] of other) {
    for (const [figure, expected] of Object.entries(figures)) {
      const got = own.get(column)?.[figure];
      if (isSame(got, expected)) continue;
      throw new Error(
        `${name}: ${figure} of ${column} is ${JSON.stringify(got)}, not ${JSON.stringify(expected)}.`,
      );
    }
  }
}

function isSame(got, expected) {
  if (typeof got === 'number' && typeof expected === 'number') {
    return Math.abs(got - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
  }
  return JSON.stringify(got) === JSON.stringify(expected);
}

function report(name, own, other) {
  const [ms, best] = [median(own.times), median(other.times)];
  const [peak, otherPeak] = [own.peaks, other.peaks].map((peaks) => Math.max(...peaks));
  const isFast = ms <= best * RATIO_BUDGET;
  const isSmall = peak <= RSS_BUDGET_MB;
  if (!isFast || !isSmall) process.exitCode = 1;
  console.log(
    `data ${name}  ${ms.toFixed(0).padStart(6)} ms  of ${best.toFixed(0).padStart(6)} ms  ` +
      `${(ms / best).toFixed(2)} ×  of ${RATIO_BUDGET} ×  ${isFast ? 'ok' : 'OVER'}`,
  );
  console.log(
    `            ${peak.toFixed(0).padStart(5)} MB  of ${RSS_BUDGET_MB} MB  ${isSmall ? 'ok' : 'OVER'}  ` +
      `(the SQL alone: ${otherPeak.toFixed(0)} MB)`,
  );
}
