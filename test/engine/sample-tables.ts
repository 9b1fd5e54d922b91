import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openEngine } from '../../src/lib/engine/duckdb-engine.js';
import type { Engine, SourceTable } from '../../src/lib/engine/engine.js';
import type { Column } from '../../src/lib/model/table.js';

/** What `now()` is in tests. */
export const NOW = new Date('2026-03-01T12:00:00Z');

const TRACES = {
  columns: [
    { name: 'timestamp', type: 'datetime' },
    { name: 'message', type: 'string' },
    { name: 'severityLevel', type: 'int' },
    { name: 'customDimensions', type: 'dynamic' },
    { name: 'itemCount', type: 'int' },
  ],
  rows: [
    {
      timestamp: '2026-03-01T11:00:00.0000001Z',
      message: 'Model loaded',
      severityLevel: 1,
      customDimensions: { 'Service Name': 'my-service', Attempt: 1.0 },
      itemCount: 1,
    },
    {
      timestamp: '2026-03-01T11:30:00.1234567Z',
      message: 'model_data_collection: {"input": [[1, 2]]}',
      severityLevel: 1,
      customDimensions: { 'Service Name': 'my-service', Contents: '{"input": [[1, 2]]}' },
      itemCount: 2,
    },
    { timestamp: '2026-02-28T23:59:59.9999999Z', severityLevel: 3, itemCount: 1 },
  ],
} as const;

const REQUESTS = {
  columns: [
    { name: 'timestamp', type: 'datetime' },
    { name: 'name', type: 'string' },
    { name: 'duration', type: 'real' },
    { name: 'success', type: 'bool' },
    { name: 'bytes', type: 'long' },
  ],
  rows: [
    {
      timestamp: '2026-03-01T11:00:00Z',
      name: 'POST /score',
      duration: 12.5,
      success: true,
      bytes: 10,
    },
    { timestamp: '2026-03-01T11:10:00Z', name: 'POST /score', duration: 7.5, success: false },
    { timestamp: '2026-03-01T11:20:00Z', name: 'GET /', success: true, bytes: 30 },
  ],
} as const;

export interface Sample {
  readonly engine: Engine;
  /** `traces` and `requests` with three rows each, and `nothing` without a file. */
  readonly tables: readonly SourceTable[];
}

/** An engine and tables to ask it of, for the tests of a file; gone after them. */
export async function openSample(): Promise<Sample> {
  const folder = await mkdtemp(join(tmpdir(), 'kql-'));
  const engine = await openEngine();
  afterAll(async () => {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });
  const write = (name: string, columns: readonly Column[], rows: readonly object[]) =>
    writeTable(
      folder,
      name,
      columns,
      rows.map((row) => JSON.stringify(row)),
    );
  const tables = [
    await write('traces', TRACES.columns, TRACES.rows),
    await write('requests', REQUESTS.columns, REQUESTS.rows),
    { name: 'nothing', columns: TRACES.columns, rows: [] },
  ];
  return { engine, tables };
}

export async function writeTable(
  folder: string,
  name: string,
  columns: readonly Column[],
  lines: readonly string[],
): Promise<SourceTable> {
  const path = join(folder, `${name}.jsonl`);
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
  return { name, columns, rows: [{ format: 'jsonl', files: [path] }] };
}
