import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { ended, peakOf, untilWritten, verdict } from './processes.mjs';
import { traceFile } from './trace-rows.mjs';

const RSS_BUDGET_MB = 250;
const KILLS = 3;
/** What a user gets of Azure, and weather that is worse than usual. */
const WEATHER = [
  ...['--limit-rows', '500000', '--limit-bytes', '64000000', '--throttle', '200/30s'],
  ...['--latency', '100ms', '--faults', '2%'],
];
const RANGE = ['--from', '2026-05-01', '--to', '2026-08-01'];

/**
 * A whole export over local HTTPS, killed at random moments and begun again: as many rows as were put in, the same rows,
 * none fetched twice, and how much memory and time it took.
 */
export async function exporting({ bin, folder, rows = 3_000_000, instant = rows / 15 }) {
  const file = await traceFile(rows, { inOneInstant: Math.floor(instant) });
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    AML_MONITOR_LOCAL_DIR: join(folder, 'cloud'),
  };
  const launch = (args, own = {}) =>
    spawn(process.execPath, [bin, ...args], { cwd: folder, env: { ...env, ...own } });

  console.log(
    `${rows} rows, ${Math.floor(instant)} of them in one instant; ${WEATHER.join(' ')}\n`,
  );
  await ended(launch(['local', 'load', file]));
  const envFile = join(folder, 'local.env');
  const server = launch(['local', 'start', '-e', envFile, ...WEATHER]);
  try {
    const cloud = await untilWritten(envFile);
    const args = ['export', 'traces', ...RANGE, '--out', 'out', '--verbose'];
    const journal = join(folder, 'out', '.aml-monitor-export', 'journal.jsonl');
    const begun = performance.now();
    const peaks = [];
    let finished = [];
    for (let kill = 0; kill <= KILLS; kill++) {
      const started = performance.now();
      const child = launch(args, cloud);
      const peak = peakOf(child);
      const isLast = kill === KILLS;
      if (!isLast) {
        killAfter(() => slicesIn(journal).length > finished.length, child);
      }
      const { status, stderr } = await ended(child, { mayFail: true });
      peaks.push(peak());
      const slices = slicesIn(journal);
      const isKept = finished.every((line, index) => slices[index] === line);
      const took = ((performance.now() - started) / 1000).toFixed(1);
      const again = stderr.split('\n').filter((line) => line.includes('It is asked again')).length;
      console.log(
        `${(status === null ? 'killed' : `ended with ${status}`).padEnd(12)} after ${took.padStart(5)} s: ` +
          `${slices.length - finished.length} more pieces, ${slices.length} in all` +
          `${isKept ? '' : ', NOT ALL KEPT'}; asked again ${again} times; peak ${peaks.at(-1).toFixed(0)} MB`,
      );
      if (!isKept || (isLast && status !== 0)) {
        console.log(stderr.split('\n').slice(-5).join('\n'));
        process.exitCode = 1;
      }
      if (isLast || status !== null) break;
      finished = slices;
    }
    const seconds = (performance.now() - begun) / 1000;
    const rowSum = slicesIn(journal).reduce((sum, line) => sum + JSON.parse(line).slice.rows, 0);
    const put = await digest(file);
    const got = await digest(join(folder, 'out', 'traces.parquet'));
    verdict('rows put in, rows exported', put.rows, got.rows, put.rows === got.rows);
    verdict('sum of the pieces', put.rows, String(rowSum), put.rows === String(rowSum));
    verdict('checksums of the rows', put.sum, got.sum, put.sum === got.sum);
    const most = Math.max(...peaks);
    verdict('peak memory of an export, MB', RSS_BUDGET_MB, most.toFixed(0), most <= RSS_BUDGET_MB);
    console.log(`\n${seconds.toFixed(0)} s, ${Math.round(rows / seconds)} rows/s, kills included`);
  } finally {
    server.kill('SIGINT');
    await ended(server, { mayFail: true });
  }
}

/** Independent of the order of the rows and the columns. */
async function digest(path) {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB' });
  const connection = await instance.connect();
  const described = await connection.runAndReadAll(`DESCRIBE FROM '${path}'`);
  const names = described.getRows().map(([name]) => `"${name}"`);
  const result = await connection.runAndReadAll(
    `SELECT count(*)::VARCHAR, sum(hash(${names.toSorted().join(', ')})::HUGEINT)::VARCHAR FROM '${path}'`,
  );
  const [[rows, sum]] = result.getRows();
  connection.closeSync();
  instance.closeSync();
  return { rows, sum };
}

function slicesIn(journal) {
  if (!existsSync(journal)) return [];
  const lines = readFileSync(journal, 'utf8').split('\n').slice(0, -1);
  return lines.filter((line) => line.startsWith('{"kind":"slice"'));
}

/** At a random moment of the next seconds after there is something to lose. */
function killAfter(isWorking, child) {
  const timer = setInterval(() => {
    if (!isWorking()) return;
    clearInterval(timer);
    setTimeout(() => child.kill('SIGKILL'), Math.random() * 8000).unref();
  }, 100);
  child.once('exit', () => clearInterval(timer));
}
