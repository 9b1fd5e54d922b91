import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Cloud } from './cloud.js';
import type { PlatformMetricsGateway, PlatformSeries } from './gateways.js';
import { isObject, readAny, readArray, readNumber, readString } from './payload.js';
import type { AzureCredential } from './sign-in/credential.js';
import { fromSdk } from './wire/sdk-error.js';
import { type WorkspaceName, workspaceId } from './workspace-path.js';

export interface PlatformMetricsGatewayOptions {
  readonly cloud: Cloud;
  readonly workspace: () => WorkspaceName;
  readonly credential: AzureCredential;
  readonly client: HttpClient;
  readonly signal: AbortSignal;
}

/** Azure answers ten series unless it is told how many. */
const MOST_SERIES = 500;

/**
 * Gateway to Azure Monitor's metrics of an online endpoint.
 *
 * Contract: ARM, `{endpoint}/providers/Microsoft.Insights/metrics` 2024-02-01, namespace
 * Microsoft.MachineLearningServices/workspaces/onlineEndpoints.
 * Known from: SDK source, `@azure/monitor-query` 1.3.3; documented ("Metrics - List", "Supported metrics").
 */
export function createPlatformMetricsGateway(
  options: PlatformMetricsGatewayOptions,
): PlatformMetricsGateway {
  const { cloud, workspace, credential, client, signal } = options;
  return {
    async read(endpoint, { metrics, dimensions, only = {}, from, to, interval }) {
      const { MetricsQueryClient } = await import('@azure/monitor-query');
      const sdk = new MetricsQueryClient(credential, {
        endpoint: cloud.armEndpoint,
        audience: cloud.armScope.replace(/\/\.default$/, ''),
        httpClient: client,
        retryOptions: { maxRetries: 0 },
      });
      // The SDK puts a slash in front of it.
      const id = `${workspaceId(workspace()).slice(1)}/onlineEndpoints/${encodeURIComponent(endpoint)}`;
      const filter = dimensions.map((name) => `${name} eq '${odata(only[name] ?? '*')}'`);
      const wish = {
        timespan: { startTime: from, endTime: to },
        granularity: interval,
        aggregations: ['Average' as const],
        abortSignal: signal,
        ...(filter.length > 0 && { filter: filter.join(' and '), top: MOST_SERIES }),
      };
      const answer = await sdk.queryResource(id, [...metrics], wish).catch((error: unknown) => {
        throw fromSdk(error);
      });
      return answer.metrics.flatMap(toSeries);
    },
  };
}

/** A text within quotes of an OData filter. */
function odata(text: string): string {
  return text.replaceAll("'", "''");
}

/** The SDK's types promise more than it looks for. */
function toSeries(metric: unknown): readonly PlatformSeries[] {
  const name = readString(metric, 'name');
  const unit = readString(metric, 'unit', { ifAbsent: '' });
  return readArray(metric, 'timeseries', { ifAbsent: [] }).map((series) => ({
    metric: name,
    unit,
    dimensions: dimensionsOf(readArray(series, 'metadataValues', { ifAbsent: [] })),
    points: readArray(series, 'data', { ifAbsent: [] }).flatMap((point) => {
      const at = readAny(point, 'timeStamp');
      if (!(at instanceof Date)) return [];
      return [{ at, average: readNumber(point, 'average', { ifAbsent: null }) }];
    }),
  }));
}

function dimensionsOf(values: readonly unknown[]): PlatformSeries['dimensions'] {
  return Object.fromEntries(
    values
      .filter(isObject)
      .map((value) => [
        readString(value, 'name', { ifAbsent: '' }).toLowerCase(),
        readString(value, 'value', { ifAbsent: '' }),
      ]),
  );
}
