// Child processes whose time is taken, and the table of what they took.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** `folder` is the child's home and where it stands. */
export function launch(folder, args, env, stdout = 'ignore') {
  // Nothing is inherited: NODE_EXTRA_CA_CERTS alone costs Node 20 more than the whole budget.
  const plain = { PATH: process.env.PATH, HOME: folder, SystemRoot: process.env.SystemRoot };
  return spawn(process.execPath, args, {
    env: { ...plain, ...env },
    cwd: folder,
    stdio: ['ignore', stdout, 'ignore'],
  });
}

export function untilExit(folder, args) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    launch(folder, args, {}).once('exit', (status) => {
      if (status === 0) resolve(performance.now() - started);
      else reject(new Error(`${args.join(' ')} ended with status ${status}.`));
    });
  });
}

/**
 * One of each case, round after round; the first two rounds only warm the caches of the disk. Prints the medians as
 * ratios to the first case. A ratio over its budget is exit status 1.
 */
export async function compareProcesses(cases, rounds) {
  const times = cases.map(() => []);
  for (let round = -2; round < rounds; round += 1) {
    for (const [index, { run }] of cases.entries()) {
      const ms = await run();
      if (round >= 0) times[index].push(ms);
    }
  }
  const medians = times.map(median);
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

export function median(list) {
  return list.toSorted((a, b) => a - b)[list.length >> 1];
}

export function verdict(what, wished, got, isFine) {
  if (!isFine) process.exitCode = 1;
  console.log(`${what.padEnd(32)} ${wished}  ${got}  ${isFine ? 'ok' : 'WRONG'}`);
}

/** Of a process that may be killed, so it is looked at from outside. */
export function peakOf(child) {
  let peak = 0;
  const look = () => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // It has ended, or this is not Linux.
    }
  };
  const timer = setInterval(look, 100);
  child.once('exit', () => clearInterval(timer));
  return () => peak;
}

/** Its exit status, null if it was killed, and what it said. */
export function ended(child, { mayFail = false } = {}) {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (part) => {
    stdout += part;
  });
  child.stderr.setEncoding('utf8').on('data', (part) => {
    stderr += part;
  });
  return new Promise((resolve, reject) => {
    child.once('close', (status) => {
      if (status === 0 || mayFail) resolve({ status, stdout, stderr });
      else reject(new Error(stderr));
    });
  });
}

/** The variables in a file, once it is there: it is written whole. */
export async function untilWritten(path) {
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 50));
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
}
