import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { Host } from '../../lib/host.js';
import { parseDuration } from '../../lib/model/time-range.js';
import { parseCount } from '../count-argument.js';

type LocalCloud = Awaited<ReturnType<Host['openLocalCloud']>>;
type QuerySwitches = Parameters<LocalCloud['switchQueries']>[0];

/** What is switched at the query API of the embedded Azure, so that programs meet the real one's limits and bad days. */
export const limitRowsOption = new Option(
  '--limit-rows <n>',
  'cut answers of queries at so many rows',
).argParser(parseCount);

export const limitBytesOption = new Option(
  '--limit-bytes <n>',
  'cut them at so many bytes',
).argParser(parseCount);

export const latencyOption = new Option(
  '--latency <duration>',
  'answer queries that much later, such as 100ms',
).argParser(parseLatency);

export const throttleOption = new Option(
  '--throttle <n/duration>',
  'refuse more queries than that, such as 200/30s; off: none',
).argParser(parseThrottle);

export const faultsOption = new Option(
  '--faults <percent>',
  'let that share of queries meet 429, 503 or a broken connection',
).argParser(parseShare);

export const faultSeedOption = new Option(
  '--fault-seed <text>',
  'the same requests in the same order meet the same faults',
);

interface WeatherOptions {
  readonly limitRows?: number | undefined;
  readonly limitBytes?: number | undefined;
  readonly latency?: number | undefined;
  readonly throttle?: QuerySwitches['throttle'];
  readonly faults?: number | undefined;
  readonly faultSeed?: string | undefined;
}

/** The switches that were given; undefined if none was. */
export function switchesOf(options: WeatherOptions): QuerySwitches | undefined {
  const { limitRows, limitBytes, latency, throttle, faults, faultSeed } = options;
  const switches: QuerySwitches = {
    ...(limitRows !== undefined && { rowLimit: limitRows }),
    ...(limitBytes !== undefined && { byteLimit: limitBytes }),
    ...(latency !== undefined && { latencyMs: latency }),
    ...(throttle !== undefined && { throttle }),
    ...((faults !== undefined || faultSeed !== undefined) && {
      faults: {
        ...(faults !== undefined && { rate: faults }),
        ...(faultSeed !== undefined && { seed: faultSeed }),
      },
    }),
  };
  return Object.keys(switches).length > 0 ? switches : undefined;
}

function parseLatency(text: string): number {
  return text === '0' ? 0 : parseDuration(text);
}

function parseThrottle(text: string): NonNullable<QuerySwitches['throttle']> | null {
  if (text === 'off') return null;
  const [count, duration] = text.split('/');
  if (count && duration) {
    return { requests: parseCount(count), seconds: parseDuration(duration) / 1000 };
  }
  throw new InvalidArgumentError('It must be a number and a duration, such as 200/30s, or off.');
}

function parseShare(text: string): number {
  const share = Number(text.replace(/%$/, '')) / 100;
  if (/^\d+(\.\d+)?%$/.test(text) && share <= 1) return share;
  throw new InvalidArgumentError('It must be a percentage, such as 2%.');
}
