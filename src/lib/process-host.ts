import { setMaxListeners } from 'node:events';
import { mkdtempSync, promises, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalCloud, LocalConnection } from './emulator/local-cloud.js';
import { Interrupted } from './errors.js';
import type { Clock, Host, Input, Output, Prompt, QueryLimits, Report } from './host.js';
import { createFiles } from './local-files.js';
import type { Processes } from './lock-file.js';
import { createNewFiles } from './new-files.js';
import type { Settings } from './settings.js';

/** Variables that make libraries write to stderr, tokens included. */
const NOISE = ['AZURE_LOG_LEVEL', 'TYPESPEC_RUNTIME_LOG_LEVEL', 'DEBUG'];
/** How long after Ctrl-C a library's own timer or socket may keep the process. */
const GRACE_MS = 800;

/**
 * The real outside: files, network, terminal, clock of this process. Every start pays for what is done here, so a
 * stream is opened, and a module of Node loaded, when it is first used.
 */
export function createProcessHost(own: NodeJS.Process): Host {
  for (const name of NOISE) delete own.env[name];
  const env = { ...own.env };
  const homeDir = homedir();
  const signal = interruptSignal(own);
  const processes: Processes = { birthOf: (pid) => birthOf(own, pid), ownPid: own.pid };
  const newFiles = createNewFiles(processes);
  own.on('exit', newFiles.removeUnfinished);
  const files = createFiles(newFiles, processes);
  const clock = createClock();
  const clouds = new Map<string, Promise<LocalCloud>>();
  let stdin: Input | undefined;
  let stdout: Output | undefined;
  let stderr: Output | undefined;

  let spillFolder: string | undefined;

  async function openEngine(limits?: QueryLimits) {
    spillFolder ??= temporaryFolder(own);
    return (await import('./engine/duckdb-engine.js')).openEngine({ ...limits, spillFolder });
  }

  function openLocalCloud(folder: string, limits?: QueryLimits): Promise<LocalCloud> {
    const known = clouds.get(folder);
    if (known) return known;
    const opened = import('./emulator/emulator.js').then((emulator) =>
      emulator.openLocalCloud({
        folder,
        now: clock.now,
        openEngine: (own) =>
          openEngine({ maxMemoryBytes: limits?.maxMemoryBytes ?? own.maxMemoryBytes }),
      }),
    );
    clouds.set(folder, opened);
    return opened;
  }

  async function surroundings(settings: Settings, report: Report, limits?: QueryLimits) {
    const shared = { clock, signal, report, files, homeDir, platform: own.platform };
    if (!settings.local) return { ...shared, env };
    const opening = report.progress('Opening the local cloud');
    const { handle, connection } = await openLocalCloud(settings.localDir, limits).finally(
      opening.done,
    );
    return { ...shared, env: localEnv(connection), networkEnv: env, fetch: handle };
  }

  return {
    env,
    cwd: own.cwd(),
    homeDir,
    platform: own.platform,
    files,
    clock,
    signal,
    get stdin() {
      stdin ??= createInput(own.stdin);
      return stdin;
    },
    get stdout() {
      stdout ??= createOutput(own.stdout);
      return stdout;
    },
    get stderr() {
      stderr ??= createOutput(own.stderr);
      return stderr;
    },
    prompt: createPrompt(own),
    async connect(settings, report, limits) {
      const { connectGateways } = await import('./azure/connect.js');
      return connectGateways(settings, await surroundings(settings, report, limits));
    },
    async openSignIn(settings, report) {
      const { openSignIn } = await import('./azure/connect.js');
      return openSignIn(settings, await surroundings(settings, report));
    },
    openEngine,
    async openDatasets(limits) {
      spillFolder ??= temporaryFolder(own);
      return (await import('./datasets/open-datasets.js')).openDatasets({ ...limits, spillFolder });
    },
    scratchFolder() {
      spillFolder ??= temporaryFolder(own);
      return promises.mkdtemp(join(spillFolder, 'scratch-'));
    },
    localConnection: async () => (await import('./emulator/connection.js')).LOCAL_CONNECTION,
    openLocalCloud: (folder) => openLocalCloud(folder),
  };
}

/** A folder that no other user can read, and that goes when the process does. */
function temporaryFolder(own: NodeJS.Process): string {
  const folder = mkdtempSync(join(tmpdir(), 'aml-monitor-'));
  own.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The local cloud's own service principal, instead of whatever the environment is set up for. */
function localEnv({ tenantId, clientId, clientSecret }: LocalConnection) {
  return {
    AZURE_TENANT_ID: tenantId,
    AZURE_CLIENT_ID: clientId,
    AZURE_CLIENT_SECRET: clientSecret,
  };
}

function interruptSignal(own: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  // Every request and pause listens to it.
  setMaxListeners(0, controller.signal);
  const stopBy = (status: 130 | 143) => () => {
    if (controller.signal.aborted) own.exit(status);
    controller.abort(new Interrupted(status));
    setTimeout(() => own.exit(status), GRACE_MS).unref();
  };
  own.on('SIGINT', stopBy(130));
  own.on('SIGTERM', stopBy(143));
  return controller.signal;
}

function createClock(): Clock {
  return {
    now: () => new Date(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const abort = () => {
          clearTimeout(timer);
          reject(signal?.reason);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener('abort', abort);
          resolve();
        }, ms);
        signal?.addEventListener('abort', abort, { once: true });
      }),
  };
}

/**
 * On Linux when a process began, which no other of its number shares; elsewhere only whether there is one. One that has
 * ended, and that its parent has not asked after yet, is none.
 */
async function birthOf(own: NodeJS.Process, pid: number): Promise<string | undefined> {
  if (!isRunning(own, pid)) return undefined;
  try {
    const [boot, stat] = await Promise.all([
      promises.readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      promises.readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The name of the program, in parentheses, may hold blanks.
    const [state = '', ...others] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const start = others[18];
    if ('ZX'.includes(state)) return undefined;
    return start === undefined ? 'unknown' : `${boot.trim()}/${start}`;
  } catch {
    return 'unknown';
  }
}

/** A process that another user runs is there too, though it may not be told anything. */
function isRunning(own: NodeJS.Process, pid: number): boolean {
  try {
    return own.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function createInput(stream: NodeJS.ReadStream): Input {
  return {
    isTty: stream.isTTY === true,
    async readAll() {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks).toString('utf8');
    },
  };
}

function createOutput(stream: NodeJS.WriteStream): Output {
  const closed = new AbortController();
  setMaxListeners(0, closed.signal);
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EOF') throw error;
    closed.abort();
  });
  return {
    isTty: stream.isTTY === true,
    columns: () => stream.columns,
    closed: closed.signal,
    write(content) {
      if (closed.signal.aborted || content.length === 0) return Promise.resolve();
      // After the reader has gone the callback still comes, with the error that `closed` tells.
      return new Promise((resolve) => {
        stream.write(content, () => resolve());
      });
    },
  };
}

/** Questions on the terminal, on stderr: stdout carries the result alone. */
function createPrompt(own: NodeJS.Process): Prompt {
  return {
    async select(message, choices) {
      const { isCancel, select } = await import('@clack/prompts');
      const { stdin: input, stderr: output } = own;
      const options = choices.map((choice) => ({ value: choice, label: choice }));
      const answer = await select({ message, options, input, output });
      if (isCancel(answer)) throw new Interrupted(130);
      return answer;
    },
    async confirm(message) {
      const { confirm, isCancel } = await import('@clack/prompts');
      const { stdin: input, stderr: output } = own;
      const answer = await confirm({ message, input, output, initialValue: false });
      if (isCancel(answer)) throw new Interrupted(130);
      return answer;
    },
  };
}
