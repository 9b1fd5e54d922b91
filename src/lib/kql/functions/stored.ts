import { UNIX_EPOCH_TICKS } from '../../model/ticks.js';
import type { Operand } from '../operand.js';
import { quoteText } from '../print-sql.js';

export type Comparison = '=' | '<' | '<=' | '>' | '>=';

const MIRRORED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/**
 * A comparison of a column with a constant, in the terms of the file that holds the column: by those DuckDB knows
 * which parts of a file it need not read. Only for conditions: null and false are alike. Undefined if there is no such
 * comparison.
 */
export function comparisonAsStored(
  operator: Comparison,
  left: Operand,
  right: Operand,
): string | undefined {
  if (!left.stored && right.stored) return comparisonAsStored(MIRRORED[operator], right, left);
  const { stored } = left;
  if (!stored) return undefined;
  if (stored.type === 'VARCHAR') {
    return operator === '=' && isFilled(right) ? `(${stored.sql} = ${right.sql})` : undefined;
  }
  const instant = instantOf(right);
  const micros = instant === undefined ? undefined : toMicros(operator, instant);
  if (micros === undefined) return undefined;
  const make = stored.type === 'TIMESTAMP' ? 'make_timestamp' : 'make_timestamptz';
  return `(${stored.sql} ${operator} ${make}(${micros}))`;
}

/** Whether a column is one of several texts, as `comparisonAsStored`. */
export function membershipAsStored(
  { stored }: Operand,
  choices: readonly Operand[],
): string | undefined {
  if (stored?.type !== 'VARCHAR' || !choices.every(isFilled)) return undefined;
  return `(${stored.sql} IN (${choices.map(({ literal }) => quoteText(String(literal))).join(', ')}))`;
}

/** A file may hold null where Kusto has the empty text. */
function isFilled({ type, literal }: Operand): boolean {
  return type === 'string' && typeof literal === 'string' && literal !== '';
}

/** Ticks that the query spells out, or that are worked out by now, as those of `ago(1h)`. */
function instantOf({ type, sql }: Operand): bigint | undefined {
  return type === 'datetime' && /^\d+$/.test(sql) ? BigInt(sql) : undefined;
}

/** The border among whole microseconds that parts them as that of ticks does; undefined if none equals it. */
function toMicros(operator: Comparison, ticks: bigint): bigint | undefined {
  const distance = ticks - UNIX_EPOCH_TICKS;
  const rest = ((distance % 10n) + 10n) % 10n;
  const floor = (distance - rest) / 10n;
  if (rest === 0n) return floor;
  if (operator === '=') return undefined;
  return operator === '>=' || operator === '<' ? floor + 1n : floor;
}
