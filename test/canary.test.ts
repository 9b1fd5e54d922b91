import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openBuiltCli } from './support/built-cli.js';
import { temporaryFolder } from './support/host.js';
import { localCloud, type TestCloud } from './support/local-cloud.js';
import { type Run, runCli } from './support/run-cli.js';

/**
 * Secrets are collected where they cross the wire, by what Azure calls them. None of them may turn up in
 * anything that a command writes, with `--debug` and in every format.
 */
const SECRET_MEMBERS = new Set([
  'access_token',
  'refresh_token',
  'id_token',
  'device_code',
  'code',
  'client_secret',
  'client_assertion',
  'sslKey',
  'primaryKey',
  'secondaryKey',
  'accountKey',
  'accessToken',
]);
/** What signs the address of an operation, and a shared access signature. */
const SIGNATURES = new Set(['t', 'c', 's', 'h', 'sig']);

const COMMANDS = [
  'list',
  'list --wide',
  'show my-service',
  'show pricing',
  'enable-insights --all --yes --dry-run',
  'enable-insights --all --yes',
  'disable-insights --all --yes',
  'collect on --all --yes',
  'collect off --all --yes',
  'logs my-service',
  'logs my-service --init',
  'query --contains input',
  'query traces|take(1',
  'query --show-kql --contains input',
  'whoami',
  'use --service my-service',
  'logout',
  'local score my-service',
  'local reset',
  'show nonsense',
] as const;
const FORMATS = ['text', 'json', 'jsonl', 'csv', 'tsv', 'yaml', 'none'] as const;

const secrets = new Map<string, string>();
const cloud = listening(localCloud());
let home: string;

beforeAll(async () => {
  home = await temporaryFolder();
});

test.each(COMMANDS)('%s writes no secret, in any format', async (commandLine) => {
  for (const format of FORMATS) {
    const run = await runCli([...commandLine.split(' '), '--debug', '-o', format], { cloud, home });
    expect(leaks(run), `${format}, status ${run.status}`).toEqual([]);
  }
});

test('a wrong client secret is not repeated in the refusal', async () => {
  const env = { AZURE_CLIENT_SECRET: 'wrong-secret-of-the-canary' };
  const run = await runCli(['list', '--debug'], { cloud, env });
  expect(run).toMatchObject({ status: 4, stdout: '' });
  expect(run.stderr).not.toContain(env.AZURE_CLIENT_SECRET);
});

test('the wire carried a secret of every kind', () => {
  const kinds = [...new Set(secrets.values())].sort();
  expect(kinds).toEqual(
    expect.arrayContaining(['Authorization', 'access_token', 'client_secret', 'h', 's', 'sslKey']),
  );
});

test('no file holds a secret', () => {
  for (const path of filesBelow(home)) {
    const text = readFileSync(path, 'utf8');
    const found = [...secrets].filter(([secret]) => text.includes(secret)).map(([, kind]) => kind);
    expect(found, path).toEqual([]);
  }
});

// In processes of its own: the SDK waits on the real clock until somebody has entered the code.
test('the tokens of a remembered sign-in are in its file alone, which only its owner can read', async () => {
  const cli = openBuiltCli();
  try {
    const login = await cli.run(['login', '--device-code', '--local', '--debug', '-o', 'json']);
    expect(login).toMatchObject({ status: 0 });
    const kept = filesBelow(join(cli.folder, 'config'));
    expect(kept.map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(
      kept.map(() => '600'),
    );
    const tokens = kept.flatMap((path) => readFileSync(path, 'utf8').match(TOKEN) ?? []);
    expect(tokens.length).toBeGreaterThan(1);

    const list = await cli.run(['list', '--auth', 'device-code', '--local', '--debug']);
    expect(list).toMatchObject({ status: 0 });
    for (const { stdout, stderr } of [login, list]) {
      expect(tokens.filter((token) => (stdout + stderr).includes(token))).toEqual([]);
    }
  } finally {
    cli.remove();
  }
}, 60_000);

/** What the sign-in keeps: JSON web tokens, and what else is too long to be a name or an id. */
const TOKEN = /eyJ[\w.-]{40,}|(?<="secret\\*":\\*")[^"\\]+/g;

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile());
}

function leaks({ stdout, stderr }: Run): readonly string[] {
  const written = stdout + stderr;
  return [...secrets].filter(([secret]) => written.includes(secret)).map(([, kind]) => kind);
}

/** The cloud, with every secret noted that is sent to it or that it sends. */
function listening(inner: TestCloud): TestCloud {
  return {
    ...inner,
    handle: async (request) => {
      const sent = request.clone();
      const response = await inner.handle(request);
      note('Authorization', sent.headers.get('authorization')?.replace(/^Bearer /, ''));
      for (const [name, value] of new URLSearchParams(await sent.text())) noteMember(name, value);
      for (const address of [sent.url, ...linksOf(response)]) noteSignatures(address);
      noteMembers(await json(response.clone()));
      return response;
    },
  };
}

function linksOf({ headers }: Response): readonly string[] {
  return ['azure-asyncoperation', 'operation-location', 'location', 'x-ms-operation-url'].flatMap(
    (name) => headers.get(name) ?? [],
  );
}

function noteSignatures(address: string): void {
  if (!URL.canParse(address)) return;
  for (const [name, value] of new URL(address).searchParams) {
    if (SIGNATURES.has(name)) note(name, value);
  }
}

async function json(response: Response): Promise<unknown> {
  try {
    return JSON.parse(await response.text());
  } catch {
    return undefined;
  }
}

function noteMembers(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    noteMember(name, member);
    noteMembers(member);
  }
}

function noteMember(name: string, value: unknown): void {
  if (SECRET_MEMBERS.has(name) && typeof value === 'string') note(name, value);
}

/** Short values, such as an error's `code`, would be found by chance. */
function note(kind: string, value: string | undefined): void {
  if (value !== undefined && value.length >= 12 && !/^[A-Z][A-Za-z]+$/.test(value)) {
    secrets.set(value, kind);
  }
}
