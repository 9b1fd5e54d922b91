import type { Cell, Column, KustoType } from '../../model/table.js';

/*
 * Cells as Log Analytics sends them.
 * Known from: recordings of 2021 to 2025 (every type and every null); NaN as text from a client's converter.
 */

/** One cell as JSON text. */
export function printCell(cell: Cell, type: KustoType): string {
  if (cell === null) return type === 'string' ? '""' : 'null';
  switch (type) {
    case 'datetime':
      return JSON.stringify(printDatetime(BigInt(cell)));
    case 'timespan':
      return JSON.stringify(printTimespan(BigInt(cell)));
    case 'long':
      return String(cell);
    case 'real':
      return Number.isFinite(Number(cell)) ? String(cell) : JSON.stringify(String(cell));
    case 'int':
    case 'bool':
      return String(cell);
    default:
      return JSON.stringify(String(cell));
  }
}

export function printRow(row: readonly Cell[], columns: readonly Column[]): string {
  return `[${columns.map(({ type }, at) => printCell(row[at] ?? null, type)).join(',')}]`;
}

const TICKS_PER_MS = 10_000n;
const UNIX_EPOCH_TICKS = 621_355_968_000_000_000n;

/** Ticks since year 1 as ISO 8601 with as many digits as it takes, up to seven. */
function printDatetime(ticks: bigint): string {
  const sinceEpoch = ticks - UNIX_EPOCH_TICKS;
  const rest = ((sinceEpoch % 10_000_000n) + 10_000_000n) % 10_000_000n;
  const seconds = new Date(Number((sinceEpoch - rest) / TICKS_PER_MS)).toISOString().slice(0, 19);
  const fraction = String(rest).padStart(7, '0').replace(/0+$/, '');
  return `${seconds.padStart(19, '0')}${fraction && `.${fraction}`}Z`;
}

/** .NET's "c" form: `[-][d.]hh:mm:ss[.fffffff]`. */
function printTimespan(ticks: bigint): string {
  const size = ticks < 0n ? -ticks : ticks;
  const two = (value: bigint) => String(value).padStart(2, '0');
  const seconds = size / 10_000_000n;
  const days = seconds / 86_400n;
  const clock = [(seconds / 3600n) % 24n, (seconds / 60n) % 60n, seconds % 60n].map(two).join(':');
  const rest = size % 10_000_000n;
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(7, '0')}`;
  return `${ticks < 0n ? '-' : ''}${days === 0n ? '' : `${days}.`}${clock}${fraction}`;
}
