import { convert } from '../convert.js';
import type { Operand } from '../operand.js';
import { quoteText } from '../print-sql.js';
import type { CallFacts, Rule } from '../rule.js';

/** Tests and results by turns, then what holds if no test does. A null test does not hold. */
const choose: Rule = {
  args: ['any'],
  sql: (args, call) => {
    const result = (operand: Operand | undefined) =>
      operand ? convert(operand, call.type).sql : call.refuse(`${call.name}()`, call.span);
    const pairs = Array.from({ length: Math.floor(args.length / 2) }, (_, index) => {
      const test = args[index * 2];
      const sql = test ? convert(test, 'bool').sql : 'false';
      return `WHEN ${sql} THEN ${result(args[index * 2 + 1])}`;
    });
    return `CASE ${pairs.join(' ')} ELSE ${result(args.at(-1))} END`;
  },
};

/** Of strings the first that is not empty, since a string has no null. */
function coalesce(args: readonly Operand[], call: CallFacts): string {
  if (call.type !== 'string') return `coalesce(${args.map(({ sql }) => sql).join(', ')})`;
  return `coalesce(${args.map(({ sql }) => `nullif(${sql}, '')`).join(', ')}, '')`;
}

function isNull([value]: readonly Operand[]): string {
  return value?.type === 'string' ? 'false' : `(${value?.sql} IS NULL)`;
}

function isEmpty([value]: readonly Operand[]): string {
  if (value?.type === 'string') return `(${value.sql} = '')`;
  if (value?.type === 'dynamic') return `coalesce(${value.sql} = '""', true)`;
  return `(${value?.sql} IS NULL)`;
}

function extreme(name: 'greatest' | 'least'): Rule {
  return { args: ['result'], sql: (args) => `${name}(${args.map(({ sql }) => sql).join(', ')})` };
}

/** What the failure of an `assert` starts with, wherever the engine meets it. */
export const ASSERTION = 'assert() failed: ';

const isNullRule: Rule = { args: ['any'], sql: isNull, isTotal: true };
const isNotNull: Rule = { args: ['any'], sql: (args) => `(NOT ${isNull(args)})`, isTotal: true };
const isNotEmpty: Rule = { args: ['any'], sql: (args) => `(NOT ${isEmpty(args)})`, isTotal: true };

export const CONDITIONS: Readonly<Record<string, Rule>> = {
  And: { args: ['bool'], sql: '($1 AND $2)' },
  Or: { args: ['bool'], sql: '($1 OR $2)' },
  not: { args: ['bool'], sql: '(NOT $1)' },
  iff: choose,
  iif: choose,
  case: choose,
  coalesce: { args: ['result'], sql: coalesce },
  assert: {
    args: ['bool', 'string'],
    sql: `CASE WHEN $1 THEN true ELSE CAST(error(${quoteText(ASSERTION)} || $2) AS BOOLEAN) END`,
  },
  isnull: isNullRule,
  isnotnull: isNotNull,
  notnull: isNotNull,
  isempty: { args: ['any'], sql: isEmpty, isTotal: true },
  isnotempty: isNotEmpty,
  notempty: isNotEmpty,
  max_of: extreme('greatest'),
  min_of: extreme('least'),
};
