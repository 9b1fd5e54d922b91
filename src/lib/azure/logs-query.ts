import type { HttpClient, PipelineRequest } from '@azure/core-rest-pipeline';
import { CliError } from '../errors.js';
import type { Column, Row, Table } from '../model/table.js';
import type { Cloud } from './cloud.js';
import type { LogsQueryGateway, QueryAnswer, QueryOptions } from './gateways.js';
import { isObject, readAny } from './payload.js';
import { kustoType, readCell } from './query/cells.js';
import { readEnding } from './query/ending.js';
import { queryError } from './query/query-error.js';
import { scanRows, splitAnswer } from './query/row-scanner.js';
import type { AzureCredential } from './sign-in/credential.js';

export interface LogsQueryOptions {
  readonly cloud: Cloud;
  readonly credential: AzureCredential;
  readonly client: HttpClient;
  readonly signal: AbortSignal;
}

/** The SDK insists on a time range; the one that goes out is put in by the seam. */
const PLACEHOLDER = { duration: 'PT0S' };

/**
 * Gateway to Log Analytics by resource id.
 *
 * The SDK builds, signs and sends the query. Its reading of rows loses values, so it never sees any: the seam
 * under it takes them off the answer as they were sent, and hands up the frame without them.
 *
 * Contract: Log Analytics query API v1, POST `{resourceId}/query`.
 * Known from: documented, "Querying logs for Azure resources"; SDK source, `@azure/monitor-query` 1.3.3.
 */
export function createLogsQueryGateway(options: LogsQueryOptions): LogsQueryGateway {
  const { cloud, credential, client, signal } = options;
  return {
    async query(resourceId, kql, queryOptions = {}) {
      const { LogsQueryClient } = await import('@azure/monitor-query');
      const seam = createSeam(client, kql, queryOptions);
      const sdk = new LogsQueryClient(credential, {
        endpoint: cloud.logsEndpoint,
        audience: cloud.logsAudience,
        httpClient: seam.client,
        retryOptions: { maxRetries: 0 },
      });
      const { serverTimeoutSeconds, includeStatistics = false, signal: own } = queryOptions;
      const sent = sdk.queryResource(resourceId, kql, PLACEHOLDER, {
        abortSignal: own ? AbortSignal.any([signal, own]) : signal,
        includeVisualization: true,
        includeQueryStatistics: includeStatistics,
        ...(serverTimeoutSeconds === undefined
          ? {}
          : { serverTimeoutInSeconds: serverTimeoutSeconds }),
      });
      const result = await sent.catch((error: unknown) => {
        own?.throwIfAborted();
        throw error;
      });
      const tables = 'tables' in result ? result.tables : result.partialTables;
      const columns = tables.map(({ columnDescriptors }) =>
        columnDescriptors.map(({ name, type }) => ({
          name: name ?? '',
          type: kustoType(type ?? ''),
        })),
      );
      return toAnswer(seam.received(), columns);
    },
  };
}

/** An answer as it was received: its text, and what of it is not rows. */
interface Received {
  readonly text: string;
  readonly frame: unknown;
  readonly rowStarts: readonly number[];
}

const NOTHING = '{"tables":[]}';

/** Stands under the SDK for one query. */
function createSeam(client: HttpClient, kql: string, options: QueryOptions) {
  let received: Received = { text: NOTHING, frame: {}, rowStarts: [] };
  const seam: HttpClient = {
    async sendRequest(request) {
      const response = await client.sendRequest(withOptions(request, options));
      const { status, headers, bodyAsText } = response;
      if (status >= 300) throw queryError({ status, headers, text: bodyAsText ?? '' }, kql);
      // A workspace that never had data answers 204, or 200, with nothing.
      const text = bodyAsText?.trim() ? bodyAsText : NOTHING;
      const { frame, rowStarts } = splitAnswer(text);
      received = { text, frame: parseFrame(frame), rowStarts };
      if (!hasTables(received)) {
        const isError = isObject(readAny(received.frame, 'error'));
        if (isError) throw queryError({ status, headers, text }, kql);
        throw new CliError('service', "Log Analytics' answer has no tables.");
      }
      return { ...response, request, status: 200, bodyAsText: frame };
    },
  };
  return { client: seam, received: () => received };
}

function parseFrame(frame: string): unknown {
  try {
    return JSON.parse(frame);
  } catch (error) {
    throw new CliError('service', "Log Analytics' answer is not JSON.", {}, error);
  }
}

/** Whether the SDK will find what it does not look for: tables, each with columns and rows. */
function hasTables({ frame, rowStarts }: Received): boolean {
  const tables = readAny(frame, 'tables');
  if (!Array.isArray(tables) || tables.length > rowStarts.length) return false;
  return tables.every(
    (table) => Array.isArray(readAny(table, 'columns')) && Array.isArray(readAny(table, 'rows')),
  );
}

/** The SDK's request with exactly the time range that was asked for, and with what it has no option for. */
function withOptions(
  request: PipelineRequest,
  { timespan, includePermissions }: QueryOptions,
): PipelineRequest {
  const { timespan: _placeholder, ...body } = JSON.parse(String(request.body));
  const headers = request.headers;
  if (includePermissions) {
    const prefer = headers.get('prefer');
    headers.set('prefer', [prefer, 'include-permissions=true'].filter(Boolean).join(','));
  }
  return {
    ...request,
    headers,
    body: JSON.stringify(timespan === undefined ? body : { ...body, timespan }),
  };
}

function toAnswer(
  { text, frame, rowStarts }: Received,
  columns: readonly (readonly Column[])[],
): QueryAnswer {
  async function* tables(): AsyncGenerator<Table> {
    for (const [index, tableColumns] of columns.entries()) {
      yield { columns: tableColumns, rows: readRows(text, rowStarts[index], tableColumns) };
    }
  }
  return {
    tables: tables(),
    ending: () => readEnding(frame),
  };
}

async function* readRows(
  text: string,
  start: number | undefined,
  columns: readonly Column[],
): AsyncGenerator<Row> {
  if (start === undefined) return;
  for (const cells of scanRows(text, start)) {
    yield columns.map(({ type }, index) => readCell(cells[index] ?? 'null', type));
  }
}
