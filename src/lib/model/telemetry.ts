/** The tables of an Application Insights component, by the names that queries on the component use. */
export const TELEMETRY_TABLES = [
  'traces',
  'requests',
  'exceptions',
  'dependencies',
  'customEvents',
  'customMetrics',
  'pageViews',
  'availabilityResults',
  'browserTimings',
  'performanceCounters',
] as const;
export type TelemetryTable = (typeof TELEMETRY_TABLES)[number];

/**
 * What a Log Analytics workspace calls the table that keeps a component's rows, and a diagnostic setting the category
 * that sends them.
 *
 * Known from: documented, "Workspace-based resource changes" and "Supported logs for microsoft.insights/components".
 */
export function storedTable(table: TelemetryTable): string {
  const name = table.replace(/^custom/, '');
  return `App${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** The name that queries on the component use for a stored table; of what they do not know, its own. */
export function tableName(stored: string): string {
  const known = TELEMETRY_TABLES.find(
    (table) => storedTable(table).toLowerCase() === stored.toLowerCase(),
  );
  return known ?? stored;
}

/** The stored table that a name means, whichever of its names it is; of others, the name itself. */
export function storedName(name: string): string {
  const table = tableName(name).toLowerCase();
  const known = TELEMETRY_TABLES.find((each) => each.toLowerCase() === table);
  return known === undefined ? name : storedTable(known);
}

/** Whether a table of a workspace keeps rows of a component. */
export function isTelemetryTable(stored: string): boolean {
  return /^AppSystemEvents$/i.test(stored) || tableName(stored) !== stored;
}

/** Whether two names mean the same table, whichever of its names each is. */
export function isSameTable(one: string, other: string): boolean {
  return tableName(one).toLowerCase() === tableName(other).toLowerCase();
}

/** `severityLevel` 0 to 4, in Application Insights' own words. */
export const LEVELS = ['verbose', 'information', 'warning', 'error', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

/** Where Application Insights cuts a text, in UTF-16 units. Contract: its documented limits. */
export const CUT_AT = { message: 32_768, property: 8192 } as const;

/**
 * The text that a scoring script printed, from a row of `traces`.
 *
 * Three generations of scoring server write it to two places: `customDimensions.Content` (the message is then
 * `STDOUT`; the documentation says `Contents`), or the message itself.
 * Known from: queries in public notebooks and the source of the servers.
 */
export function printedText(
  message: string,
  dimensions: Readonly<Record<string, unknown>>,
): string {
  const { Content, Contents } = dimensions;
  for (const text of [Content, Contents]) {
    if (typeof text === 'string' && text !== '') return text;
  }
  return message;
}

/** The JSON object or array in a printed text; undefined if it is none. A request id may stand before it. */
export function printedJson(text: string): string | undefined {
  const json = text.replace(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12},/i, '').trim();
  if (!/^[[{]/.test(json)) return undefined;
  try {
    JSON.parse(json);
    return json;
  } catch {
    return undefined;
  }
}

/** `customDimensions` as sent; empty if it is no JSON object. */
export function readDimensions(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

/** The service that a row says it is of; empty if it says none. */
export function serviceOf(dimensions: Readonly<Record<string, unknown>>, roleName: string): string {
  const nested = dimensions.custom_dimensions;
  const inner = readDimensions(typeof nested === 'string' ? nested : JSON.stringify(nested ?? {}));
  const names = [dimensions['Service Name'], inner['Service Name'], roleName];
  const name = names.find((each) => typeof each === 'string' && !NO_SERVICE.includes(each));
  return String(name ?? '');
}

/**
 * What rows hold that name no service. The scoring servers' own default is `ML service`; OpenCensus gives the
 * program as the role, OpenTelemetry a default of its own.
 * Known from: source of azureml-inference-server and of opencensus-ext-azure (`azure_monitor_context`).
 */
export const NO_SERVICE: readonly string[] = [
  '',
  'ML service',
  'gunicorn',
  'azmlinfsrv',
  'Python Application',
  'unknown_service',
];
