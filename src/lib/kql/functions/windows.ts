import { convert } from '../convert.js';
import { literalOperand, type Operand } from '../operand.js';
import type { CallFacts, Rule } from '../rule.js';

/** The value so many rows before or after; at the ends the default, or null. */
function neighbour(name: 'lag' | 'lead'): Rule {
  return {
    args: ['any'],
    sql: ([value, distance, otherwise], call) => {
      if (!value) return call.refuse(call.name, call.span);
      const count = distance ? convert(distance, 'long').sql : '1';
      const ends = otherwise
        ? convert(otherwise, value.type).sql
        : literalOperand(value.type, value.type === 'string' ? '' : null).sql;
      return `${name}(${value.sql}, ${count}, ${ends}) OVER ()`;
    },
  };
}

function rowNumber([start, restart]: readonly Operand[], call: CallFacts): string {
  if (restart) return call.refuse('row_number() with a restart', call.span);
  return `(row_number() OVER () + ${start ? `${convert(start, 'long').sql} - 1` : '0'})`;
}

function cumulative([value, restart]: readonly Operand[], call: CallFacts): string {
  if (!value || restart) return call.refuse('row_cumsum() with a restart', call.span);
  const sum = `coalesce(sum(${value.sql}) OVER (ROWS UNBOUNDED PRECEDING), 0)`;
  return call.type === 'real' ? sum : `kql_wrap(${sum}::HUGEINT)`;
}

/** Functions that look at other rows, in the order that a sort left. */
export const WINDOWS: Readonly<Record<string, Rule>> = {
  next: neighbour('lead'),
  prev: neighbour('lag'),
  row_cumsum: { args: ['any'], sql: cumulative },
  row_number: { args: ['any'], sql: rowNumber, isTotal: true },
};

export function isWindow(name: string): boolean {
  return Object.hasOwn(WINDOWS, name);
}
