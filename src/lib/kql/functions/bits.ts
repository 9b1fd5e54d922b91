import type { Rule } from '../rule.js';

function bits(sql: string): Rule {
  return { args: ['long'], sql };
}

/** A shift by less than nothing has no answer; one by 64 or more starts from 0 again. */
function shift(sql: string): Rule {
  return bits(`CASE WHEN $2 >= 0 THEN ${sql} END`);
}

/** Integers as rows of 64 bits. */
export const BITS: Readonly<Record<string, Rule>> = {
  binary_and: bits('($1 & $2)'),
  binary_or: bits('($1 | $2)'),
  binary_xor: bits('xor($1, $2)'),
  binary_not: bits('(~ $1)'),
  binary_shift_left: shift('kql_wrap($1::HUGEINT * (1::HUGEINT << ($2 % 64)::INTEGER))'),
  binary_shift_right: shift('($1 >> ($2 % 64))'),
  bitset_count_ones: bits('bit_count($1::BIGINT)::BIGINT'),
  tohex: {
    args: ['long'],
    sql: ([value, width]) => {
      const digits = `lower(hex(${value?.sql}))`;
      return width
        ? `lpad(${digits}, greatest(${width.sql}, length(${digits}))::INTEGER, '0')`
        : digits;
    },
  },
};
