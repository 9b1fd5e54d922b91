import type { Sent } from './answer-body.js';

/** What `Prefer: include-render` adds. */
export function render(visualization: string | null) {
  if (visualization === null) return { visualization: null };
  return {
    visualization,
    title: null,
    accumulate: false,
    isQuerySorted: false,
    kind: null,
    annotation: '',
    by: null,
  };
}

/** What `Prefer: include-statistics` adds. */
export function statistics({ rowCount, byteCount }: Sent, seconds: number) {
  return {
    query: {
      executionTime: seconds,
      resourceUsage: {
        cpu: { user: '00:00:00', kernel: '00:00:00', totalCpu: '00:00:00' },
        memory: { peakPerNode: 0 },
      },
      datasetStatistics: [{ tableRowCount: rowCount, tableSize: byteCount }],
    },
  };
}
