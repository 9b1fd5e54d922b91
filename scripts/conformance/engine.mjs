// What the conformance run needs of the source tree, as one bundle.

import { TABLES, WORKSPACE_TABLES } from '../../src/lib/emulator/tables.ts';
import * as duckdb from '../../src/lib/engine/duckdb-engine.ts';

export const { openEngine } = duckdb;

/** What a workspace calls the columns of a component, where the rule of `workspaceColumn` is not enough. */
const RENAMED = {
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
const TYPE_NAMES = { dependencies: 'DependencyType', exceptions: 'ExceptionType' };
const REMOVED = ['appName', 'itemId', 'valueStdDev'];

/** The tables of Application Insights, without a row, by their names in a component and in a workspace. */
export const tables = Object.entries(TABLES).flatMap(([name, columns]) => [
  { name, columns, rows: [] },
  {
    name: WORKSPACE_TABLES[name],
    columns: columns
      .filter((column) => !REMOVED.includes(column.name))
      .map((column) => workspaceColumn(column, name)),
    rows: [],
  },
]);

/** Known from: documented, "Workspace-based resource changes". */
function workspaceColumn({ name, type }, table) {
  if (name === 'success') return { name: 'Success', type: 'bool' };
  if (name === 'type') return { name: TYPE_NAMES[table] ?? 'Type', type };
  const pascal = name.replaceAll(/(^|_)([a-zA-Z])/g, (_, _before, letter) => letter.toUpperCase());
  return { name: RENAMED[name] ?? pascal.replace(/Duration$/, 'DurationMs'), type };
}
