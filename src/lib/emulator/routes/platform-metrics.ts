import { flatFault, json } from '../answers.js';
import { METRICS, type Metric, TYPES } from '../metrics/definitions.js';
import { readMetricsQuery, TIME_GRAINS } from '../metrics/metrics-query.js';
import { samplesOf } from '../metrics/samples.js';
import { type Series, seriesOfMetric } from '../metrics/series.js';
import { endpointOf } from '../resources/resource-ids.js';
import { apiVersionOf, childrenOf, getResource, read } from '../resources/resources.js';
import { type Call, type Route, route } from '../router.js';
import { authorizeSubscription } from '../sign-in/authorize.js';

type Path = Readonly<Record<string, string>>;

const INSIGHTS = '//subscriptions/{rest*}/providers/microsoft.insights';

/**
 * Platform metrics of online endpoints and deployments, from the requests that they have answered.
 *
 * Contract: Microsoft.Insights `metrics` and `metricDefinitions` below a resource, api-versions 2018-01-01 to 2024-02-01.
 * Known from: documented (REST reference, supported metrics), SDK source (@azure/monitor-query 1.3.3); dimensions come
 * back in lower case, as in documented answers.
 */
export const platformMetricsRoutes: readonly Route[] = [
  route('GET', `${INSIGHTS}/metrics`, metrics),
  route('GET', `${INSIGHTS}/metricDefinitions`, definitions),
];

interface Measured {
  readonly id: string;
  /** `workspaces/onlineEndpoints` */
  readonly type: string;
  readonly known: readonly Metric[];
  readonly service: string;
  readonly deployments: readonly string[];
  readonly location: string;
}

async function open(call: Call, { rest = '' }: Path): Promise<Measured> {
  await authorizeSubscription(call, 'arm');
  apiVersionOf(call);
  const id = `/subscriptions/${rest.replace(/\/$/, '')}`;
  const state = await call.cloud.store.read();
  const text = getResource(state, id, call.now);
  // …/providers/PROVIDER/workspaces/NAME/onlineEndpoints/NAME/…: every other segment is a type.
  const segments = id.split('/').slice(7);
  const type = segments
    .filter((_, index) => index % 2 === 0)
    .join('/')
    .toLowerCase();
  const known = METRICS[type];
  if (!known) {
    const message = `Microsoft.MachineLearningServices/${type} is not a supported platform metric namespace, supported ones are Microsoft.MachineLearningServices/workspaces/onlineEndpoints`;
    throw flatFault({ status: 400, code: 'BadRequest', message });
  }
  const endpointId = endpointOf(id);
  const own = segments[5];
  const deployments =
    own === undefined
      ? childrenOf(state, `${endpointId}/deployments`, call.now).map(([, one]) => nameOf(one))
      : [nameOf(text)];
  return {
    ...{ id, known, deployments },
    type: TYPES[type] ?? type,
    service: nameOf(getResource(state, endpointId, call.now)),
    location: String(read(text, 'location')),
  };
}

function nameOf(text: string): string {
  return String(read(text, 'name'));
}

async function metrics(call: Call, path: Path): Promise<Response> {
  const { id, type, known, service, deployments, location } = await open(call, path);
  const query = readMetricsQuery(call.url.searchParams, known, { type, now: call.now });
  const samples = await samplesOf(call.cloud.segments, service, deployments, query);
  return json({
    cost: 0,
    timespan: `${seconds(query.from)}/${seconds(query.to)}`,
    interval: query.interval,
    value: query.metrics.map((metric) => ({
      id: `${id}/providers/Microsoft.Insights/metrics/${metric.name}`,
      type: 'Microsoft.Insights/metrics',
      name: { value: metric.name, localizedValue: metric.title },
      displayDescription: metric.description,
      unit: metric.unit,
      timeseries: seriesOfMetric(metric, samples, query).map(printSeries),
      errorCode: 'Success',
    })),
    namespace: `Microsoft.MachineLearningServices/${type}`,
    resourceregion: location,
  });
}

function printSeries({ dimensions, points }: Series) {
  return {
    metadatavalues: Object.entries(dimensions).map(([name, value]) => ({
      name: { value: name, localizedValue: name },
      value,
    })),
    data: points.map(({ at, values }) => ({
      timeStamp: seconds(at),
      ...Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]),
      ),
    })),
  };
}

function seconds(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}

async function definitions(call: Call, path: Path): Promise<Response> {
  const { id, type, known } = await open(call, path);
  return json({
    value: known.map((metric) => ({
      id: `${id}/providers/microsoft.insights/metricdefinitions/${metric.name}`,
      resourceId: id,
      namespace: `Microsoft.MachineLearningServices/${type}`,
      category: 'Traffic',
      name: { value: metric.name, localizedValue: metric.title },
      displayDescription: metric.description,
      isDimensionRequired: false,
      unit: metric.unit,
      primaryAggregationType: metric.aggregations[0],
      supportedAggregationTypes: metric.aggregations,
      metricAvailabilities: TIME_GRAINS.map((timeGrain) => ({ timeGrain, retention: 'P93D' })),
      ...(metric.dimensions.length > 0 && {
        dimensions: metric.dimensions.map((name) => ({ value: name, localizedValue: name })),
      }),
    })),
  });
}
