import type { Target } from '../../src/lib/model/target.js';

/** A v2 deployment, but for what is given. */
export function target(parts: Partial<Target> = {}): Target {
  return {
    api: 'v2',
    service: 'fraud',
    part: 'blue',
    computeType: 'Managed',
    state: 'Succeeded',
    insights: false,
    collection: false,
    collections: [],
    scoringUri: null,
    replicas: 1,
    dataPaths: [],
    failure: null,
    ...parts,
  };
}
