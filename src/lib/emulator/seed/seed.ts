import type { Seed } from '../local-cloud.js';
import { newKeys } from '../routes/online-endpoints.js';
import type { State } from '../state/state.js';
import { sampleEndpoints } from './online-endpoints.js';
import { sampleServices } from './v1-services.js';
import { emptyState } from './workspace.js';

/** A fresh state. Its instants count back from `now`. */
export function seedState(seed: Seed, now: Date): State {
  const state = emptyState(now);
  if (seed === 'empty') return state;
  const { endpoints, deployments, assets } = sampleEndpoints(now);
  const services = sampleServices(now);
  for (const { id, text } of [...endpoints, ...deployments, ...assets, ...services]) {
    state.resources.set(id.toLowerCase(), text);
  }
  for (const { id, server } of [...deployments, ...services]) {
    state.facts.servers[id.toLowerCase()] = server;
  }
  for (const { id } of [...endpoints, ...services]) state.facts.keys[id.toLowerCase()] = newKeys();
  const start = new Date(0).toISOString();
  Object.assign(state.facts, { historyUntil: start, historyBegun: start, collectedUntil: start });
  return state;
}
