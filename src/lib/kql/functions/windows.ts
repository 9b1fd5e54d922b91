import { convert } from '../convert.js';
import type { Scalar } from '../ir.js';
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

/** The rows up to this one; with a part and a place only those of the same part. */
function soFar(part: Operand | undefined, place: Operand | undefined): string {
  const within = part && place ? `PARTITION BY ${part.sql} ORDER BY ${place.sql} ` : '';
  return `OVER (${within}ROWS UNBOUNDED PRECEDING)`;
}

function rowNumber([start, part, place]: readonly Operand[]): string {
  const from = start ? `${convert(start, 'long').sql} - 1` : '0';
  const number = part ? `count(*) ${soFar(part, place)}` : 'row_number() OVER ()';
  return `(${number} + ${from})`;
}

function cumulative([value, part, place]: readonly Operand[], call: CallFacts): string {
  if (!value) return call.refuse(call.name, call.span);
  const sum = `coalesce(sum(${value.sql}) ${soFar(part, place)}, 0)`;
  return call.type === 'real' ? sum : `kql_wrap(${sum}::HUGEINT)`;
}

function greatest([value, part, place]: readonly Operand[], call: CallFacts): string {
  if (!value) return call.refuse(call.name, call.span);
  return `max(${value.sql}) ${soFar(part, place)}`;
}

/** Functions that look at other rows, in the order that a sort left. See `bindLook` for what they take. */
export const WINDOWS: Readonly<Record<string, Rule>> = {
  next: neighbour('lead'),
  prev: neighbour('lag'),
  RowCummax: { args: ['any'], sql: greatest },
  row_cumsum: { args: ['any'], sql: cumulative },
  row_number: { args: ['any'], sql: rowNumber, isTotal: true },
};

/** Whether a value differs from the one before, or its row is a first one. */
export const IS_NEW: Rule = {
  args: ['any'],
  isTotal: true,
  sql: ([value, before, place, restart]) =>
    `(${place?.sql} = 1 OR ${value?.sql} IS DISTINCT FROM ${before?.sql} OR coalesce(${restart?.sql ?? 'false'}, false))`,
};

export const WINDOW_NAMES: readonly string[] = [
  ...Object.keys(WINDOWS),
  'row_rank_dense',
  'row_rank_min',
];

export function isWindow(name: string): boolean {
  return WINDOW_NAMES.includes(name);
}

/** Which place the rows of a look have to be brought back to: looking at parts has shuffled them. */
export function placeOf(scalar: Scalar): Scalar | undefined {
  if (scalar.kind !== 'call') return undefined;
  if (isWindow(scalar.name) && scalar.args.length === 3 && /^row/i.test(scalar.name)) {
    return scalar.args[2];
  }
  return scalar.args.map(placeOf).find((place) => place !== undefined);
}
