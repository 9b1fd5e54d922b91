// What the conformance run needs of the source tree, as one bundle.

import * as duckdb from '../../src/lib/engine/duckdb-engine.ts';
import { TABLES } from '../../src/lib/engine/telemetry-tables.ts';
import { workspaceTable } from '../../src/lib/engine/workspace-tables.ts';

export const { openEngine } = duckdb;

/** The tables of Application Insights, without a row, by their names in a component and in a workspace. */
export const tables = Object.entries(TABLES).flatMap(([name, columns]) => {
  const classic = { name, columns, rows: [] };
  return [classic, workspaceTable(classic)];
});
