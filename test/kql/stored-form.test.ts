import { expect, test } from 'vitest';
import { comparisonAsStored, membershipAsStored } from '../../src/lib/kql/functions/stored.js';
import { literalOperand, type Operand } from '../../src/lib/kql/operand.js';
import { UNIX_EPOCH_TICKS } from '../../src/lib/model/ticks.js';

const time: Operand = {
  sql: 'kql_ticks("t")',
  type: 'datetime',
  isNullable: true,
  stored: { sql: '"raw"', type: 'TIMESTAMP' },
};
const text: Operand = {
  sql: `coalesce("s", '')`,
  type: 'string',
  isNullable: false,
  stored: { sql: '"raw"', type: 'VARCHAR' },
};

test('an instant between two microseconds becomes the one that parts the same rows', () => {
  const instant = literalOperand('datetime', UNIX_EPOCH_TICKS + 15n);
  expect(comparisonAsStored('>=', time, instant)).toBe('("raw" >= make_timestamp(2))');
  expect(comparisonAsStored('>', time, instant)).toBe('("raw" > make_timestamp(1))');
  expect(comparisonAsStored('<', time, instant)).toBe('("raw" < make_timestamp(2))');
  expect(comparisonAsStored('<', instant, time)).toBe('("raw" > make_timestamp(1))');
  expect(comparisonAsStored('=', time, instant)).toBeUndefined();
});

test('a text that a null may stand for is looked for where nulls are gone', () => {
  const [filled, empty] = [literalOperand('string', 'a'), literalOperand('string', '')];
  expect(comparisonAsStored('=', filled, text)).toBe(`("raw" = 'a')`);
  expect(comparisonAsStored('=', text, empty)).toBeUndefined();
  expect(membershipAsStored(text, [filled, filled])).toBe(`("raw" IN ('a', 'a'))`);
  expect(membershipAsStored(text, [filled, empty])).toBeUndefined();
});
