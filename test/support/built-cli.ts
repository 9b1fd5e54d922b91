import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const BIN = join(ROOT, 'bin', 'aml-monitor.cjs');

export interface BuiltRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built tool as its users run it: a process of its own, with a home folder of its own. */
export interface BuiltCli {
  /** Holds everything that the runs leave on the disk. */
  readonly folder: string;
  run(args: readonly string[], options?: RunOptions): Promise<BuiltRun>;
  /** `local start`, ready to answer: `env` is what it wrote for its clients. */
  serve(): Promise<{ readonly env: Env; readonly stop: () => Promise<BuiltRun> }>;
  remove(): void;
}

export type Env = Readonly<Record<string, string>>;

export interface RunOptions {
  readonly env?: Env;
  readonly stdin?: string;
}

export function openBuiltCli({ bin = BIN, node = process.execPath } = {}): BuiltCli {
  const folder = mkdtempSync(join(tmpdir(), 'aml-monitor-test-'));

  function launch(args: readonly string[], env: Env = {}): ChildProcess {
    return spawn(node, [bin, ...args], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        AML_MONITOR_LOCAL_DIR: join(folder, 'cloud'),
        AML_MONITOR_CONFIG_DIR: join(folder, 'config'),
        ...env,
      },
    });
  }

  return {
    folder,
    run(args, { env, stdin = '' } = {}) {
      const child = launch(args, env);
      child.stdin?.end(stdin);
      return ended(child);
    },
    async serve() {
      const envFile = join(folder, 'local.env');
      const child = launch(['local', 'start', '-e', envFile]);
      const end = ended(child);
      const env = await Promise.race([
        untilWritten(envFile),
        end.then(({ stderr }) => Promise.reject(new Error(`local start ended: ${stderr}`))),
      ]);
      return {
        env,
        stop() {
          child.kill('SIGINT');
          return end;
        },
      };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function ended(child: ChildProcess): Promise<BuiltRun> {
  const text = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (part) => (text.stdout += part));
  child.stderr?.setEncoding('utf8').on('data', (part) => (text.stderr += part));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...text }));
  });
}

/** The `NAME=value` lines of a file, once it is there. It is written by rename, so it is whole. */
async function untilWritten(path: string): Promise<Env> {
  for (;;) {
    try {
      const lines = readFileSync(path, 'utf8').trim().split('\n');
      return Object.fromEntries(
        lines.map((line) => {
          const at = line.indexOf('=');
          return [line.slice(0, at), line.slice(at + 1)];
        }),
      );
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
