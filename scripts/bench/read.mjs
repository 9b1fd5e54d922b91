import { fork } from 'node:child_process';
import { closeSync, createReadStream, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, median } from './processes.mjs';

const FASTER_THAN_SDK = 20;
const PEAK_BUDGET_MB = 120;
const MORE = 10 / 3;

/**
 * A large answer over HTTPS, from the start of a process to its end: the whole command to jsonl, against the query
 * client of the SDK as it is, and against no more than `fetch` and `JSON.parse`.
 */
export async function read({ bin, folder, rows = 300_000, rounds = 5 }) {
  const many = Math.round(rows * MORE);
  const server = await startServer(folder, [rows, many]);
  try {
    const { bytes, zipped } = server.answers[rows];
    console.log(
      `${rows} rows of 15 columns, ${mb(bytes)} MB of JSON, ${mb(zipped)} MB zipped; ` +
        `Node ${process.version}, ${rounds} rounds, medians\n`,
    );
    const ways = {
      fetch: () => runWorker(server, folder, 'fetch', rows),
      own: () => runCommand(server, folder, bin, rows),
      many: () => runCommand(server, folder, bin, many),
      sdk: () => runWorker(server, folder, 'sdk', rows),
    };
    const runs = { fetch: [], own: [], many: [], sdk: [] };
    for (let round = -1; round < rounds; round += 1) {
      for (const [name, run] of Object.entries(ways)) {
        // It takes a minute.
        if (name === 'sdk' && round !== 0) continue;
        const measured = await run();
        if (round >= 0) runs[name].push(measured);
      }
    }
    report(runs, rows, many);
  } finally {
    server.close();
  }
}

function report(runs, rows, many) {
  const [fetched, own, most, sdk] = ['fetch', 'own', 'many', 'sdk'].map((name) => ({
    seconds: median(runs[name].map(({ ms }) => ms)) / 1000,
    peakMb: Math.max(...runs[name].map(({ peakMb }) => peakMb)),
  }));
  const line = (name, { seconds, peakMb }) =>
    console.log(
      `${name.padEnd(44)} ${seconds.toFixed(2).padStart(6)} s  ${peakMb.toFixed(0).padStart(5)} MB`,
    );
  line('the SDK, queryResource', sdk);
  line('fetch and JSON.parse', fetched);
  line(`query -o jsonl, ${rows} rows`, own);
  line(`query -o jsonl, ${many} rows`, most);
  console.log();
  judge('as fast as the SDK', sdk.seconds / own.seconds, '≥', FASTER_THAN_SDK, '×');
  judge('the time of fetch and JSON.parse', own.seconds / fetched.seconds, '≤', 1, '×');
  judge(`peak memory, ${rows} rows`, own.peakMb, '≤', PEAK_BUDGET_MB, 'MB');
  judge(`peak memory, ${many} rows`, most.peakMb, '≤', PEAK_BUDGET_MB, 'MB');
}

function judge(name, value, relation, budget, unit) {
  const isWithin = relation === '≤' ? value <= budget : value >= budget;
  if (!isWithin) process.exitCode = 1;
  console.log(
    `${name.padEnd(44)} ${value.toFixed(2).padStart(6)} ${unit}  ${relation} ${budget} ${unit}  ` +
      `${isWithin ? 'ok' : 'OVER'}`,
  );
}

function startServer(folder, sizes) {
  const script = fileURLToPath(new URL('read-server.mjs', import.meta.url));
  const child = fork(script, [folder, ...sizes.map(String)]);
  return new Promise((resolve, reject) => {
    child.once('exit', (status) => reject(new Error(`The server ended with status ${status}.`)));
    child.once('message', (place) => resolve({ ...place, close: () => child.kill() }));
  });
}

function runWorker({ origin, caFile }, folder, way, rows) {
  const worker = fileURLToPath(new URL('read-worker.mjs', import.meta.url));
  const url = `${origin}/v1${component(rows)}/query`;
  return measured(folder, [worker, way, url], { NODE_EXTRA_CA_CERTS: caFile }, 'ignore');
}

/** To a file, whose lines are counted. */
async function runCommand({ origin, caFile }, folder, bin, rows) {
  const path = join(folder, 'rows.jsonl');
  const file = openSync(path, 'w');
  const env = {
    ARM_CLOUD_METADATA_URL: `${origin}/metadata/endpoints?api-version=2022-09-01`,
    AZURE_TENANT_ID: '00000000-0000-4000-8000-000000000001',
    AZURE_CLIENT_ID: '00000000-0000-4000-8000-000000000002',
    AZURE_CLIENT_SECRET: 'not-a-secret',
    NODE_EXTRA_CA_CERTS: caFile,
  };
  const args = [bin, 'query', 'traces', '--component', component(rows), '-o', 'jsonl'];
  const result = await measured(folder, args, env, file);
  closeSync(file);
  const lines = await countLines(path);
  rmSync(path);
  if (lines !== rows) throw new Error(`${lines} rows were printed, not ${rows}.`);
  return result;
}

function component(rows) {
  const group = '/subscriptions/00000000-0000-4000-8000-000000000003/resourceGroups/g';
  return `${group}/providers/microsoft.insights/components/rows-${rows}`;
}

function measured(folder, args, env, stdout) {
  const hook = fileURLToPath(new URL('peak-memory.cjs', import.meta.url));
  const peak = join(folder, 'peak');
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = launch(
      folder,
      ['--require', hook, ...args],
      { ...env, PEAK_MEMORY: peak },
      stdout,
    );
    child.once('exit', (status) => {
      const ms = performance.now() - started;
      if (status === 0) resolve({ ms, peakMb: Number(readFileSync(peak, 'utf8')) / 1024 });
      else reject(new Error(`${args.join(' ')} ended with status ${status}.`));
    });
  });
}

async function countLines(path) {
  let lines = 0;
  for await (const chunk of createReadStream(path)) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
  }
  return lines;
}

function mb(bytes) {
  return (bytes / 1e6).toFixed(1);
}
