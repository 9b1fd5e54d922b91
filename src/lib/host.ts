import type { Gateways } from './azure/gateways.js';
import type { DatasetLimits, Datasets } from './datasets/datasets.js';
import type { LocalCloud, LocalConnection } from './emulator/local-cloud.js';
import type { Engine, EngineLimits } from './engine/engine.js';
import type { Settings } from './settings.js';

/** Everything outside the program. The root builds the real one, tests build their own. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly homeDir: string;
  readonly platform: string;
  readonly files: Files;
  readonly clock: Clock;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Asks on the terminal. Call it only where `mayPrompt` says so. */
  readonly prompt: Prompt;
  /** Builds the gateways; sends nothing yet. The limits are for what the embedded Azure runs. */
  readonly connect: (settings: Settings, report: Report, limits?: QueryLimits) => Promise<Gateways>;
  /** Signs in and remembers it; see `SignIn`. */
  readonly openSignIn: (settings: Settings, report: Report) => Promise<SignIn>;
  readonly openEngine: (limits?: QueryLimits) => Promise<Engine>;
  /** Collected data and other files as tables. */
  readonly openDatasets: (limits?: Omit<DatasetLimits, 'spillFolder'>) => Promise<Datasets>;
  /** A new empty folder that no other user can read, and that goes when the process does. */
  readonly scratchFolder: () => Promise<string>;
  /** What every embedded Azure is like, without opening one: that may take seconds. */
  readonly localConnection: () => Promise<LocalConnection>;
  /** The embedded Azure over its state folder. */
  readonly openLocalCloud: (folder: string) => Promise<LocalCloud>;
}

/** What queries may take of this machine; where they spill is the host's affair. */
export type QueryLimits = Pick<EngineLimits, 'maxMemoryBytes' | 'threads'>;

export interface Clock {
  readonly now: () => Date;
  /** Rejects with the signal's reason as soon as it is aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export interface Files {
  /** The text of a file in UTF-8, undefined if there is none. */
  readonly read: (path: string) => Promise<string | undefined>;
  /** Writes under a temporary name, then renames; makes the folders it needs. `mode` defaults to 0o666 & ~umask. */
  readonly write: (path: string, content: string | Uint8Array, mode?: number) => Promise<void>;
  /** Begins a file that is there whole or not at all. @throws {CliError} `usage` if it cannot be there */
  readonly create: (path: string) => Promise<NewFile>;
  /** Removes a file or folder; fine if there is none. */
  readonly remove: (path: string) => Promise<void>;
  readonly realPath: (path: string) => Promise<string>;
  readonly kind: (path: string) => Promise<'file' | 'folder' | undefined>;
  /** Adds to the end of a file, which is made if need be; what was added is on the disk then. */
  readonly append: (path: string, text: string) => Promise<void>;
  /** Names in a folder; none if it is not there. */
  readonly list: (path: string) => Promise<readonly string[]>;
  /** What is in a file, piece by piece. */
  readonly readBytes: (path: string) => AsyncIterable<Uint8Array>;
  /**
   * Takes a lock file until the answer is called; undefined if another process has it. That of a process which is
   * gone is free.
   */
  readonly lock: (path: string) => Promise<(() => Promise<void>) | undefined>;
  /** What is there, a link not followed; undefined if nothing is. */
  readonly look: (path: string) => Promise<FoundFile | undefined>;
  /** Makes one folder; fine if it is there. */
  readonly makeFolder: (path: string) => Promise<void>;
  /** Opens a file that is written to, and read, at any place of it; it is made if need be. */
  readonly openAnywhere: (path: string) => Promise<OpenFile>;
  readonly copy: (from: string, to: string) => Promise<void>;
  /** In place of what has that name; a link is replaced, not followed. */
  readonly rename: (from: string, to: string) => Promise<void>;
}

export interface FoundFile {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly sizeBytes: number;
}

/** Places are in bytes from the beginning. */
export interface OpenFile {
  readonly writeAt: (place: number, bytes: Uint8Array) => Promise<void>;
  /** Fewer bytes where the file ends. */
  readonly readAt: (place: number, length: number) => Promise<Uint8Array>;
  /** What was written is on the disk then. */
  readonly sync: () => Promise<void>;
  readonly cutTo: (sizeBytes: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A file on its way: it has its name once it is kept. */
export interface NewFile {
  /** Where it is until then; undefined for what is no regular file, and is written to at once. */
  readonly temporaryPath: string | undefined;
  /** There is one of its name, which stays as it is until then. */
  readonly replaces: boolean;
  readonly write: (content: string | Uint8Array) => Promise<void>;
  /** Answers its size in bytes. */
  readonly keep: () => Promise<number>;
  /** Removes what was written. */
  readonly discard: () => Promise<void>;
}

export interface Input {
  readonly isTty: boolean;
  /** All of it, as UTF-8. */
  readonly readAll: () => Promise<string>;
}

export interface Output {
  readonly isTty: boolean;
  /** Columns of the terminal; undefined without one. Read again after a resize. */
  readonly columns: () => number | undefined;
  /** Resolves when the content is written, and bytes may be used again. After the reader has gone it does nothing. */
  readonly write: (content: string | Uint8Array) => Promise<void>;
  /** Aborted once the reader has gone (`| head`). */
  readonly closed: AbortSignal;
}

export interface Prompt {
  /** @throws {CliError} or the abort reason on Ctrl-C */
  readonly select: (message: string, choices: readonly string[]) => Promise<string>;
  readonly confirm: (message: string) => Promise<boolean>;
}

/** What is said beside the result, on stderr. Texts may hold what came from a service: control characters are shown escaped. */
export interface Report {
  /** Worth knowing: a guessed service, an implicit time range. Silenced by `--only-show-errors`. */
  readonly note: (message: string) => void;
  readonly warn: (message: string) => void;
  /** What the user has to do now, such as enter a code. Never silenced. */
  readonly instruct: (message: string) => void;
  /** Only with `--verbose` or `--debug`. */
  readonly verbose: (message: string) => void;
  /** Only with `--debug`. */
  readonly debug: (message: string) => void;
  /** What is being waited for, shown after 100 ms; call the answer when it is over. */
  readonly progress: (message: string) => Progress;
}

export interface Progress {
  readonly update: (message: string) => void;
  readonly done: () => void;
}

export interface RememberedSignIn {
  readonly account: string;
  readonly tenantId: string;
}

/** Sign-in that is remembered between processes (`login`, `logout`). */
export interface SignIn {
  /** @param method `device-code` prints a code on stderr, `interactive` opens a browser. */
  readonly login: (method: 'interactive' | 'device-code') => Promise<RememberedSignIn>;
  /** Removes every trace from the disk; answers whether there was one. */
  readonly logout: () => Promise<boolean>;
}
