import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type Cloud, publicCloud } from '../../src/lib/azure/cloud.js';
import { armRequestKind } from '../../src/lib/azure/ml-client.js';
import type { AzureCredential } from '../../src/lib/azure/sign-in/credential.js';
import { type AzureHttp, createAzureHttp } from '../../src/lib/azure/wire/http.js';
import { createTransport, type Transport } from '../../src/lib/azure/wire/transport.js';
import { type FakeClock, fakeClock, realFiles } from './host.js';

/** What Azure answered: recorded, redacted and typed in again, under `test/fixtures/azure`. */
export interface RecordedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or text exactly as it was sent. */
  readonly body?: unknown;
}

export interface Exchange {
  /** `METHOD URL`, exactly. */
  readonly request: string;
  /** The body, exactly; not looked at if left out. */
  readonly body?: string;
  readonly answer: RecordedAnswer | Error;
}

export interface RecordedHttp {
  readonly cloud: Cloud;
  readonly clock: FakeClock;
  readonly signal: AbortSignal;
  readonly credential: AzureCredential;
  readonly transport: Transport;
  /** To ARM, with a token. */
  readonly http: AzureHttp;
  /** `--debug` lines. */
  readonly debugLines: readonly string[];
  /** Headers of the requests, in order. */
  readonly sentHeaders: readonly Headers[];
  /** How many exchanges were not asked for. */
  readonly left: () => number;
}

/** Never to be seen in anything that is printed. */
export const TOKEN = 'canary-token-31337';

export function recorded(name: string): RecordedAnswer {
  const url = new URL(`../fixtures/azure/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}

/** A transport that answers exactly these exchanges, in this order. */
export async function recordedHttp(
  exchanges: readonly Exchange[],
  { clock = fakeClock(), cloud = publicCloud('AzureCloud') } = {},
): Promise<RecordedHttp> {
  const queue = [...exchanges];
  const debugLines: string[] = [];
  const sentHeaders: Headers[] = [];
  const { signal } = new AbortController();
  const transport = await createTransport({
    clock,
    signal,
    files: realFiles,
    env: {},
    caFile: undefined,
    report: { debug: (line) => debugLines.push(line) },
    fetch: async (request) => {
      const next = queue.shift();
      expect(`${request.method} ${request.url}`).toBe(next?.request ?? 'nothing more');
      sentHeaders.push(request.headers);
      const body = await request.text();
      if (next?.body !== undefined) expect(body).toBe(next.body);
      if (next === undefined || next.answer instanceof Error) throw next?.answer;
      return toResponse(next.answer);
    },
  });
  const credential: AzureCredential = {
    kind: () => 'test',
    forget: () => {},
    getToken: async () => ({
      token: TOKEN,
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  };
  const client = transport.client({ accepts: cloud.accepts.arm, kindOf: armRequestKind });
  return {
    cloud,
    clock,
    signal,
    credential,
    transport,
    http: createAzureHttp({ client, clock, signal, credential, scope: cloud.armScope }),
    debugLines,
    sentHeaders,
    left: () => queue.length,
  };
}

function toResponse({ status, headers = {}, body }: RecordedAnswer): Response {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const mayHaveBody = status !== 204 && status !== 304;
  const json = { 'content-type': 'application/json; charset=utf-8' };
  return new Response(mayHaveBody ? (text ?? '') : null, {
    status,
    headers: { ...json, ...headers },
  });
}
