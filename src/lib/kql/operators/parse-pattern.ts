import type { KustoType } from '../../model/table.js';
import { escapePattern } from '../escape-pattern.js';
import type { Column } from '../ir.js';
import type { ParsePattern } from '../syntax-operators.js';

export interface PatternOptions {
  readonly kind: string;
  /** Of a regular expression: `i`, `s`, `m`, `U`. */
  readonly flags: string;
  /** The columns of the pattern, in its order. */
  readonly columns: readonly Column[];
  readonly refuse: (what: string) => never;
}

const NUMBERS: { readonly [Type in KustoType]?: string } = {
  int: '[-+]?\\d+',
  long: '[-+]?\\d+',
  real: '[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?',
  decimal: '[-+]?(?:\\d+\\.?\\d*|\\.\\d+)',
};

/**
 * The pattern of `parse` as one regular expression over the whole text, with a group for each column.
 *
 * Known from: documented ("parse operator", "Regex mode": how the pattern is translated).
 */
export function parsePattern(
  parts: readonly ParsePattern[],
  { kind, flags, columns, refuse }: PatternOptions,
): string {
  if (!['simple', 'relaxed', 'regex'].includes(kind)) refuse(`parse kind=${kind}`);
  if (!/^[imsU]*$/.test(flags)) refuse(`parse flags=${flags}`);
  const isRegex = kind === 'regex';
  // A regular expression takes as much as it can, unless its flag U turns that round.
  const anything = isRegex ? '.*' : '.*?';
  const types = columns.values();
  const pieces = parts.map((part, index) => {
    switch (part.kind) {
      case 'StarExpression':
        return anything;
      case 'LiteralExpression':
      case 'CompoundStringLiteralExpression':
        return isRegex ? `(?:${withoutGroups(part.value)})` : escapePattern(part.value);
      default: {
        const { type } = types.next().value ?? refuse('this pattern');
        const isOpen = parts[index + 1]?.kind === 'StarExpression';
        const number = NUMBERS[type];
        if (number && (isRegex || isOpen)) return `(${number})`;
        if (isOpen) refuse(`a ${type} before * in the pattern of parse`);
        return `(${anything})`;
      }
    }
  });
  return `${isRegex ? flags && `(?${flags})` : '(?s)'}^${pieces.join('')}$`;
}

/** The pattern with groups that keep nothing, so that those of the columns can be counted. */
function withoutGroups(pattern: string): string {
  return pattern.replaceAll(
    /(\\.|\[\^?\]?[^\]]*\])|\((?:\?P?<[^>]*>|(?!\?))/gs,
    (_, kept?: string) => kept ?? '(?:',
  );
}
