import type { RetentionOutcome } from '../use-cases/retention/set-retention.js';
import type { TableRetention } from '../use-cases/retention/show-retention.js';
import { escapeControls } from './escape.js';
import type { TableView, TextView } from './view.js';

/** A line for each table. */
export const retentionView: TableView<TableRetention> = {
  columns: [
    {
      heading: 'TABLE',
      cell: ({ table }) => table,
      whole: true,
      paint: (text, _, style) => style.bold(text),
    },
    { heading: 'PLAN', cell: ({ plan }) => plan ?? '' },
    {
      heading: 'QUERYABLE',
      cell: ({ retentionDays, isRetentionDefault }) => daysCell(retentionDays, isRetentionDefault),
    },
    {
      heading: 'KEPT IN ALL',
      cell: ({ totalDays, isTotalDefault }) => daysCell(totalDays, isTotalDefault),
    },
    {
      heading: 'STATE',
      cell: ({ state }) => (state === null || state === 'Succeeded' ? '' : state),
      paint: (text, _, style) => style.yellow(text),
    },
  ],
  empty: 'The Log Analytics workspace has no tables of Application Insights yet.',
};

export const retentionSetView: TextView<RetentionOutcome> = {
  text({ table, retentionDays, totalDays, changed, error }, style) {
    if (error) return undefined;
    const state = changed ? 'now' : 'already';
    const days = style.green(retentionDays === null ? 'as by default' : `${retentionDays} days`);
    const all = totalDays === null ? '' : `, kept ${totalDays} in all`;
    return `${style.bold(escapeControls(table))} is ${state} queryable for ${days}${all}.`;
  },
};

function daysCell(days: number | null, isDefault: boolean | null): string {
  if (days === null) return '';
  return `${days} days${isDefault === true ? ' (default)' : ''}`;
}
