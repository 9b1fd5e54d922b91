import type { Column } from '../model/table.js';
import type { ShownColumn, SourceTable } from './engine.js';
import { TABLES, WORKSPACE_TABLES } from './telemetry-tables.js';

/*
 * The same telemetry has two shapes: a component's classic tables, and the `App…` tables of the workspace that
 * stores them. This is the one place that knows how a name of the one is called in the other.
 * Known from: documented ("Workspace-based resource changes"); `Counter` and `time` from recorded records of
 * diagnostic settings.
 */

/** Where a workspace's name is more than the classic one without underscores. */
const RENAMED: Readonly<Record<string, string>> = {
  timestamp: 'TimeGenerated',
  customDimensions: 'Properties',
  customMeasurements: 'Measurements',
  operation_ParentId: 'ParentId',
  operation_SyntheticSource: 'SyntheticSource',
  application_Version: 'AppVersion',
  cloud_RoleName: 'AppRoleName',
  cloud_RoleInstance: 'AppRoleInstance',
  appId: 'ResourceGUID',
  sdkVersion: 'SDKVersion',
  itemType: 'Type',
  valueCount: 'ItemCount',
  valueSum: 'Sum',
  valueMin: 'Min',
  valueMax: 'Max',
  _ResourceId: '_ResourceId',
};

const TYPE_COLUMNS: Readonly<Record<string, string>> = {
  dependencies: 'DependencyType',
  exceptions: 'ExceptionType',
};

/** Classic columns that no workspace table has. */
const REMOVED = ['appName', 'counter', 'itemId', 'valueStdDev'];

/** What a workspace adds to every table. */
const ADDED: readonly Column[] = [
  { name: 'TenantId', type: 'string' },
  { name: 'SourceSystem', type: 'string' },
  { name: '_BilledSize', type: 'real' },
  { name: '_IsBillable', type: 'string' },
  { name: '_SubscriptionId', type: 'string' },
];

/** Classic columns that are the same value under other names, where a file has no column of their own. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  timestamp: ['time'],
  _ResourceId: ['resourceId'],
  counter: ['Counter'],
  // The data model says: the value of one measurement, the sum of an aggregation.
  value: ['Sum'],
};

const ITEM_TYPES: Readonly<Record<string, string>> = {
  traces: 'trace',
  requests: 'request',
  dependencies: 'dependency',
  exceptions: 'exception',
  customEvents: 'customEvent',
  customMetrics: 'customMetric',
  performanceCounters: 'performanceCounter',
  availabilityResults: 'availabilityResult',
  pageViews: 'pageView',
  browserTimings: 'browserTiming',
};

/** The classic table of either of its names or of an `itemType`, in any case; undefined if there is none. */
export function classicTable(name: string): string | undefined {
  return CLASSIC_NAMES.get(name.toLowerCase());
}

const CLASSIC_NAMES: ReadonlyMap<string, string> = new Map(
  Object.keys(TABLES).flatMap((table) =>
    [table, WORKSPACE_TABLES[table] ?? table, ITEM_TYPES[table] ?? table].map(
      (name): [string, string] => [name.toLowerCase(), table],
    ),
  ),
);

/** The text that `itemType` has in every row of a classic table. */
export function itemTypeOf(table: string): string {
  return ITEM_TYPES[table] ?? '';
}

/** Names under which a file may hold a classic column, the best first. */
export function storedNames(column: string, table: string): readonly string[] {
  return [column, workspaceName(column, table), ...(SYNONYMS[column] ?? [])];
}

/** A column of a classic table as the workspace calls it; undefined if it has none of the kind. */
export function workspaceColumn(column: string, table: string): string | undefined {
  return REMOVED.includes(column) ? undefined : workspaceName(column, table);
}

function workspaceName(column: string, table: string): string {
  if (column === 'type') return TYPE_COLUMNS[table] ?? 'Type';
  const pascal = column.replaceAll(/(?:^|_)([a-zA-Z])/g, (_, letter: string) =>
    letter.toUpperCase(),
  );
  return RENAMED[column] ?? pascal.replace(/Duration$/, 'DurationMs');
}

/** The workspace's table as a view of a classic one; undefined if that is not telemetry. */
export function workspaceTable({
  name: of,
  columns,
  ingestedAs,
}: SourceTable): SourceTable | undefined {
  const name = WORKSPACE_TABLES[of];
  if (name === undefined) return undefined;
  const known = new Set((TABLES[of] ?? []).map((column) => column.name));
  const shown = new Map<string, { readonly column: Column; readonly as: ShownColumn }>();
  for (const column of columns) {
    const { name: classic, type } = column;
    // A customMetric's `value` is its `Sum`, which `valueSum` is already.
    if (REMOVED.includes(classic) || (of === 'customMetrics' && classic === 'value')) continue;
    const as = known.has(classic) ? workspaceName(classic, of) : classic;
    shown.set(as, {
      column: { name: as, type: as === 'Success' ? 'bool' : type },
      as: as === 'Type' ? { text: name } : { column: classic },
    });
  }
  const added = ADDED.filter((column) => !shown.has(column.name));
  const ordered = [...shown.values()];
  return {
    name,
    columns: [...ordered.map(({ column }) => column), ...added],
    ingestedAs,
    rows: { of, shown: Object.fromEntries(ordered.map(({ column, as }) => [column.name, as])) },
  };
}
