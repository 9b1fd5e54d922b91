import type { FoundFile } from '../../duckdb/find-files.js';
import { classicTable } from '../workspace-tables.js';

/** Names that programs give to pieces, so that the folder says what they are of. */
const PIECE = /^(part|chunk|data|PT\d+[HM])([-_.].*|\d*)$/i;

/** The telemetry that a file or folder is named after, by its classic name: `AppTraces_7.json` is `traces`. */
export function telemetryNamed({ baseName, folders }: FoundFile): string | undefined {
  for (const name of [baseName, ...folders]) {
    const known = classicTable(
      name.replace(/^(insights-logs-|am-)/i, '').replace(/[^a-z].*$/is, ''),
    );
    if (known !== undefined) return known;
  }
  return undefined;
}

/** What a table of its own is called: the base name without a date or number behind it, else the folder's. */
export function ownName({ baseName, folders }: FoundFile): string {
  const [folder = baseName] = folders;
  const name = PIECE.test(baseName) ? folder : baseName;
  return name.replace(/[-_.][\dT:Z._-]+$/, '') || name;
}

/** The name as KQL takes it without brackets and quotes. */
export function identifier(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}_]+/gu, '_');
  return /^\d/.test(plain) ? `_${plain}` : plain;
}

const MARKS = ['operation_Id', 'OperationId', 'cloud_RoleName', 'AppRoleName'];
const BAGS = ['customDimensions', 'Properties'];

/** Columns that only this telemetry has together; the first that fits counts. */
const SHAPES: readonly (readonly [table: string, columns: readonly string[]])[] = [
  ['exceptions', ['problemId', 'outerMessage']],
  ['dependencies', ['target', 'data', 'resultCode']],
  ['requests', ['url', 'resultCode', 'duration']],
  ['availabilityResults', ['location', 'success', 'duration']],
  ['browserTimings', ['totalDuration', 'networkDuration']],
  ['pageViews', ['url', 'duration']],
  ['performanceCounters', ['category', 'instance', 'value']],
  ['traces', ['message', 'severityLevel']],
];

/** The telemetry that has such columns, under either of their names. */
export function telemetryShaped(
  has: (column: string, table: string) => boolean,
  names: readonly string[],
): string | undefined {
  if (!names.some((name) => MARKS.includes(name) || BAGS.includes(name))) return undefined;
  return SHAPES.find(([table, columns]) =>
    ['timestamp', ...columns].every((column) => has(column, table)),
  )?.[0];
}
