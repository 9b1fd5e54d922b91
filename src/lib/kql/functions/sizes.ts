import type { KustoType } from '../../model/table.js';
import type { Operand } from '../operand.js';
import type { Rule } from '../rule.js';

/** What a value of a fixed size takes. */
const BYTES: Readonly<Partial<Record<KustoType, number>>> = {
  bool: 1,
  int: 4,
  long: 8,
  real: 8,
  datetime: 8,
  timespan: 8,
  decimal: 16,
  guid: 16,
};

/** A text takes its UTF-8 bytes; a dynamic value somewhat more than its text. */
function sizeOf({ sql, type }: Operand): string {
  const size = BYTES[type];
  if (size !== undefined) return String(size);
  return type === 'string' ? `strlen(${sql})` : `coalesce(strlen(${sql}) + 4, 0)`;
}

/**
 * Known from: documented ("estimate_data_size()": a long is 8 bytes, a text its length, a dynamic value larger than
 * its text); the rest is a rule of thumb.
 */
export const SIZES: Readonly<Record<string, Rule>> = {
  estimate_data_size: {
    args: ['any'],
    sql: (args) => `CAST(${args.map(sizeOf).join(' + ') || '0'} AS BIGINT)`,
    isTotal: true,
  },
};
