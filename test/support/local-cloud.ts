import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCAL_CONNECTION } from '../../src/lib/emulator/connection.js';
import type { LocalCloud, LocalConnection } from '../../src/lib/emulator/local-cloud.js';
import { createSegments } from '../../src/lib/emulator/state/segments.js';
import { type FakeClock, fakeClock, temporaryFolder } from './host.js';

export interface RecordedWrite {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** Answers instead of the cloud: a response, or a thrown error for a connection that fails. Undefined: not this request. */
export type Fault = (
  request: Request,
) => Response | Error | undefined | Promise<Response | Error | undefined>;

/** The local cloud in a folder of its own, with a clock that tests move and a record of what was changed. */
export interface TestCloud {
  readonly clock: FakeClock;
  readonly connection: LocalConnection;
  readonly open: () => Promise<LocalCloud>;
  readonly handle: (request: Request) => Promise<Response>;
  /** What came in and changes a service, in order. */
  readonly writes: readonly RecordedWrite[];
  /** Every request, as `METHOD /path`. */
  readonly requests: readonly string[];
  /** Adds rows to a table of the component, `$IngestionTime` included. */
  readonly addRows: (table: string, rows: readonly object[]) => Promise<void>;
  /** Merges into what `/local/behaviour` shows. */
  readonly setBehaviour: (changes: object) => Promise<void>;
  /** Lets a fault answer; the newest is asked first. */
  readonly inject: (fault: Fault) => void;
  /** What a user would set to reach it from elsewhere. */
  readonly env: Readonly<Record<string, string>>;
}

/** Requests that POST but change nothing. */
const READS = /\/(token|devicecode|query|getLogs|listkeys|listSecrets|validate)$/i;

export function localCloud({
  clock = fakeClock(),
}: {
  readonly clock?: FakeClock;
} = {}): TestCloud {
  const writes: RecordedWrite[] = [];
  const requests: string[] = [];
  const faults: Fault[] = [];
  let opened: Promise<{ readonly folder: string; readonly cloud: LocalCloud }> | undefined;

  async function openOnce() {
    const folder = await temporaryFolder();
    await cp(await sampleAt(clock.now()), folder, { recursive: true });
    return { folder, cloud: await openAt(folder, clock.now) };
  }

  const place = () => {
    opened ??= openOnce();
    return opened;
  };
  const open = async () => (await place()).cloud;

  async function handle(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    requests.push(`${request.method} ${pathname}`);
    for (const fault of [...faults].reverse()) {
      const answer = await fault(request.clone());
      if (answer instanceof Error) throw answer;
      if (answer) return answer;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD' && !READS.test(pathname)) {
      writes.push({
        method: request.method,
        url: request.url,
        body: await request.clone().text(),
      });
    }
    return (await open()).handle(request);
  }

  return {
    clock,
    connection: LOCAL_CONNECTION,
    open,
    handle,
    writes,
    requests,
    async addRows(table, rows) {
      const { folder } = await place();
      await createSegments(join(folder, 'segments')).append(`telemetry/${table}`, () => rows);
    },
    async setBehaviour(changes) {
      const request = new Request(`${LOCAL_CONNECTION.origin}/local/behaviour`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(changes),
      });
      const response = await (await open()).handle(request);
      if (!response.ok) throw new Error(await response.text());
    },
    inject: (fault) => faults.push(fault),
    env: {
      ARM_CLOUD_METADATA_URL: LOCAL_CONNECTION.origin,
      AZURE_TENANT_ID: LOCAL_CONNECTION.tenantId,
      AZURE_CLIENT_ID: LOCAL_CONNECTION.clientId,
      AZURE_CLIENT_SECRET: LOCAL_CONNECTION.clientSecret,
      AZUREML_ARM_SUBSCRIPTION: LOCAL_CONNECTION.subscriptionId,
      AZUREML_ARM_RESOURCEGROUP: LOCAL_CONNECTION.resourceGroup,
      AZUREML_ARM_WORKSPACE_NAME: LOCAL_CONNECTION.workspaceName,
      AML_MONITOR_SERVICE: LOCAL_CONNECTION.service,
    },
  };
}

const samples = new Map<number, Promise<string>>();

/** A folder with the sample as it is at that time: writing its history takes longer than copying it. */
function sampleAt(now: Date): Promise<string> {
  const sample =
    samples.get(now.getTime()) ??
    temporaryFolder().then(async (folder) => {
      await openAt(folder, () => now);
      return folder;
    });
  samples.set(now.getTime(), sample);
  return sample;
}

async function openAt(folder: string, now: () => Date): Promise<LocalCloud> {
  const { openLocalCloud } = await import('../../src/lib/emulator/emulator.js');
  const { openEngine } = await import('../../src/lib/engine/duckdb-engine.js');
  return openLocalCloud({ folder, now, openEngine });
}
