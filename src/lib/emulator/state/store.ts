import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CliError } from '../../errors.js';
import { memberTexts } from '../resources/json-text.js';
import { readText, replaceFile } from './files.js';
import { withLock } from './lock.js';
import { DEFAULT_BEHAVIOUR, type Facts, type State } from './state.js';

export interface Store {
  /** Reads the file anew: nothing is remembered between two calls. */
  read(): Promise<State>;
  /** Changes the state alone among all processes. What `change` throws leaves the file as it is. */
  update<T>(change: (state: State) => T | Promise<T>): Promise<T>;
  /** Replaces the state unless there is one, or in any case with `always`. Without it until `create` is done. */
  replace(create: () => State | Promise<State>, when: 'absent' | 'always'): Promise<void>;
}

/**
 * The state in `cloud.json`. Its `resources` are the JSON text that GET answers, spliced in and read back
 * character by character: a number written `1.0` stays `1.0`.
 */
export function createStore(folder: string): Store {
  const path = join(folder, 'cloud.json');
  const lock = join(folder, 'cloud.lock');

  async function find(): Promise<State | undefined> {
    const text = await readText(path);
    return text === undefined ? undefined : parseState(text, path);
  }

  async function get(): Promise<State> {
    const state = await find();
    if (state) return state;
    throw new CliError('service', `The local cloud in ${folder} is gone.`, {
      hint: `aml-monitor local reset --local-dir ${folder}`,
    });
  }

  return {
    // Whoever replaces it leaves none for a moment.
    read: async () => (await find()) ?? (await withLock(lock, get)),
    update: (change) =>
      withLock(lock, async () => {
        const state = await get();
        const result = await change(state);
        await replaceFile(path, printState(state));
        return result;
      }),
    replace: (create, when) =>
      withLock(lock, async () => {
        if (when === 'absent' && (await readText(path)) !== undefined) return;
        await rm(path, { force: true });
        await replaceFile(path, printState(await create()));
      }),
  };
}

function printState({ facts, resources }: State): string {
  const head = JSON.stringify(facts, null, 2).replace(/\n}$/, '');
  const entries = [...resources].map(([id, text]) => `    ${JSON.stringify(id)}: ${text}`);
  return `${head},\n  "resources": {\n${entries.join(',\n')}\n  }\n}\n`;
}

function parseState(text: string, path: string): State {
  const members = new Map(memberTexts(text));
  const resources = members.get('resources') ?? '{}';
  members.delete('resources');
  const facts = parse(
    `{${[...members].map(([name, value]) => `${JSON.stringify(name)}:${value}`)}}`,
  );
  // It is only ever replaced whole; one that was edited by hand may lack its end.
  if (facts?.format !== 1 || !facts.directory || !text.trimEnd().endsWith('}')) {
    const reason = 'is not a cloud.json that this version can read';
    throw new CliError('usage', `The state of the local cloud in ${path} ${reason}.`, {
      hint: `Mend it, or start anew: aml-monitor local reset --local-dir ${dirname(path)}`,
    });
  }
  return { facts: withDefaults(facts), resources: new Map(memberTexts(resources)) };
}

/** What the file does not name is as it was made. */
function withDefaults(facts: Facts): Facts {
  const defaults = structuredClone(DEFAULT_BEHAVIOUR);
  const given = facts.behaviour?.query;
  const query = {
    ...{ ...defaults.query, ...given },
    queue: { ...defaults.query.queue, ...given?.queue },
    faults: { ...defaults.query.faults, ...given?.faults },
  };
  const behaviour = { ...defaults, ...facts.behaviour, query };
  // Where there was no such past yet, it is as long as the other.
  const { historyUntil, collectedUntil = historyUntil && new Date(0).toISOString() } = facts;
  const { historyBegun = historyUntil } = facts;
  return { ...facts, historyBegun, collectedUntil, behaviour };
}

function parse(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
