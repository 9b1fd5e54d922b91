import { readFile } from 'node:fs/promises';
import { ClientSecretCredential } from '@azure/identity';
import { afterAll } from 'vitest';
import { openLocalCloud } from '../../src/lib/emulator/emulator.js';
import type { LocalCloud, ScoreAnswer, Seed } from '../../src/lib/emulator/local-cloud.js';
import { openEngine } from '../../src/lib/engine/duckdb-engine.js';
import { fakeClock, temporaryFolder } from '../support/host.js';

/** The local cloud behind HTTPS, and what a client of the real SDKs is given to reach it. */
export interface Served {
  readonly cloud: LocalCloud;
  readonly folder: string;
  readonly origin: string;
  readonly ca: string;
  /** Moves the cloud's clock; the clients' is the real one. */
  readonly advance: (ms: number) => void;
  readonly now: () => Date;
  readonly credential: ClientSecretCredential;
  /** What every client takes: trust in this cloud's root, and no retries that would hide a refusal. */
  readonly clientOptions: {
    readonly tlsOptions: { readonly ca: string };
    readonly retryOptions: { readonly maxRetries: number };
  };
  /** As `clientOptions`, in the words of the storage client. */
  readonly storageOptions: {
    readonly tlsOptions: { readonly ca: string };
    readonly retryOptions: { readonly maxTries: number };
  };
  readonly workspaceId: string;
  readonly componentId: string;
  readonly storageId: string;
  /** Sends a request with a management token, in process. */
  readonly send: (method: string, path: string, body?: string, type?: string) => Promise<Response>;
  /** Sends one scoring request. */
  readonly score: (service: string, part: string | null, body: string) => Promise<ScoreAnswer>;
  readonly setBehaviour: (changes: object) => Promise<void>;
}

const closing: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const close of closing.splice(0)) await close();
});

export async function serve(seed: Seed = 'sample', clock = fakeClock()): Promise<Served> {
  const folder = await temporaryFolder();
  const cloud = await openLocalCloud({ folder, now: clock.now, openEngine });
  if (seed === 'empty') await cloud.reset('empty');
  const server = await cloud.listen({});
  closing.push(server.close);
  const { connection } = cloud;
  const ca = await readFile(server.caFile, 'utf8');
  const clientOptions = { tlsOptions: { ca }, retryOptions: { maxRetries: 0 } };
  const credential = new ClientSecretCredential(
    connection.tenantId,
    connection.clientId,
    connection.clientSecret,
    { authorityHost: server.origin, disableInstanceDiscovery: true, ...clientOptions },
  );
  const group = `/subscriptions/${connection.subscriptionId}/resourceGroups/${connection.resourceGroup}`;
  return {
    ...{ cloud, folder, origin: server.origin, ca, credential, clientOptions },
    storageOptions: { tlsOptions: { ca }, retryOptions: { maxTries: 1 } },
    advance: clock.advance,
    now: clock.now,
    workspaceId: `${group}/providers/Microsoft.MachineLearningServices/workspaces/${connection.workspaceName}`,
    componentId: `${group}/providers/microsoft.insights/components/sample-ml-insights`,
    storageId: `${group}/providers/Microsoft.Storage/storageAccounts/sampleml0storage`,
    async send(method, path, body, type = 'application/json') {
      const token = await tokenFor(cloud, `${connection.origin}/.default`);
      return cloud.handle(
        new Request(`${connection.origin}${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, 'content-type': type },
          ...(body !== undefined && { body }),
        }),
      );
    },
    async score(service, part, body) {
      const [answer] = await cloud.score(service, part, [{ body }]);
      if (!answer) throw new Error('A request has no answer.');
      return answer;
    },
    async setBehaviour(changes) {
      const response = await cloud.handle(
        new Request(`${connection.origin}/local/behaviour`, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(changes),
        }),
      );
      if (!response.ok) throw new Error(await response.text());
    },
  };
}

/** A token of the sample's application, in process. */
export async function tokenFor(
  cloud: LocalCloud,
  scope: string,
  tenant = cloud.connection.tenantId,
): Promise<string> {
  const { origin, clientId, clientSecret } = cloud.connection;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope,
  });
  const response = await cloud.handle(
    new Request(`${origin}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body: form.toString() }),
  );
  const answer: { access_token: string } = JSON.parse(await response.text());
  return answer.access_token;
}
