import { join } from 'node:path';
import type { Cloud } from '../cloud.js';
import { LOCAL_CONNECTION } from '../connection.js';
import { isObject, valueAt } from '../resources/resources.js';
import { drawRow } from '../scoring/inputs.js';
import { type Draws, drawsFrom } from '../scoring/random.js';
import { leaveCollected, leaveTraces, runModel } from '../scoring/score.js';
import type { Scored } from '../scoring/scored.js';
import { findServing, type Serving } from '../scoring/serving.js';
import { withLock } from '../state/lock.js';
import type { State } from '../state/state.js';

const DAY_MS = 86_400_000;
const SLOT_MS = 600_000;

/**
 * Lets the sample have had callers for the last 24 hours: one request a service every ten minutes, the same
 * ones whenever and however often the cloud is opened. The default service has none: what it shows is
 * the user's own. It is marked as begun, written and marked as written, while everybody else waits: what a killed
 * process has left is completed by the next.
 */
export async function topUp(cloud: Cloud, now: Date): Promise<void> {
  if (!missing(await cloud.store.read(), now, 'historyUntil')) return;
  await aloneWithPast(cloud, () => topUpAlone(cloud, now));
}

/** As `topUp`, for whoever is alone with the past already. */
export async function topUpAlone(cloud: Cloud, now: Date): Promise<void> {
  const { historyUntil, historyBegun } = (await cloud.store.read()).facts;
  // What was begun is completed as it would have been: its span decides which requests there were.
  if (historyBegun !== historyUntil) await writeHistory(cloud, new Date(historyBegun ?? now));
  await writeHistory(cloud, now);
}

async function writeHistory(cloud: Cloud, now: Date): Promise<void> {
  const state = await cloud.store.read();
  const range = missing(state, now, 'historyUntil');
  if (!range) return;
  const to = new Date(range.to).toISOString();
  const all = findCalled(state, now).flatMap((serving) => past(serving, range.from, range.to));
  all.sort((a, b) => a.at.getTime() - b.at.getTime());
  await cloud.store.update(({ facts }) => {
    facts.historyBegun = to;
  });
  await leaveTraces(cloud, state, all, { ingestedAt: stored, once: `until${range.to}` });
  await cloud.store.update(({ facts }) => {
    facts.historyUntil = to;
  });
}

/** Rows of Application Insights take seconds until they can be queried. */
function stored({ at, requestId }: Scored): Date {
  const ms = 2000 + drawsFrom(`${requestId}/ingestion`).next() * 6000;
  return new Date(at.getTime() + Math.floor(ms));
}

/**
 * Lets the sample's services that collect model data have done so for two days, several times as often as the
 * requests that `topUp` lets everything else tell of. Whoever looks at data, or changes what is collected, asks first:
 * most who open the cloud do neither. It is marked as written once it is, and nobody else goes on before: what a
 * killed process has left is completed by the next.
 */
export async function topUpCollected(cloud: Cloud, now: Date): Promise<void> {
  if (!missing(await cloud.store.read(), now, 'collectedUntil')) return;
  await aloneWithPast(cloud, async () => {
    const state = await cloud.store.read();
    const range = missing(state, now, 'collectedUntil');
    if (!range) return;
    const all = findCalled(state, now).filter(isCollecting);
    await leaveCollected(
      cloud,
      state,
      all.flatMap((serving) => between(serving, range.from, range.to)),
    );
    await cloud.store.update(({ facts }) => {
      facts.collectedUntil = new Date(range.to).toISOString();
    });
  });
}

/** Runs `work` while nobody else writes the sample's past. */
export async function aloneWithPast(cloud: Cloud, work: () => Promise<void>): Promise<void> {
  await withLock(join(cloud.folder, 'past.lock'), work);
}

function isCollecting({ storage, collector }: Serving): boolean {
  return storage || isObject(collector);
}

/** How far back the sample's past goes. */
const PAST_MS = { historyUntil: DAY_MS, collectedUntil: 2 * DAY_MS };

/** The span that is not yet marked as written. */
function missing({ facts }: State, now: Date, mark: keyof typeof PAST_MS) {
  const until = facts[mark];
  if (until === null) return undefined;
  const to = Math.floor(now.getTime() / SLOT_MS) * SLOT_MS;
  const from = Math.max(Date.parse(until), to - PAST_MS[mark]);
  return from < to ? { from, to } : undefined;
}

function findCalled(state: State, now: Date): readonly Serving[] {
  return [...state.resources].flatMap(([id, text]) => {
    const isCalled =
      id.includes('/deployments/') || (id.startsWith('/v1/') && id.includes('/services/'));
    if (!isCalled) return [];
    const resource: unknown = JSON.parse(text);
    if (valueAt(resource, 'name') === LOCAL_CONNECTION.service) return [];
    const versions = valueAt(resource, 'versions');
    const parts = versions ? Object.keys(versions) : [null];
    return parts.flatMap((part) => findServing(state, properId(id, resource), part, now) ?? []);
  });
}

/** Keys are lower case; a resource of ARM tells how its id is written. */
function properId(key: string, resource: unknown): string {
  const id = valueAt(resource, 'id');
  return typeof id === 'string' ? id : key;
}

function past(serving: Serving, from: number, to: number): readonly Scored[] {
  return slotsOf(from, to).flatMap((slot) => {
    const draws = drawsFrom(`${serving.resourceId}/${serving.part}/${slot}`);
    // What it leaves comes a little later, and still within the slot.
    return request(serving, draws, slot + draws.next() * (SLOT_MS - 1000));
  });
}

/** A request every other minute beside the one of each slot. */
function between(serving: Serving, from: number, to: number): readonly Scored[] {
  return slotsOf(from, to).flatMap((slot) =>
    [1, 3, 5, 7, 9].flatMap((minute) => {
      const draws = drawsFrom(`${serving.resourceId}/${serving.part}/${slot}/${minute}`);
      return request(serving, draws, slot + (minute + draws.next() - 0.5) * 60_000);
    }),
  );
}

function slotsOf(from: number, to: number): readonly number[] {
  return Array.from({ length: (to - from) / SLOT_MS }, (_, at) => from + at * SLOT_MS);
}

/** None before the container started. */
function request(serving: Serving, draws: Draws, time: number): readonly Scored[] {
  const at = new Date(Math.floor(time));
  if (at < serving.since) return [];
  return [
    runModel(serving, {
      at,
      requestId: draws.guid(),
      clientRequestId: draws.guid(),
      body: draws.next() < 0.04 ? brokenInput(draws) : input(draws),
    }),
  ];
}

function input(draws: Draws): string {
  return JSON.stringify({
    data: Array.from({ length: 1 + Math.floor(draws.next() * 2) }, () => drawRow(draws)),
  });
}

/** A caller that forgot a column. */
function brokenInput(draws: Draws): string {
  return JSON.stringify({ data: [drawRow(draws).slice(0, -1)] });
}
