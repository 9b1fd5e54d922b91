import { isObject, valueAt } from '../resources/resources.js';
import { logTable } from '../scoring/serving.js';
import type { Segments } from '../state/segments.js';

/** What platform metrics know of one request to an online endpoint. */
export interface Sample {
  readonly at: Date;
  readonly deployment: string;
  readonly status: number;
  readonly durationMs: number;
  /** The collections that got an event. */
  readonly collected: readonly string[];
}

/** Requests to deployments of an endpoint in a span of time, whether they had insights on or not. */
export async function samplesOf(
  segments: Pick<Segments, 'readLines'>,
  service: string,
  deployments: readonly string[],
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (const deployment of deployments) {
    for (const line of await segments.readLines(
      logTable({ api: 'v2', service, part: deployment }),
    )) {
      const entry: unknown = JSON.parse(line);
      const request = valueAt(entry, 'request');
      const at = new Date(String(valueAt(entry, 'at')));
      // Lines of a store that is older than these metrics tell no more than their text.
      if (!isObject(request) || at < from || at >= to) continue;
      samples.push({
        ...{ at, deployment },
        status: Number(request.status),
        durationMs: Number(request.durationMs),
        collected: Array.isArray(request.collected) ? request.collected.map(String) : [],
      });
    }
  }
  return samples;
}
