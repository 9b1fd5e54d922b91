import { request } from 'node:https';
import { LogsQueryClient, LogsQueryResultStatus } from '@azure/monitor-query';
import { beforeEach, describe, expect, test } from 'vitest';
import { createAdmission } from '../../src/lib/emulator/query/admission.js';
import { type Served, serve, tokenFor } from './served.js';

let served: Served;
beforeEach(async () => {
  served = await serve();
});

interface Heard {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** One exchange over HTTPS as a program without retries has it; rejects where the connection breaks. */
async function ask(query: string, prefer = ''): Promise<Heard> {
  const token = await tokenFor(served.cloud, `${served.origin}/.default`);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', prefer };
  const url = `${served.origin}/v1${served.componentId}/query`;
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', ca: served.ca, headers, agent: false };
    const sent = request(url, options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text) => {
        body += text;
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    sent.on('error', reject).end(JSON.stringify({ query }));
  });
}

describe('faults', () => {
  const outcome = (heard: Promise<Heard>) =>
    heard.then(
      ({ status, headers }) => `${status}${'retry-after' in headers ? ' with a time' : ''}`,
      (error) => error.code,
    );

  test('all requests fail at a rate of 1, in every way there is', async () => {
    await served.cloud.switchQueries({ faults: { rate: 1 }, throttle: null });
    const seen = new Set<string>();
    for (let n = 0; n < 200 && seen.size < 4; n++) seen.add(await outcome(ask('print 1')));
    expect([...seen].sort()).toEqual(['429', '429 with a time', '503', 'ECONNRESET']);
  });

  test('the same seed brings the same weather', async () => {
    const weather = async () => {
      served = await serve();
      await served.cloud.switchQueries({ faults: { rate: 0.5, seed: 'storm' } });
      const seen: string[] = [];
      for (let n = 0; n < 12; n++) seen.push(await outcome(ask('print 1')));
      return seen;
    };
    const first = await weather();
    expect(new Set(first).size).toBeGreaterThan(2);
    expect(await weather()).toEqual(first);
  });
});

test('a rate that is exceeded is 429 and says when to come again', async () => {
  await served.cloud.switchQueries({ throttle: { requests: 2, seconds: 10 } });
  await ask('print 1');
  served.advance(4000);
  await ask('print 2');
  const { status, headers, body } = await ask('print 3');
  expect([status, headers['retry-after'], JSON.parse(body).error.code]).toEqual([
    429,
    '6',
    'ThrottledError',
  ]);
  served.advance(6000);
  expect((await ask('print 4')).status).toBe(200);
});

test('an answer comes that much later', async () => {
  await served.cloud.switchQueries({ latencyMs: 300 });
  const start = performance.now();
  await ask('print 1');
  expect(performance.now() - start).toBeGreaterThan(295);
});

describe('the queue', () => {
  const limits = { throttle: null, queue: { running: 2, waiting: 1, waitSeconds: 60 } };
  const never = new AbortController().signal;

  test('the third waits for one to leave, the fourth is refused', async () => {
    const admission = createAdmission();
    const [leave] = [
      await admission.enter(limits, new Date(), never),
      await admission.enter(limits, new Date(), never),
    ];
    let isIn = false;
    const third = admission.enter(limits, new Date(), never).then((done) => {
      isIn = true;
      return done;
    });
    await expect(admission.enter(limits, new Date(), never)).rejects.toThrow('429');
    expect(isIn).toBe(false);
    leave();
    leave();
    await third;
    // The second of the two took no place away from anybody.
    const fourth = admission.enter(limits, new Date(), never);
    const late = await Promise.race([fourth, new Promise((next) => setTimeout(next, 50))]);
    expect(late).toBeUndefined();
    (await third)();
    (await fourth)();
  });

  test('who waits too long, or goes, leaves the queue', async () => {
    const admission = createAdmission();
    const short = { ...limits, queue: { running: 1, waiting: 1, waitSeconds: 0.05 } };
    const leave = await admission.enter(short, new Date(), never);
    await expect(admission.enter(short, new Date(), never)).rejects.toThrow('429');
    const gone = new AbortController();
    const waiting = admission.enter(limits, new Date(), gone.signal);
    const next = admission.enter(short, new Date(), gone.signal);
    gone.abort(new Error('gone'));
    await expect(next).rejects.toThrow();
    (await waiting)();
    leave();
    (await admission.enter(short, new Date(), never))();
  });
});

test('a query that takes longer than the caller waits is 504', async () => {
  const endless = 'range x from 1 to 100000000000 step 1 | summarize sum(hash(x))';
  const { status, headers, body } = await ask(endless, 'wait=1');
  expect([status, headers['preference-applied']]).toEqual([504, 'wait=1']);
  expect(JSON.parse(body).error.innererror).toMatchObject({
    code: 'GatewayTimeout',
    statusDetails: { code: 'ESOCKETTIMEDOUT' },
  });
});

test('the SDK gets what is there and the reason why it is not all', async () => {
  await served.cloud.switchQueries({ rowLimit: 100 });
  const client = new LogsQueryClient(served.credential, {
    endpoint: served.origin,
    audience: served.origin,
    ...served.clientOptions,
  });
  const result = await client.queryResource(
    served.componentId,
    'range x from 1 to 1000 step 1',
    { startTime: new Date(0), endTime: served.now() },
    { includeQueryStatistics: true },
  );
  if (result.status !== LogsQueryResultStatus.PartialFailure) throw new Error('not partial');
  expect(result.partialTables[0]?.rows).toHaveLength(100);
  expect(result.statistics).toMatchObject({
    query: { datasetStatistics: [{ tableRowCount: 100 }] },
  });
});

test('rows come while others are still computed, and no more than are taken', async () => {
  const response = await served.send(
    'POST',
    `/v1${served.componentId}/query`,
    JSON.stringify({ query: 'range x from 1 to 1000000000 step 1' }),
  );
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  expect(Buffer.from(value ?? []).toString()).toContain('"rows":[');
  await reader?.cancel();
  // The place of the one that was left is free again.
  for (let n = 0; n < 6; n++) expect((await ask('print 1')).status).toBe(200);
});
