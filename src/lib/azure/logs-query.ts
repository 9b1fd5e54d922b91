import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Clock } from '../host.js';
import type { Cloud } from './cloud.js';
import type { LogsQueryGateway, QueryAnswer, QueryOptions } from './gateways.js';
import { createQueryLimiter } from './query/limiter.js';
import type { AzureCredential } from './sign-in/credential.js';
import { RETRIES } from './wire/retry.js';

export interface LogsQueryOptions {
  readonly cloud: Cloud;
  readonly credential: AzureCredential;
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The SDK insists on a time range; the one that goes out is put in by the seam. */
const PLACEHOLDER = { duration: 'PT0S' };

/**
 * Gateway to Log Analytics by resource id. A process needs one: it keeps the limits of a user.
 *
 * The SDK builds, signs and sends the query. Its reading of rows loses values, so it never sees any: the seam
 * under it takes the answer, and rows are read as they arrive. A query is sent again until its first row.
 *
 * Contract: Log Analytics query API v1, POST `{resourceId}/query`.
 * Known from: documented, "Querying logs for Azure resources"; SDK source, `@azure/monitor-query` 1.3.3.
 */
export function createLogsQueryGateway(options: LogsQueryOptions): LogsQueryGateway {
  const { cloud, credential, client, clock, signal } = options;
  const limiter = createQueryLimiter(clock);

  async function ask(resourceId: string, kql: string, queryOptions: QueryOptions) {
    const [{ LogsQueryClient }, { createSeam }] = await Promise.all([
      import('@azure/monitor-query'),
      import('./query/seam.js'),
    ]);
    const { serverTimeoutSeconds, includeStatistics = false, signal: own } = queryOptions;
    const ended = own ? AbortSignal.any([signal, own]) : signal;
    let isRenewed = false;
    for (let attempt = 0; ; ) {
      const leave = await limiter.enter(ended);
      const setting = { client, clock, limiter, kql, attempt };
      const seam = createSeam({ ...setting, options: queryOptions, signal: ended, onEnd: leave });
      // A new client each time: it would go on with the token of the last try.
      const sdk = new LogsQueryClient(credential, {
        endpoint: cloud.logsEndpoint,
        audience: cloud.logsAudience,
        httpClient: seam.client,
        retryOptions: { maxRetries: 0 },
      });
      try {
        await sdk.queryResource(resourceId, kql, PLACEHOLDER, {
          abortSignal: ended,
          includeVisualization: true,
          includeQueryStatistics: includeStatistics,
          ...(serverTimeoutSeconds === undefined
            ? {}
            : { serverTimeoutInSeconds: serverTimeoutSeconds }),
        });
        return seam.answer();
      } catch (error) {
        leave();
        ended.throwIfAborted();
        const refusal = seam.refusal();
        if (refusal && isRenewed) throw refusal;
        if (refusal) {
          credential.forget();
          isRenewed = true;
          continue;
        }
        const pauseMs = seam.pauseMs();
        if (attempt === RETRIES || pauseMs === undefined) throw error;
        attempt += 1;
        await clock.sleep(pauseMs, ended);
      }
    }
  }

  return {
    async query(resourceId, kql, queryOptions = {}): Promise<QueryAnswer> {
      const { tables, frame } = await ask(resourceId, kql, queryOptions);
      const { readEnding } = await import('./query/ending.js');
      return { tables, ending: () => readEnding(frame()) };
    },
  };
}
