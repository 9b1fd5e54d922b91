import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OutputOptions, rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import config from '../rolldown.config.js';
import { type Env, openBuiltCli, ROOT } from './support/built-cli.js';

/**
 * What a command line loads of the parts that take time. Start-up costs what is loaded, so a part that
 * turns up where it is not listed is a mistake: an `import` that should have been an `import()`.
 */
const PARTS = {
  identity: /node_modules\/@azure\/identity\//,
  arm: /node_modules\/@azure\/arm-machinelearning\//,
  monitorQuery: /node_modules\/@azure\/monitor-query\//,
  storageBlob: /node_modules\/@azure\/storage-blob\//,
  kusto: /node_modules\/@kusto\/language-service-next\//,
  duckdb: /node_modules\/@duckdb\/node-api\//,
  localCloud: /src\/lib\/emulator\/emulator\.ts$/,
  prompts: /node_modules\/@clack\/prompts\//,
  jmespath: /node_modules\/@jmespath-community\//,
  yaml: /node_modules\/yaml\//,
  python: /node_modules\/@lezer\//,
} as const;
type Part = keyof typeof PARTS;

const COMPONENT =
  '/subscriptions/s/resourceGroups/g/providers/microsoft.insights/components/nowhere';

const LOADS: readonly (readonly [commandLine: string, parts: readonly Part[]])[] = [
  // Nothing of Azure for help.
  ['--help', []],
  ['list --help', []],
  ['query --help', []],
  ['metrics --help', []],
  ['nonsense', []],
  // Azure, served by another process: the local cloud itself is not needed.
  ['whoami', ['identity']],
  ['list', ['identity', 'arm']],
  ['list -o yaml', ['identity', 'arm', 'yaml']],
  ['list --query [].service', ['identity', 'arm', 'jmespath']],
  ['show my-service', ['identity', 'arm']],
  ['enable-insights my-service', ['identity', 'arm']],
  ['collect on my-service', ['identity', 'arm']],
  ['logs my-service', ['identity', 'arm']],
  ['data list --help', []],
  ['data list fraud', ['identity', 'arm', 'storageBlob']],
  ['query print(1)', ['identity', 'monitorQuery']],
  [`query print(1) --component ${COMPONENT}`, ['identity', 'monitorQuery']],
  ['metrics --table requests', ['identity', 'monitorQuery']],
  ['use --service my-service', []],
  ['logout', []],
  // A file is written without anything that reads one.
  ['scaffold score.py', []],
  ['scaffold deployment.yml', ['yaml']],
  ['scaffold --check score.py', ['python']],
  // In process: the local cloud, and what runs KQL only for a query.
  ['list --local', ['identity', 'arm', 'localCloud']],
  ['local score my-service', ['localCloud']],
  ['query traces|count --local', ['identity', 'monitorQuery', 'localCloud', 'kusto', 'duckdb']],
];

const cli = openBuiltCli();
const hook = fileURLToPath(new URL('./support/loaded-modules.cjs', import.meta.url));
let modulesOfChunk: ReadonlyMap<string, readonly string[]>;
let azure: Awaited<ReturnType<typeof cli.serve>>;

beforeAll(async () => {
  modulesOfChunk = await bundledModules();
  azure = await cli.serve();
  writeFileSync(join(cli.folder, 'score.py'), 'def run(raw_data):\n    print(raw_data)\n');
});

afterAll(async () => {
  await azure?.stop();
  cli.remove();
});

test.each(LOADS)('%s', async (commandLine, parts) => {
  const loaded = await loadedBy(commandLine.split(' '), azure.env);
  const found = Object.entries(PARTS).filter(([, path]) => loaded.some((each) => path.test(each)));
  expect(found.map(([part]) => part).sort()).toEqual([...parts].sort());
});

/** The modules of this run, as paths of the source: each chunk stands for what is in it. */
async function loadedBy(args: readonly string[], env: Env): Promise<readonly string[]> {
  const list = join(cli.folder, 'loaded');
  await cli.run(args, {
    env: { ...env, NODE_OPTIONS: `--require "${hook}"`, AML_MONITOR_LOADED: list },
  });
  return readFileSync(list, 'utf8')
    .split('\n')
    .flatMap((file) => modulesOfChunk.get(file) ?? [file]);
}

/** What each chunk in `dist` is made of, by the same configuration that built it. */
async function bundledModules(): Promise<ReadonlyMap<string, readonly string[]>> {
  const bundle = await rolldown(config);
  const { output } = await bundle.generate(config.output as OutputOptions);
  await bundle.close();
  const dist = realpathSync(join(ROOT, 'dist'));
  return new Map(
    output.flatMap((file) =>
      file.type === 'chunk' ? [[join(dist, file.fileName), file.moduleIds] as const] : [],
    ),
  );
}
