import { readFile } from 'node:fs/promises';
import { ClientSecretCredential } from '@azure/identity';
import { ContainerClient } from '@azure/storage-blob';
import { afterAll, expect, test } from 'vitest';
import { localCloud, type TestCloud } from '../support/local-cloud.js';
import { runCli } from '../support/run-cli.js';

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Runs a command that has to succeed; answers its result. */
async function ask(cloud: TestCloud, ...argv: string[]) {
  const run = await runCli([...argv, '-o', 'json'], { cloud });
  expect({ argv, status: run.status, stderr: run.status === 0 ? '' : run.stderr }).toMatchObject({
    status: 0,
  });
  return JSON.parse(run.stdout);
}

/** What collected blobs hold, by their names, through the storage SDK. */
async function openContainer(cloud: TestCloud, service: string) {
  const { dataStore } = await ask(cloud, 'show', service);
  const server = await (await cloud.open()).listen({});
  closing.push(server.close);
  const { tenantId, clientId, clientSecret } = cloud.connection;
  const trust = { tlsOptions: { ca: await readFile(server.caFile, 'utf8') } };
  const client = new ContainerClient(
    `${server.origin}/blob/${dataStore.accountName}/${dataStore.containerName}`,
    new ClientSecretCredential(tenantId, clientId, clientSecret, {
      authorityHost: server.origin,
      disableInstanceDiscovery: true,
      ...trust,
    }),
    { retryOptions: { maxTries: 1 }, ...trust },
  );
  return async (prefix: string): Promise<Readonly<Record<string, string>>> => {
    const contents: Record<string, string> = {};
    for await (const { name } of client.listBlobsFlat({ prefix })) {
      contents[name] = (await client.getBlobClient(name).downloadToBuffer()).toString('utf8');
    }
    return contents;
  };
}

const GENERATIONS = [
  {
    name: 'a v1 web service',
    service: 'my-service',
    target: 'my-service',
    prefix: '5d8f3b20-6c4e-4f17-b1a9-e07d2c6a9f34/monitoring-samples/sample-ml/my-service/',
    blob: /\/my-service\/ridge\/3\/inputs\/2026\/11\/22\/inputs\.csv$/,
  },
  {
    name: 'a v2 online endpoint',
    service: 'fraud',
    target: 'fraud/green',
    prefix: 'modelDataCollector/fraud/green/',
    blob: /^modelDataCollector\/fraud\/green\/request\/2026\/11\/22\/10\/[^/]+\.jsonl$/,
  },
];

test.each(GENERATIONS)(
  'telemetry and collected data of $name follow its switches',
  async ({ service, target, prefix, blob }) => {
    const cloud = localCloud();
    let customer = 20;
    /** Scores a customer whose charges nobody else has, in more digits than a prediction; answers the number to search for. */
    async function scoreOne(): Promise<string> {
      customer += 1;
      const charges = `${customer}.0078125`;
      const data = `{"data":[[24,${charges},1,38]]}`;
      expect(await ask(cloud, 'local', 'score', target, '--data', data)).toMatchObject([
        { status: 200 },
      ]);
      cloud.clock.advance(1000);
      return charges;
    }
    const rowsWith = (text: string) => ask(cloud, 'query', '--contains', text);

    expect(await rowsWith(await scoreOne())).toEqual([]);
    expect(await rowsWith('.0078125')).toEqual([]);

    await ask(cloud, 'enable-insights', target);
    const seen = await scoreOne();
    const rows: { content: unknown }[] = await rowsWith(seen);
    expect(rows).toContainEqual(
      expect.objectContaining({
        content: { input: { data: [[24, Number(seen), 1, 38]] }, output: [expect.any(Number)] },
      }),
    );

    const blobs = await openContainer(cloud, service);
    expect(await blobs(prefix)).toEqual({});
    await ask(cloud, 'collect', 'on', target);
    const collected = await scoreOne();
    const held = Object.entries(await blobs(prefix));
    expect(
      held.filter(([name]) => blob.test(name)).map(([, text]) => text.includes(collected)),
    ).toEqual([true]);

    await ask(cloud, 'collect', 'off', target);
    const before = await blobs(prefix);
    await scoreOne();
    expect(await blobs(prefix)).toEqual(before);

    await ask(cloud, 'disable-insights', target);
    expect(await rowsWith(await scoreOne())).toEqual([]);
  },
  60_000,
);
