import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/commands/main.js';
import type { Gateways } from '../../src/lib/azure/gateways.js';
import type { Files, Host } from '../../src/lib/host.js';
import {
  fakeClock,
  memoryInput,
  memoryOutput,
  realFiles,
  temporaryFolder,
  testHost,
} from './host.js';
import { localCloud, type TestCloud } from './local-cloud.js';

export interface RunOptions {
  /** The cloud that every request goes to; its environment variables are set too. */
  readonly cloud?: TestCloud;
  /** Gateways of a fake, for faults that the cloud cannot have. */
  readonly gateways?: Gateways;
  /** Added to the cloud's variables; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Files below the home folder, by their path there. The current folder is `work` in it. */
  readonly files?: Readonly<Record<string, string>>;
  /** The home folder of an earlier run. */
  readonly home?: string;
  readonly stdin?: string;
  /** All streams are terminals, of so many columns. */
  readonly columns?: number;
  /** What is answered to questions, in order: a choice, or yes or no. */
  readonly answers?: readonly (string | boolean)[];
  readonly signal?: AbortSignal;
}

export interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The home folder, for a second run. */
  readonly home: string;
  /** What was asked, with its choices. */
  readonly questions: readonly string[];
}

/** Runs one command line in this process, in a home folder of its own, against the local cloud. */
export async function runCli(argv: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { cloud, columns } = options;
  const home = options.home ?? (await temporaryFolder());
  await mkdir(join(home, 'work'), { recursive: true });
  for (const [path, content] of Object.entries(options.files ?? {})) {
    await realFiles.write(join(home, path), content);
  }
  const stdout = memoryOutput({ columns });
  const stderr = memoryOutput({ columns });
  const questions: string[] = [];
  const answers = [...(options.answers ?? [])];
  const env = { AML_MONITOR_LOCAL_DIR: join(home, 'local'), ...cloud?.env, ...options.env };
  const clock = cloud?.clock ?? fakeClock();
  const signal = options.signal ?? new AbortController().signal;
  const surroundings = { clock, signal, files: realFiles satisfies Files, env };
  let embedded = cloud;
  const embeddedCloud = () => {
    embedded ??= localCloud({ clock });
    return embedded;
  };
  const network = (isLocal: boolean) => {
    if (isLocal) return { fetch: embeddedCloud().handle };
    return cloud ? { fetch: cloud.handle } : {};
  };

  const host: Host = testHost({
    ...surroundings,
    cwd: join(home, 'work'),
    homeDir: home,
    stdin: memoryInput(options.stdin, columns !== undefined && options.stdin === undefined),
    stdout,
    stderr,
    prompt: {
      select: async (message, choices) => {
        questions.push(`${message} ${choices.join(', ')}`);
        const answer = answers.shift();
        if (typeof answer !== 'string') throw new Error(`No answer to "${message}".`);
        return answer;
      },
      confirm: async (message) => {
        questions.push(message);
        const answer = answers.shift();
        if (typeof answer !== 'boolean') throw new Error(`No answer to "${message}".`);
        return answer;
      },
    },
    connect: async (settings, report) => {
      if (options.gateways) return options.gateways;
      const { connectGateways } = await import('../../src/lib/azure/connect.js');
      return connectGateways(settings, { ...surroundings, ...network(settings.local), report });
    },
    openSignIn: async (settings, report) => {
      const { openSignIn } = await import('../../src/lib/azure/connect.js');
      return openSignIn(settings, { ...surroundings, ...network(settings.local), report });
    },
    openEngine: async () => (await import('../../src/lib/engine/duckdb-engine.js')).openEngine(),
    openDatasets: async (limits) =>
      (await import('../../src/lib/datasets/open-datasets.js')).openDatasets(limits),
    localConnection: async () => embeddedCloud().connection,
    openLocalCloud: () => embeddedCloud().open(),
  });
  const status = await run(argv, host);
  return { status, stdout: stdout.text(), stderr: stderr.text(), home, questions };
}
