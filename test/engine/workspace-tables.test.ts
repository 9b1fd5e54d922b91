import { describe, expect, test } from 'vitest';
import { TABLES, WORKSPACE_TABLES } from '../../src/lib/engine/telemetry-tables.js';
import {
  classicTable,
  storedNames,
  workspaceTable,
} from '../../src/lib/engine/workspace-tables.js';

const viewOf = (name: string) => workspaceTable({ name, columns: TABLES[name] ?? [], rows: [] });

describe('a workspace calls the columns of a component', () => {
  test.each([
    ['traces', 'timestamp', 'TimeGenerated', 'datetime'],
    ['traces', 'customDimensions', 'Properties', 'dynamic'],
    ['traces', 'operation_Id', 'OperationId', 'string'],
    ['traces', 'client_CountryOrRegion', 'ClientCountryOrRegion', 'string'],
    ['traces', 'cloud_RoleName', 'AppRoleName', 'string'],
    ['requests', 'success', 'Success', 'bool'],
    ['requests', 'duration', 'DurationMs', 'real'],
    ['dependencies', 'type', 'DependencyType', 'string'],
    ['exceptions', 'type', 'ExceptionType', 'string'],
    ['customMetrics', 'valueCount', 'ItemCount', 'int'],
    ['browserTimings', 'networkDuration', 'NetworkDurationMs', 'real'],
  ])('%s.%s %s', (table, classic, name, type) => {
    const view = viewOf(table);
    expect(view?.columns).toContainEqual({ name, type });
    expect(view?.rows).toMatchObject({ of: table, shown: { [name]: { column: classic } } });
    expect(storedNames(classic, table)).toContain(name);
  });
});

test('a workspace has no id of a row; its Type is the name of the table, in every table', () => {
  for (const [table, name] of Object.entries(WORKSPACE_TABLES)) {
    const view = viewOf(table);
    const names = view?.columns.map((column) => column.name) ?? [];
    expect(names).not.toContain('ItemId');
    expect(new Set(names).size).toBe(names.length);
    expect(view).toMatchObject({ name, rows: { shown: { Type: { text: name } } } });
  }
});

test('what a table holds beyond the known columns, its view holds too', () => {
  const columns = [...(TABLES.traces ?? []), { name: 'Team', type: 'string' } as const];
  const view = workspaceTable({ name: 'traces', columns, rows: [] });
  expect(view?.columns).toContainEqual({ name: 'Team', type: 'string' });
  expect(workspaceTable({ name: 'orders', columns: [], rows: [] })).toBeUndefined();
});

test('a table is known by both names and by the type of its items, in any case', () => {
  expect(['AppTraces', 'apptraces', 'traces', 'trace'].map(classicTable)).toEqual(
    Array(4).fill('traces'),
  );
  expect(classicTable('toString')).toBeUndefined();
});
