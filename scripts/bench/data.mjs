import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataFiles } from './data-rows.mjs';
import { launch, median } from './processes.mjs';
import { smallFiles } from './small-files.mjs';

/** Against hand-written SQL. */
const FIGURES = { ratio: 1.5, peakMb: 1024, baseline: 'the SQL alone' };
/** Against the same command. */
const READING = { ratio: 4, peakMb: 600, baseline: 'one file' };

/**
 * `data stats` and `data drift` of files, each as a whole command, against a process that asks DuckDB the same in
 * hand-written SQL; and `data stats` of many small files against one with their lines: by turns, answers compared.
 */
export async function data({ bin, folder, rows = 5_000_000, files = 20_000, rounds = 3 }) {
  const own = (name, ...args) => [bin, 'data', name, ...args, '-o', 'jsonl'];
  const worker = fileURLToPath(new URL('data-worker.mjs', import.meta.url));
  const { all, baseline, target } = await dataFiles(folder, rows);
  console.log(`${rows} rows of 20 columns in Parquet, ${rounds} rounds, medians\n`);
  const figures = [
    { name: 'stats', args: own('stats', '--files', all), other: [worker, 'stats', all] },
    {
      name: 'drift',
      args: own('drift', '--files', target, '--baseline', baseline),
      other: [worker, 'drift', baseline, target],
    },
  ];
  await compareCases(folder, rounds, figures, FIGURES);
  for (const form of ['v2', 'v1']) {
    const { many, one, rows: lines } = smallFiles(folder, form, files);
    console.log(`\n${lines} rows of ${form} in ${files} files\n`);
    const [args, other] = [many, one].map((path) => own('stats', '--files', path));
    await compareCases(folder, rounds, [{ name: 'stats', args, other }], READING);
  }
}

async function compareCases(folder, rounds, cases, budget) {
  for (const { name, args, other } of cases) {
    const sides = [args, other].map((side) => ({ args: side, times: [], peaks: [] }));
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
    report(name, budget, ...sides);
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

function report(name, budget, own, other) {
  const [ms, best] = [median(own.times), median(other.times)];
  const [peak, otherPeak] = [own.peaks, other.peaks].map((peaks) => Math.max(...peaks));
  const isFast = ms <= best * budget.ratio;
  const isSmall = peak <= budget.peakMb;
  if (!isFast || !isSmall) process.exitCode = 1;
  console.log(
    `data ${name}  ${ms.toFixed(0).padStart(6)} ms  of ${best.toFixed(0).padStart(6)} ms  ` +
      `${(ms / best).toFixed(2)} ×  of ${budget.ratio} ×  ${isFast ? 'ok' : 'OVER'}`,
  );
  console.log(
    `            ${peak.toFixed(0).padStart(5)} MB  of ${budget.peakMb} MB  ${isSmall ? 'ok' : 'OVER'}  ` +
      `(${budget.baseline}: ${otherPeak.toFixed(0)} MB)`,
  );
}
