import { CliError } from '../errors.js';
import type { Host } from '../host.js';
import { parseTargetName } from '../model/target.js';
import type { TimeRange } from '../model/time-range.js';

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

export interface ScoreOptions {
  readonly name: string;
  readonly count: number;
  /** The body of every request; undefined: inputs that are drawn, another one each time. */
  readonly data: string | undefined;
  /** What the inputs are drawn from. */
  readonly seed: string;
  /** By how many standard deviations features of the second half of the requests are higher. */
  readonly shifts: Readonly<Record<string, number>>;
  /** The requests are taken to have come evenly between these; null: as they are sent. */
  readonly span: TimeRange | null;
}

/** So many are sent together: what they leave is written once for all of them. */
const BATCH = 100;

/** When the second half of requests over a span begins. */
export function middleOf({ from, to }: TimeRange): Date {
  return new Date((from.getTime() + to.getTime()) / 2);
}

/** Sends scoring requests. @throws {CliError} `usage` if the sample's model has no feature of a name in `shifts` */
export async function* score(cloud: LocalCloud, options: ScoreOptions): AsyncGenerator<Scoring> {
  const { name, count, data, seed, shifts, span } = options;
  const { service, part = null } = parseTargetName(name);
  const requestAt = (index: number) => {
    const isSecondHalf = index >= count / 2;
    const body = data ?? cloud.drawInput(`${seed}/${index}`, isSecondHalf ? shifts : {});
    return { body, ...(span && { at: instantOf(span, index, count) }) };
  };
  // A name that no feature has is told before anything is sent.
  cloud.drawInput(seed, shifts);
  for (let from = 0; from < count; from += BATCH) {
    const size = Math.min(BATCH, count - from);
    const requests = Array.from({ length: size }, (_, at) => requestAt(from + at));
    for (const { status, body, requestId } of await cloud.score(service, part, requests)) {
      yield { service, part, status, requestId, response: parsed(body) };
    }
  }
}

/** In the middle of its share of the span, so that none is at the end of it, or at the border of its halves. */
function instantOf({ from, to }: TimeRange, index: number, count: number): Date {
  const share = (to.getTime() - from.getTime()) / count;
  return new Date(Math.floor(from.getTime() + (index + 0.5) * share));
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
