import type { Sample } from './samples.js';

export type Aggregation = 'Average' | 'Minimum' | 'Maximum' | 'Total' | 'Count';

/** A platform metric of an online endpoint or deployment, and what of the requests it counts. */
export interface Metric {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly unit: 'Count' | 'MilliSeconds' | 'BytesPerSecond' | 'CountPerSecond';
  readonly aggregations: readonly Aggregation[];
  readonly dimensions: readonly string[];
  readonly measure: Measure;
}

/**
 * `values`: of each request. `percentile`: of those of each minute one, of which an interval shows the mean. `rate`: how many
 * there were in each minute, none included. `nothing`: what the sample cannot know.
 */
export type Measure =
  | { readonly kind: 'values'; readonly of: (sample: Sample) => number }
  | {
      readonly kind: 'percentile';
      readonly rank: number;
      readonly of: (sample: Sample) => number;
    }
  | { readonly kind: 'rate'; readonly of: (sample: Sample) => readonly Dimensions[] }
  | { readonly kind: 'nothing' };

/** Values of dimensions by their names. */
export type Dimensions = Readonly<Record<string, string>>;

const AVERAGE: readonly Aggregation[] = ['Average'];
const durationOf = ({ durationMs }: Sample) => durationMs;

function latency(rank?: number): Metric {
  const what = rank === undefined ? '' : ` P${rank}`;
  const measure: Measure =
    rank === undefined
      ? { kind: 'values', of: durationOf }
      : { kind: 'percentile', rank, of: durationOf };
  return {
    name: `RequestLatency${what.replace(' ', '_')}`,
    title: `Request Latency${what}`,
    description: `The${what} time until a request is answered, in milliseconds`,
    unit: 'MilliSeconds',
    aggregations: AVERAGE,
    dimensions: ['deployment'],
    measure,
  };
}

function unknown(name: string, title: string, unit: Metric['unit']): Metric {
  const measure = { kind: 'nothing' } as const;
  const [aggregations, dimensions] = [AVERAGE, []];
  return { name, title, description: title, unit, aggregations, dimensions, measure };
}

function collection(what: 'Events' | 'Errors', dimensions: readonly string[]): Metric {
  return {
    name: `DataCollection${what}PerMinute`,
    title: `Data Collection ${what} Per Minute`,
    description: `The number of data collection events ${what === 'Events' ? 'processed' : 'dropped'} per minute`,
    unit: 'Count',
    aggregations: ['Average', 'Minimum', 'Maximum'],
    dimensions,
    measure: {
      kind: 'rate',
      of: ({ collected }) => (what === 'Events' ? collected.map((type) => ({ type })) : []),
    },
  };
}

const ENDPOINT: readonly Metric[] = [
  latency(),
  ...[50, 90, 95, 99].map(latency),
  {
    name: 'RequestsPerMinute',
    title: 'Requests Per Minute',
    description: 'The number of requests within a minute',
    unit: 'Count',
    aggregations: AVERAGE,
    dimensions: ['deployment', 'statusCode', 'statusCodeClass', 'modelStatusCode'],
    measure: {
      kind: 'rate',
      of: ({ status }) => [
        {
          statusCode: String(status),
          statusCodeClass: `${Math.floor(status / 100)}xx`,
          modelStatusCode: String(status),
        },
      ],
    },
  },
  collection('Events', ['deployment', 'type']),
  collection('Errors', ['deployment', 'reason', 'type']),
  unknown('ConnectionsActive', 'Connections Active', 'Count'),
  unknown('NewConnectionsPerSecond', 'New Connections Per Second', 'CountPerSecond'),
  unknown('NetworkBytes', 'Network Bytes', 'BytesPerSecond'),
];

const CONNECTIONS = ['ConnectionsActive', 'NewConnectionsPerSecond', 'NetworkBytes'];

/**
 * The metrics of a resource, by its type in lower case.
 *
 * Known from: documented ("Supported metrics for …/onlineEndpoints"); those of a deployment are the same without the
 * dimension that tells it, as far as is known.
 */
export const METRICS: Readonly<Record<string, readonly Metric[]>> = {
  'workspaces/onlineendpoints': ENDPOINT,
  'workspaces/onlineendpoints/deployments': ENDPOINT.filter(
    ({ name }) => !CONNECTIONS.includes(name),
  ).map((metric) => ({
    ...metric,
    dimensions: metric.dimensions.filter((name) => name !== 'deployment'),
  })),
};

/** As ARM writes the types. */
export const TYPES: Readonly<Record<string, string>> = {
  'workspaces/onlineendpoints': 'workspaces/onlineEndpoints',
  'workspaces/onlineendpoints/deployments': 'workspaces/onlineEndpoints/deployments',
};
