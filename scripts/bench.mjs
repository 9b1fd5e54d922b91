// Measures what DESIGN promises as ratios, in one interleaved run, so that a busy machine or a slow
// one gives the same answer. `npm run bench -- start [--rounds N]`

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const bin = fileURLToPath(new URL('../bin/aml-monitor.cjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'aml-monitor-bench-'));
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '31' } },
});
const benches = { start };

const bench = benches[positionals[0]];
try {
  if (bench) await bench(Number(values.rounds));
  else console.error(`usage: npm run bench -- ${Object.keys(benches).join('|')} [--rounds N]`);
  if (!bench) process.exitCode = 2;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Start-up: until the process is gone, or until its first connection arrives at a listener here. */
async function start(rounds) {
  const empty = join(folder, 'empty.cjs');
  writeFileSync(empty, '');
  const listener = await listen();
  const url = `127.0.0.1:${listener.port}`;
  const principal = {
    AZURE_TENANT_ID: '00000000-0000-4000-8000-000000000001',
    AZURE_CLIENT_ID: '00000000-0000-4000-8000-000000000002',
    AZURE_CLIENT_SECRET: 'not-a-secret',
    AZUREML_ARM_SUBSCRIPTION: '00000000-0000-4000-8000-000000000003',
    AZUREML_ARM_RESOURCEGROUP: 'group',
    AZUREML_ARM_WORKSPACE_NAME: 'workspace',
  };
  const azure = { ...principal, HTTPS_PROXY: `http://${url}` };
  const custom = { ...principal, ARM_CLOUD_METADATA_URL: `https://${url}/metadata/endpoints` };
  const requests = [
    ['list', azure, 'list, Azure behind a proxy'],
    ['list', custom, 'list, a cloud of its own'],
    ['whoami', azure, 'whoami'],
    ['logs my-service', azure, 'logs'],
    ['query --contains input', azure, 'query'],
  ];
  const cases = [
    { name: 'an empty script', run: () => untilExit([empty]), budget: 1 },
    { name: '--version', run: () => untilExit([bin, '--version']), budget: 1.25 },
    { name: '--help', run: () => untilExit([bin, '--help']), budget: 1.5 },
    ...requests.map(([line, env, label]) => ({
      name: `first request of ${label}`,
      run: () => untilRequest([bin, ...line.split(' ')], env, listener),
      budget: 4,
    })),
  ];
  await compare(cases, rounds);
  listener.close();
}

/** One of each, round after round; the first two rounds only warm the caches of the disk. */
async function compare(cases, rounds) {
  const times = cases.map(() => []);
  for (let round = -2; round < rounds; round += 1) {
    for (const [index, { run }] of cases.entries()) {
      const ms = await run();
      if (round >= 0) times[index].push(ms);
    }
  }
  const medians = times.map((list) => list.sort((a, b) => a - b)[list.length >> 1]);
  console.log(`Node ${process.version}, ${rounds} rounds, medians\n`);
  for (const [index, { name, budget }] of cases.entries()) {
    const ratio = medians[index] / medians[0];
    const verdict = ratio <= budget ? 'ok' : 'OVER';
    if (verdict === 'OVER') process.exitCode = 1;
    console.log(
      `${name.padEnd(44)} ${medians[index].toFixed(0).padStart(5)} ms  ` +
        `${ratio.toFixed(2).padStart(5)} ×  of ${budget} ×  ${verdict}`,
    );
  }
}

function launch(args, env) {
  // Nothing is inherited: NODE_EXTRA_CA_CERTS alone costs Node 20 more than the whole budget.
  const plain = { PATH: process.env.PATH, HOME: folder, SystemRoot: process.env.SystemRoot };
  return spawn(process.execPath, args, { env: { ...plain, ...env }, cwd: folder, stdio: 'ignore' });
}

function untilExit(args) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    launch(args, {}).once('exit', (status) => {
      if (status === 0) resolve(performance.now() - started);
      else reject(new Error(`${args.join(' ')} ended with status ${status}.`));
    });
  });
}

function untilRequest(args, env, listener) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let elapsed;
    const child = launch(args, env);
    listener.onConnection = () => {
      elapsed ??= performance.now() - started;
      child.kill('SIGKILL');
    };
    child.once('exit', (status) => {
      if (elapsed !== undefined) resolve(elapsed);
      else reject(new Error(`${args.slice(1).join(' ')} sent nothing, status ${status}.`));
    });
  });
}

function listen() {
  return new Promise((resolve) => {
    const listener = { onConnection: () => {} };
    const server = createServer((socket) => {
      listener.onConnection();
      socket.on('error', () => {}).destroy();
    });
    server.listen(0, '127.0.0.1', () => {
      listener.port = server.address().port;
      listener.close = () => server.close();
      resolve(listener);
    });
  });
}
