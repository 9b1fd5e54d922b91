import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSegments, INGESTION_TIME } from '../../src/lib/emulator/state/segments.js';
import { compactTelemetry, telemetryTable } from '../../src/lib/emulator/state/telemetry.js';
import { openEngine } from '../../src/lib/engine/duckdb-engine.js';
import { CliError } from '../../src/lib/errors.js';
import { runKql } from '../engine/run-kql.js';
import { temporaryFolder } from '../support/host.js';
import { serve } from './served.js';

const never = new AbortController().signal;

async function answerOf(served: Awaited<ReturnType<typeof serve>>, query: string) {
  const path = `/v1${served.componentId}/query`;
  const response = await served.send('POST', path, JSON.stringify({ query }));
  const body: { tables: [{ rows: unknown[][] }] } = JSON.parse(await response.text());
  return body.tables[0].rows;
}

test('many small files of telemetry become one Parquet file with the same rows', async () => {
  const segments = createSegments(await temporaryFolder(), compactTelemetry(openEngine));
  const stamp = '2026-11-22T10:00:00.1234567Z';
  for (let n = 0; n < 150; n++) {
    await segments.append('telemetry/traces', () => [
      {
        timestamp: `2026-11-22T09:00:${String(n % 60).padStart(2, '0')}.0000001Z`,
        message: `é "${n}"`,
        customDimensions: { n, list: [1.5, null] },
        [INGESTION_TIME]: stamp,
      },
    ]);
  }
  const files = await segments.list('telemetry/traces');
  expect(files.length).toBeLessThan(70);
  expect(files.filter((file) => file.endsWith('.parquet'))).toHaveLength(1);
  const engine = await openEngine();
  const table = await telemetryTable('traces', segments);
  const rows = await runKql(
    engine,
    `traces | extend n = toint(customDimensions.n), at = ingestion_time()
     | summarize count(), dcount(n), min(n), max(n), wrong = countif(message != strcat('é "', n, '"') or at != datetime(${stamp})
         or timestamp - bin(timestamp, 1s) != 1tick or tostring(customDimensions.list) != "[1.5,null]"), count_distinct(severityLevel)`,
    [table],
  );
  expect(rows).toEqual([
    { count_: 150, dcount_n: 150, min_n: 0, max_n: 149, wrong: 0, count_distinct_severityLevel: 0 },
  ]);
  await engine.close();
});

test('without DuckDB they stay lines', async () => {
  const missing = () => Promise.reject(new CliError('unsupported', 'DuckDB is not installed.'));
  const segments = createSegments(await temporaryFolder(), compactTelemetry(missing));
  for (let n = 0; n < 80; n++) await segments.append('telemetry/traces', () => [{ n }]);
  expect(await segments.readLines('telemetry/traces')).toHaveLength(80);
  expect((await segments.list('telemetry/traces')).length).toBeLessThan(30);
});

test('files of any kind are loaded into their tables, beside what is there', async () => {
  const served = await serve();
  const folder = await temporaryFolder();
  const [before] = await answerOf(served, 'traces | count');
  await writeFile(
    join(folder, 'AppTraces.csv'),
    'TimeGenerated,Message,TenantId\n2026-11-02T00:00:00.0000002Z,"later, ""quoted""",x\n2026-11-01T00:00:00Z,earlier,x\n',
  );
  await writeFile(
    join(folder, 'requests.jsonl'),
    '{"timestamp":"2026-11-01T00:00:00Z","name":"GET /","success":"True","duration":1.25,"itemCount":4}\n',
  );
  const loaded = await served.cloud.load(['AppTraces.csv', 'requests.jsonl'], {
    cwd: folder,
    signal: never,
  });
  expect(loaded).toEqual([
    { table: 'traces', rows: 2 },
    { table: 'requests', rows: 1 },
  ]);
  expect(await answerOf(served, 'traces | count')).toEqual([[Number(before?.[0]) + 2]]);
  expect(
    await answerOf(
      served,
      `AppTraces | where TimeGenerated < datetime(2026-11-10) | sort by TimeGenerated asc
       | project TimeGenerated, Message, ingestion_time() == datetime(${served.now().toISOString()})`,
    ),
  ).toEqual([
    ['2026-11-01T00:00:00Z', 'earlier', true],
    ['2026-11-02T00:00:00.0000002Z', 'later, "quoted"', true],
  ]);
  expect(
    await answerOf(
      served,
      "requests | where name == 'GET /' | project duration, itemCount, success",
    ),
  ).toEqual([[1.25, 4, 'True']]);
});

test('what is no telemetry is refused, and nothing is loaded', async () => {
  const served = await serve('empty');
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'requests.jsonl'), '{"timestamp":"2026-11-01T00:00:00Z"}\n');
  await writeFile(join(folder, 'people.csv'), 'first,last\nA,B\n');
  const loading = served.cloud.load(['*.jsonl', '*.csv'], { cwd: folder, signal: never });
  await expect(loading).rejects.toMatchObject({
    kind: 'usage',
    message: 'The rows of "people" are no telemetry.',
  });
  const response = await served.send(
    'POST',
    `/v1${served.componentId}/query`,
    '{"query":"traces"}',
  );
  expect(response.status).toBe(204);
});

test('a load that is interrupted leaves nothing, and the next one is whole', async () => {
  const served = await serve('empty');
  const folder = await temporaryFolder();
  const lines = Array.from(
    { length: 200_000 },
    (_, n) => `{"timestamp":"2026-11-01T00:00:00Z","message":"row ${n}"}\n`,
  );
  await writeFile(join(folder, 'traces.jsonl'), lines.join(''));
  const stop = new AbortController();
  const loading = served.cloud.load(['traces.jsonl'], { cwd: folder, signal: stop.signal });
  setTimeout(() => stop.abort(new Error('stopped')), 300);
  const outcome = await loading.then(
    () => 'done',
    (error) => error.message,
  );
  const segments = createSegments(join(served.folder, 'segments'));
  expect(await segments.list('telemetry/traces')).toHaveLength(outcome === 'stopped' ? 0 : 1);
  const again = { cwd: folder, signal: never };
  expect(await served.cloud.load(['traces.jsonl'], again)).toEqual([
    { table: 'traces', rows: 200_000 },
  ]);
});
