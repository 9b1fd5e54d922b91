import { CliError } from '../errors.js';
import type { Host } from '../host.js';
import { parseTargetName } from '../model/target.js';

type LocalCloud = Awaited<ReturnType<Host['openLocalCloud']>>;

/** One answered scoring request. */
export interface Scoring {
  readonly service: string;
  /** What was asked for; null leaves the choice of a deployment to the endpoint. */
  readonly part: string | null;
  readonly status: number;
  readonly requestId: string;
  /** Parsed if it is JSON, else its text. */
  readonly response: unknown;
}

/** Inputs that the sample model takes, a customer each: tenure in months, monthly charges, support calls, age. */
const SAMPLE_ROWS = [
  [24, 59.9, 1, 38],
  [3, 99.5, 4, 61],
  [61, 20.1, 0, 55],
  [12, 74.3, 2, 29],
  [48, 104.8, 3, 44],
] as const;

/** Sends scoring requests one after another. @param data the body; undefined: samples, a different one each time */
export async function* score(
  cloud: LocalCloud,
  {
    name,
    data,
    count,
  }: { readonly name: string; readonly data: string | undefined; readonly count: number },
): AsyncGenerator<Scoring> {
  const { service, part = null } = parseTargetName(name);
  for (let i = 0; i < count; i += 1) {
    const { status, body, requestId } = await cloud.score(service, part, data ?? sampleInput(i));
    yield { service, part, status, requestId, response: parsed(body) };
  }
}

function sampleInput(index: number): string {
  return JSON.stringify({ data: [SAMPLE_ROWS[index % SAMPLE_ROWS.length]] });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** @throws {CliError} `not-found` if there is no such service or it does not run, `service` if all requests failed, `incomplete` if some */
export function assertAllScored(name: string, statuses: readonly number[]): void {
  const failed = statuses.filter((status) => status >= 400);
  if (failed.length === 0) return;
  if (failed.every((status) => status === 404)) {
    const message = `Nothing answers as "${name}" in the embedded Azure.`;
    throw new CliError('not-found', message, {
      hint: '`aml-monitor list --local` shows what there is, and in which state.',
    });
  }
  const message =
    statuses.length === 1
      ? `The service answered ${failed[0]}.`
      : `${failed.length} of ${statuses.length} requests failed.`;
  throw new CliError(failed.length === statuses.length ? 'service' : 'incomplete', message);
}
