import type { Cloud } from '../cloud.js';
import { LOCAL_CONNECTION } from '../connection.js';
import { valueAt } from '../resources/resources.js';
import { drawRow } from '../scoring/inputs.js';
import { type Draws, drawsFrom } from '../scoring/random.js';
import { leaveTraces, runModel } from '../scoring/score.js';
import type { Scored } from '../scoring/scored.js';
import { findServing, type Serving } from '../scoring/serving.js';
import type { State } from '../state/state.js';

const DAY_MS = 86_400_000;
const SLOT_MS = 600_000;

/**
 * Lets the sample have had callers for the last 24 hours: one request a service every ten minutes, the same
 * ones whenever and however often the cloud is opened. The default service has none: what it shows is
 * the user's own.
 */
export async function topUp(cloud: Cloud, now: Date): Promise<void> {
  const range = await takeRange(cloud, now);
  if (!range) return;
  const state = await cloud.store.read();
  const all = findCalled(state, now).flatMap((serving) => past(serving, range.from, range.to));
  await leaveTraces(
    cloud,
    state,
    all.sort((a, b) => a.at.getTime() - b.at.getTime()),
    stored,
  );
}

/** Rows of Application Insights take seconds until they can be queried. */
function stored({ at, requestId }: Scored): Date {
  const ms = 2000 + drawsFrom(`${requestId}/ingestion`).next() * 6000;
  return new Date(at.getTime() + Math.floor(ms));
}

/** The span that nobody has written yet; whoever takes it writes it. */
async function takeRange(cloud: Cloud, now: Date) {
  const to = Math.floor(now.getTime() / SLOT_MS) * SLOT_MS;
  const spanOf = ({ facts }: State) =>
    facts.historyUntil === null
      ? undefined
      : { from: Math.max(new Date(facts.historyUntil).getTime(), to - DAY_MS), to };
  const known = spanOf(await cloud.store.read());
  if (!known || known.from >= to) return undefined;
  return cloud.store.update((state) => {
    const span = spanOf(state);
    if (!span || span.from >= to) return undefined;
    state.facts.historyUntil = new Date(to).toISOString();
    return span;
  });
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
  const slots = Array.from({ length: (to - from) / SLOT_MS }, (_, at) => from + at * SLOT_MS);
  return slots.flatMap((slot) => {
    const draws = drawsFrom(`${serving.resourceId}/${serving.part}/${slot}`);
    const at = new Date(slot + Math.floor(draws.next() * SLOT_MS));
    if (at < serving.since) return [];
    return [
      runModel(serving, {
        at,
        requestId: draws.guid(),
        clientRequestId: draws.guid(),
        body: draws.next() < 0.04 ? brokenInput(draws) : input(draws),
      }),
    ];
  });
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
