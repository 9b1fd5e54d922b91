import { parseTimespan } from '../../model/ticks.js';
import type { AnswerEnding, PartialError, QueryStatistics } from '../gateways.js';
import { isObject, readAny, readArray } from '../payload.js';
import { innermost } from './query-error.js';

/** What an answer says beside its rows. `frame` is its JSON without them. */
export function readEnding(frame: unknown): AnswerEnding {
  return {
    partialError: partialErrorOf(readAny(frame, 'error')),
    deniedTables: deniedTables(readAny(frame, 'permissions')),
    render: renderOf(readAny(frame, 'render')),
    statistics: statisticsOf(readAny(frame, 'statistics')),
  };
}

/** What an answer with status 200 says it lacks; the reason is the innermost of its first detail. */
function partialErrorOf(error: unknown): PartialError | null {
  if (!isObject(error)) return null;
  const [detail] = readArray(error, 'details', { ifAbsent: [] });
  const { code, message } = innermost(detail ?? error);
  return { code, message };
}

/**
 * Contract: `Prefer: include-permissions=true`, `permissions.{resources,dataSources}[].denyTables`.
 * Known from: documented, "Querying logs for Azure resources".
 */
function deniedTables(permissions: unknown): readonly string[] {
  const denied = ['resources', 'dataSources']
    .flatMap((list) => readArray(permissions, list, { ifAbsent: [] }))
    .flatMap((source) => readArray(source, 'denyTables', { ifAbsent: [] }))
    .filter((table) => typeof table === 'string');
  return [...new Set(denied)];
}

function renderOf(render: unknown): string | null {
  if (typeof render === 'string') return render === '' ? null : render;
  const kind = readAny(render, 'visualization');
  return kind === undefined || kind === null ? null : JSON.stringify(render);
}

/**
 * Contract: `Prefer: include-statistics=true`, `statistics.query`.
 * Known from: documented, "Azure Monitor Log Analytics API prefer options"; recorded answers of the Azure SDKs.
 */
function statisticsOf(statistics: unknown): QueryStatistics | null {
  const query = readAny(statistics, 'query');
  if (!isObject(query)) return null;
  const number = (path: string, from: unknown = query) => {
    const found = readAny(from, path);
    return typeof found === 'number' ? found : null;
  };
  const cpu = readAny(query, 'resourceUsage.cpu.totalCpu');
  const [result] = readArray(query, 'datasetStatistics', { ifAbsent: [] });
  return {
    executionSeconds: number('executionTime'),
    cpuTicks: typeof cpu === 'string' ? (parseTimespan(cpu) ?? null) : null,
    peakMemoryBytes: number('resourceUsage.memory.peakPerNode'),
    scannedRows: number('inputDatasetStatistics.rows.scanned'),
    totalRows: number('inputDatasetStatistics.rows.total'),
    resultRows: number('tableRowCount', result),
    resultBytes: number('tableSize', result),
    json: JSON.stringify(statistics),
  };
}
