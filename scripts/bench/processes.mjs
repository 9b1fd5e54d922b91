// Child processes whose time is taken, and the table of what they took.

import { spawn } from 'node:child_process';

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
