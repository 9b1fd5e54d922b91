import type { Column, KustoType } from '../model/table.js';

/*
 * The tables of an Application Insights component under their classic names, columns in their order.
 * Known from: documented (query schema of the Application Insights API); `requests` and `_ResourceId` from a
 * recording of 2025.
 */

const TAIL_BEFORE_COUNT = [
  ...['operation_Name', 'operation_Id', 'operation_ParentId', 'operation_SyntheticSource'],
  ...['session_Id', 'user_Id', 'user_AuthenticatedId', 'user_AccountId', 'application_Version'],
  ...['client_Type', 'client_Model', 'client_OS', 'client_IP', 'client_City'],
  ...['client_StateOrProvince', 'client_CountryOrRegion', 'client_Browser', 'cloud_RoleName'],
  ...['cloud_RoleInstance', 'appId', 'appName', 'iKey', 'sdkVersion', 'itemId'],
] as const;

/** Types of the columns that are not strings; a name has one type in all tables. */
const TYPES: Readonly<Record<string, KustoType>> = {
  timestamp: 'datetime',
  severityLevel: 'int',
  itemCount: 'int',
  valueCount: 'int',
  customDimensions: 'dynamic',
  customMeasurements: 'dynamic',
  details: 'dynamic',
  duration: 'real',
  networkDuration: 'real',
  sendDuration: 'real',
  receiveDuration: 'real',
  processingDuration: 'real',
  totalDuration: 'real',
  size: 'real',
  value: 'real',
  valueSum: 'real',
  valueMin: 'real',
  valueMax: 'real',
  valueStdDev: 'real',
};

function columns(
  head: string,
  shape: { readonly measured?: boolean; readonly earlyType?: boolean } = {},
) {
  const { measured = true, earlyType = false } = shape;
  const names = [
    'timestamp',
    ...head.split(' '),
    ...(earlyType ? ['itemType'] : []),
    'customDimensions',
    ...(measured ? ['customMeasurements'] : []),
    ...TAIL_BEFORE_COUNT,
    ...(earlyType ? [] : ['itemType']),
    ...(measured ? ['itemCount'] : []),
    '_ResourceId',
  ];
  return names.map((name): Column => ({ name, type: TYPES[name] ?? 'string' }));
}

const EXCEPTION =
  'problemId handledAt type message assembly method outerType outerMessage outerAssembly outerMethod innermostType innermostMessage innermostAssembly innermostMethod severityLevel details';

export const TABLES: Readonly<Record<string, readonly Column[]>> = {
  traces: columns('message severityLevel'),
  requests: columns('id source name url success resultCode duration performanceBucket', {
    earlyType: true,
  }),
  dependencies: columns('id target type name data success resultCode duration performanceBucket'),
  exceptions: columns(EXCEPTION),
  customEvents: columns('name'),
  customMetrics: columns('name value valueCount valueSum valueMin valueMax valueStdDev', {
    measured: false,
  }),
  performanceCounters: columns('name category counter instance value', { measured: false }),
  availabilityResults: columns('id name location success message size duration performanceBucket'),
  pageViews: columns('name url duration performanceBucket'),
  browserTimings: columns(
    'name url networkDuration sendDuration receiveDuration processingDuration totalDuration performanceBucket',
  ),
};

/** Which workspace table holds the rows of a classic one: rights and plans are set on those. */
export const WORKSPACE_TABLES: Readonly<Record<string, string>> = {
  traces: 'AppTraces',
  requests: 'AppRequests',
  dependencies: 'AppDependencies',
  exceptions: 'AppExceptions',
  customEvents: 'AppEvents',
  customMetrics: 'AppMetrics',
  performanceCounters: 'AppPerformanceCounters',
  availabilityResults: 'AppAvailabilityResults',
  pageViews: 'AppPageViews',
  browserTimings: 'AppBrowserTimings',
};
