import { randomUUID } from 'node:crypto';
import type { Cloud } from '../cloud.js';
import { scoringLines } from '../logs/log-lines.js';
import { read } from '../resources/resources.js';
import { INGESTION_TIME } from '../state/segments.js';
import type { State } from '../state/state.js';
import { segmentTable } from '../state/telemetry.js';
import { archive, type ReceivedRow } from './archive.js';
import { appendToBlobs } from './blob-texts.js';
import { type Collected, collectedData } from './collected.js';
import { parseInput, predict, ScoringError } from './model.js';
import { drawsFrom } from './random.js';
import type { Scored } from './scored.js';
import { logTable, type Serving } from './serving.js';
import { type Component, telemetryRows } from './telemetry.js';

export interface ScoringRequest {
  readonly body: string;
  readonly at: Date;
  readonly requestId?: string;
  readonly clientRequestId?: string;
  readonly userAgent?: string;
}

/** Runs the model as the container would; changes nothing. */
export function runModel(serving: Serving, request: ScoringRequest): Scored {
  const { body, at, requestId = randomUUID(), userAgent = 'python-requests/2.31.0' } = request;
  const base = {
    ...{ serving, at, requestId, input: body, userAgent },
    clientRequestId: request.clientRequestId ?? '',
    durationMs: 2 + Math.round(drawsFrom(requestId).next() ** 4 * 400_000) / 1000,
  };
  try {
    const rows = parseInput(body);
    const predictions = predict(rows);
    const response = JSON.stringify(predictions);
    return { ...base, rows, predictions, status: 200, response, error: null };
  } catch (error) {
    if (!(error instanceof ScoringError)) throw error;
    const { name: type, message } = error;
    const response = JSON.stringify({ message: `${type}: ${message}` });
    return { ...base, rows: [], predictions: [], status: 400, response, error: { type, message } };
  }
}

/**
 * Lets requests have the effects that Azure would have: container log lines always, rows only while the
 * container runs with insights on, blobs only while it collects.
 *
 * @param past of requests that were made before: when the rows of each are said to have been stored, and a word for
 * all of them, so that those whose traces are there in part get the rest
 */
export async function leaveTraces(
  cloud: Cloud,
  state: State,
  all: readonly Scored[],
  past?: { readonly ingestedAt: (scored: Scored) => Date; readonly once: string },
): Promise<void> {
  const { ingestedAt = cloud.now, once } = past ?? {};
  const blobLines = past ? 'missing' : 'all';
  const component = workspaceComponent(state);
  const tables = new Map<string, (() => object)[]>();
  const files: Collected[] = [];
  const telemetry: ReceivedRow[] = [];
  const add = (table: string, row: () => object) => {
    const rows = tables.get(table) ?? [];
    rows.push(row);
    tables.set(table, rows);
  };
  for (const scored of all) {
    const blobs = collectedData(scored, state);
    files.push(...blobs);
    add(logTable(scored.serving), () => logEntry(scored, blobs));
    const rows = component ? telemetryRows(scored, component) : {};
    for (const [table, some] of Object.entries(rows)) {
      for (const row of some) {
        add(segmentTable(table), () => ({ ...row, [INGESTION_TIME]: ingestedAt(scored) }));
        telemetry.push({ table, row, at: ingestedAt(scored) });
      }
    }
  }
  await Promise.all([
    ...[...tables].map(([table, rows]) =>
      cloud.segments.append(table, () => rows.map((row) => row()), once),
    ),
    appendToBlobs(cloud, workspaceStorage(state), files, blobLines),
    component && archive(cloud, state, component.id, telemetry, blobLines),
  ]);
}

const waiting = new WeakMap<Cloud, { readonly all: Scored[]; readonly written: Promise<void> }>();
const writing = new WeakMap<Cloud, Promise<void>>();

/**
 * As `leaveTraces`, for one request: those that are answered while others' traces are being written wait for their
 * turn and are then written together.
 */
export async function leaveTracesOf(cloud: Cloud, state: State, scored: Scored): Promise<void> {
  const next = waiting.get(cloud);
  if (next) {
    next.all.push(scored);
    return next.written;
  }
  const all = [scored];
  const turn = (writing.get(cloud) ?? Promise.resolve()).catch(() => undefined);
  const written = turn.then(() => {
    waiting.delete(cloud);
    return leaveTraces(cloud, state, all);
  });
  waiting.set(cloud, { all, written });
  writing.set(cloud, written);
  return written;
}

/** As `leaveTraces`, for requests of which nothing else is told; those that have left their data leave no more. */
export async function leaveCollected(
  cloud: Cloud,
  state: State,
  all: readonly Scored[],
): Promise<void> {
  const files = all.flatMap((scored) => collectedData(scored, state));
  await appendToBlobs(cloud, workspaceStorage(state), files, 'missing');
}

/** The lines that the container writes, and what the platform counts beside them. */
function logEntry(scored: Scored, blobs: readonly Collected[]) {
  const { at, status, durationMs } = scored;
  const collected = blobs.flatMap(({ collection }) => collection ?? []);
  return { at, lines: scoringLines(scored), request: { status, durationMs, collected } };
}

function findWorkspace(state: State): string | undefined {
  return [...state.resources].find(([id]) =>
    /\/microsoft\.machinelearningservices\/workspaces\/[^/]+$/.test(id),
  )?.[1];
}

/** The component that the workspace names, if it names one that exists. */
export function workspaceComponent(state: State): Component | undefined {
  const workspace = findWorkspace(state);
  const id = workspace && String(read(workspace, 'properties', 'applicationInsights') ?? '');
  const text = id && state.resources.get(id.toLowerCase());
  if (!text) return undefined;
  const { id: resourceId, name, properties } = JSON.parse(text);
  const { AppId: appId, InstrumentationKey: instrumentationKey } = properties;
  return { id: resourceId, name, appId, instrumentationKey };
}

function workspaceStorage(state: State): string {
  const workspace = findWorkspace(state);
  const id = workspace === undefined ? '' : String(read(workspace, 'properties', 'storageAccount'));
  return id.split('/').at(-1) ?? '';
}
