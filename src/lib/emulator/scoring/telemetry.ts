import { LOCAL_CONNECTION } from '../connection.js';
import { drawsFrom } from './random.js';
import { printed, type Scored, traceback } from './scored.js';

/** The component that the workspace sends to. */
export interface Component {
  readonly id: string;
  readonly name: string;
  readonly appId: string;
  readonly instrumentationKey: string;
}

/** Rows by table; members that would be empty are left out. */
export type TelemetryRows = Readonly<Record<string, readonly object[]>>;

// Application Insights cuts longer texts off.
const MESSAGE_LENGTH = 32_768;
const VALUE_LENGTH = 8_192;

/**
 * What one request leaves in Application Insights: nothing unless the container was started with insights
 * on. The three generations of scoring server differ in where the printed text is.
 *
 * Known from: SDK source (azureml-inference-server 1.5.1 `appinsights_client.py`; scoring server of v1
 * images); the column names from recordings.
 */
export function telemetryRows(scored: Scored, component: Component): TelemetryRows {
  if (!scored.serving.insights) return {};
  const row = rowMaker(scored, component);
  const text = printed(scored);
  return {
    requests: [requestRow(scored, row)],
    traces: [
      ...(text === null ? [] : [printRow(scored, row, text)]),
      ...(isLoggingModelData(scored) ? [modelDataRow(scored, row)] : []),
    ],
    exceptions: scored.error ? [exceptionRow(scored, row)] : [],
    dependencies: dependencyRows(scored, row),
  };
}

type MakeRow = (itemType: string, afterMs: number, members: object) => object;

function rowMaker(scored: Scored, component: Component): MakeRow {
  const { serving, requestId, at } = scored;
  const draws = drawsFrom(`${requestId}/items`);
  const modern = serving.server === 'azmlinfsrv-1.5';
  return (itemType, afterMs, { ...members }) => ({
    timestamp: preciseTime(at, afterMs, draws.next()),
    ...members,
    operation_Name: 'POST /score',
    operation_Id: requestId.replaceAll('-', ''),
    operation_ParentId: requestId.replaceAll('-', ''),
    client_Type: 'PC',
    client_IP: '0.0.0.0',
    cloud_RoleName: modern ? serving.service : 'ML service',
    cloud_RoleInstance: containerId(scored),
    appId: component.appId,
    appName: component.name,
    iKey: component.instrumentationKey,
    sdkVersion: SDK_VERSION[serving.server],
    itemId: draws.guid(),
    itemType,
    itemCount: 1,
    _ResourceId: component.id.toLowerCase(),
  });
}

const SDK_VERSION = {
  applicationinsights: 'py3:0.11.9',
  opencensus: 'py3.6.9:oc0.7.13:ext1.0.8',
  'azmlinfsrv-1.3': 'py3.8.18:oc0.11.4:ext1.1.13',
  'azmlinfsrv-1.5': 'py3.10.14:otel1.33.1:ext1.0.0b37',
} as const;

/** ISO 8601 with the 100 ns that Kusto keeps. */
function preciseTime(at: Date, afterMs: number, fraction: number): string {
  const time = new Date(at.getTime() + afterMs).toISOString();
  return time.replace('Z', `${String(Math.floor(fraction * 10_000)).padStart(4, '0')}Z`);
}

/** The host name of the container: a pod, or a managed instance. */
export function containerId({ serving }: Scored): string {
  const draws = drawsFrom(`${serving.resourceId.toLowerCase()}/${serving.since.toISOString()}`);
  const tail = draws.guid().replaceAll('-', '');
  const name = [serving.service, serving.part].filter((one) => one !== null).join('-');
  return serving.computeType === 'ACI'
    ? `wk-caas-${tail.slice(0, 26)}`
    : `${name}-${tail.slice(0, 10)}-${tail.slice(10, 15)}`;
}

function requestRow(scored: Scored, row: MakeRow): object {
  const { serving, requestId, status, durationMs } = scored;
  const success = status < 400;
  const old = serving.server === 'applicationinsights';
  const modern = serving.server === 'azmlinfsrv-1.5';
  // From 1.5 on the span opens after the request: only the dimensions hold its figures.
  const figures = {
    name: 'POST /score',
    url: serving.scoringUri,
    http_method: 'POST',
    start_time: scored.at.toISOString(),
    duration: clock(durationMs),
    resultCode: String(status),
    success: success ? 'True' : 'False',
  };
  return row('request', 0, {
    id: requestId.replaceAll('-', '').slice(0, 16),
    name: 'POST /score',
    url: serving.scoringUri,
    success: modern || success ? 'True' : 'False',
    resultCode: modern ? '0' : String(status),
    duration: modern ? 0.0621 : durationMs,
    performanceBucket: durationMs < 250 ? '<250ms' : '250ms-500ms',
    customDimensions: {
      ...idDimensions(scored),
      'Response Value': cut(JSON.stringify(scored.response)),
      ...(!old && { ...figures, ...serviceDimensions(scored) }),
    },
  });
}

function printRow(scored: Scored, row: MakeRow, text: string): object {
  switch (scored.serving.server) {
    case 'applicationinsights':
    case 'opencensus':
      return row('trace', 1, {
        message: 'STDOUT',
        severityLevel: 1,
        customDimensions: {
          ...idDimensions(scored),
          ...serviceDimensions(scored),
          Content: cut(text),
        },
      });
    case 'azmlinfsrv-1.3':
      return row('trace', 1, {
        message: text.slice(0, MESSAGE_LENGTH),
        severityLevel: 1,
        customDimensions: {
          module: 'print_log_hook',
          fileName: '/azureml-envs/azureml_inference_server_http/log_settings.py',
          lineNumber: '79',
          process: 'MainProcess',
          level: 'INFO',
          // A Kubernetes deployment's container is not told the name of its service.
          ...(scored.serving.computeType === 'Managed' && serviceDimensions(scored)),
        },
      });
    case 'azmlinfsrv-1.5':
      return row('trace', 1, {
        message: text.slice(0, MESSAGE_LENGTH),
        severityLevel: 1,
        customDimensions: {
          'code.file.path': '/azureml-envs/azureml_inference_server_http/log_settings.py',
          'code.function.name': 'print_to_logger',
          'code.line.number': '83',
          ...serviceDimensions(scored),
        },
      });
  }
}

/** v1 servers log input and prediction whole when insights and data collection are both on. */
function isLoggingModelData({ serving, error }: Scored): boolean {
  return serving.api === 'v1' && serving.storage && error === null;
}

function modelDataRow(scored: Scored, row: MakeRow): object {
  const { models } = scored.serving;
  return row('trace', 2, {
    message: 'model_data_collection',
    severityLevel: 1,
    customDimensions: {
      ...idDimensions(scored),
      ...serviceDimensions(scored),
      Models: models.map(({ name, version }) => `${name}:${version}`).join(','),
      Input: cut(scored.input),
      Prediction: cut(scored.response),
    },
  });
}

function exceptionRow(scored: Scored, row: MakeRow): object {
  const { type, message } = scored.error ?? { type: '', message: '' };
  const method = 'to_frame';
  const text = message.slice(0, MESSAGE_LENGTH);
  return row('exception', 1, {
    problemId: `${type} at ${method}`,
    type,
    message: text,
    method,
    outerType: type,
    outerMessage: text,
    outerMethod: method,
    innermostType: type,
    innermostMessage: text,
    innermostMethod: method,
    severityLevel: 3,
    details: [
      {
        id: '1',
        outerId: '0',
        type,
        message: text,
        hasFullStack: true,
        rawStack: traceback(scored).join('\n'),
      },
    ],
    customDimensions: idDimensions(scored),
  });
}

/** The sample's managed endpoint looks features up in a store before it scores. */
function dependencyRows(scored: Scored, row: MakeRow): readonly object[] {
  const { serving, requestId, durationMs } = scored;
  if (serving.computeType !== 'Managed') return [];
  const draws = drawsFrom(`${requestId}/features`);
  const failed = draws.next() < 0.02;
  return [
    row('dependency', 0, {
      id: draws.guid().replaceAll('-', '').slice(0, 16),
      target: 'features.contoso.example',
      type: 'HTTP',
      name: 'GET /customers/features',
      data: 'https://features.contoso.example/customers/features?version=3',
      success: failed ? 'False' : 'True',
      resultCode: failed ? '503' : '200',
      duration: Math.round(durationMs * 600) / 1000,
      performanceBucket: '<250ms',
      customDimensions: serviceDimensions(scored),
    }),
  ];
}

function idDimensions(scored: Scored) {
  const old = scored.serving.server === 'applicationinsights';
  return {
    'Container Id': containerId(scored),
    'Request Id': scored.requestId,
    ...(!old && { 'Client Request Id': scored.clientRequestId }),
  };
}

function serviceDimensions({ serving }: Scored) {
  return { 'Workspace Name': LOCAL_CONNECTION.workspaceName, 'Service Name': serving.service };
}

function cut(text: string): string {
  return text.slice(0, VALUE_LENGTH);
}

/** `00:00:00.123456`, as Python prints a time span. */
function clock(ms: number): string {
  const seconds = (ms / 1000).toFixed(6).padStart(9, '0');
  return `00:00:${seconds}`;
}
