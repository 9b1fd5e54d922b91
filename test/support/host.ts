import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Clock, Files, Host, Input, Output } from '../../src/lib/host.js';
import { createFiles } from '../../src/lib/local-files.js';
import type { Processes } from '../../src/lib/lock-file.js';
import { createNewFiles } from '../../src/lib/new-files.js';

/** A clock that only a sleep moves. */
export interface FakeClock extends Clock {
  readonly advance: (ms: number) => void;
}

export function fakeClock(start = '2026-11-22T10:00:00Z'): FakeClock {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    advance: (ms) => {
      now += ms;
    },
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      now += ms;
      // Lets the rest of the program run, as a real wait would.
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
  };
}

/** A clock that begins with the real one: SDK clients put its time under what they sign with a key. */
export function clientsClock(): FakeClock {
  return fakeClock(new Date().toISOString());
}

const temporary: string[] = [];

afterAll(async () => {
  await Promise.all(temporary.splice(0).map((path) => rm(path, { recursive: true, force: true })));
});

/** A folder of its own, removed after the test file. */
export async function temporaryFolder(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'aml-monitor-test-')));
  temporary.push(path);
  return path;
}

/** This machine, where every other process is taken to run. */
export const realProcesses: Processes = { birthOf: async () => 'unknown', ownPid: process.pid };

export const realFiles: Files = createFiles(createNewFiles(realProcesses), realProcesses);

/** A stream in memory. */
export function memoryOutput(options: { readonly columns?: number | undefined } = {}): Output & {
  readonly text: () => string;
  /** The reader goes away, as `head` does. */
  readonly close: () => void;
} {
  let text = '';
  const closed = new AbortController();
  return {
    isTty: options.columns !== undefined,
    columns: () => options.columns,
    write: async (part) => {
      if (!closed.signal.aborted) text += typeof part === 'string' ? part : Buffer.from(part);
    },
    closed: closed.signal,
    text: () => text,
    close: () => closed.abort(),
  };
}

export function memoryInput(text = '', isTty = false): Input {
  return { isTty, readAll: async () => text };
}

/** A host whose parts fail when they are used; give it the ones that the test is about. */
export function testHost(parts: Partial<Host>): Host {
  const unused = (name: string) => () => {
    throw new Error(`This test gave its host no ${name}.`);
  };
  return {
    env: {},
    cwd: '/work/folder',
    homeDir: '/home/somebody',
    platform: 'linux',
    files: realFiles,
    clock: fakeClock(),
    signal: new AbortController().signal,
    stdin: memoryInput(),
    stdout: memoryOutput(),
    stderr: memoryOutput(),
    prompt: { select: unused('prompt'), confirm: unused('prompt') },
    connect: unused('connect'),
    openSignIn: unused('openSignIn'),
    openEngine: unused('openEngine'),
    openDatasets: unused('openDatasets'),
    scratchFolder: temporaryFolder,
    localConnection: unused('localConnection'),
    openLocalCloud: unused('openLocalCloud'),
    ...parts,
  };
}
