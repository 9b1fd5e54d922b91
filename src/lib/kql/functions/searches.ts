import { convert } from '../convert.js';
import { escapePattern } from '../escape-pattern.js';
import type { Operand } from '../operand.js';
import { quoteText } from '../print-sql.js';
import type { CallFacts, Rule } from '../rule.js';
import { elements, isComputedArray } from './comparisons.js';

type Test = (text: string, needle: string, word: string | undefined) => string;

/**
 * Terms are runs of letters and digits of any alphabet; everything else separates, the underscore too.
 * RE2's `\b` knows neither.
 */
const BEFORE_TERM = '(^|[^\\p{L}\\p{N}])';
const AFTER_TERM = '($|[^\\p{L}\\p{N}])';
const IS_TERM_START = /^[\p{L}\p{N}]/u;
const IS_TERM_END = /[\p{L}\p{N}]$/u;

/** Looks for the needle with a border of a term on the asked sides; `contains` first, since it is fast. */
function term({ before, after }: { before: boolean; after: boolean }): Test {
  return (text, needle, word) => {
    if (word === undefined) {
      // A border is asked for only where the needle has a letter or digit.
      const head = `CASE WHEN ${before} AND regexp_matches(${needle}, '^[\\p{L}\\p{N}]') THEN ${quoteText(BEFORE_TERM)} ELSE '' END`;
      const tail = `CASE WHEN ${after} AND regexp_matches(${needle}, '[\\p{L}\\p{N}]$') THEN ${quoteText(AFTER_TERM)} ELSE '' END`;
      return `regexp_matches(${text}, ${head} || regexp_escape(${needle}) || ${tail})`;
    }
    if (word === '') return 'true';
    const head = before && IS_TERM_START.test(word) ? BEFORE_TERM : '';
    const tail = after && IS_TERM_END.test(word) ? AFTER_TERM : '';
    const quick = `contains(${text}, ${needle})`;
    if (!head && !tail) return quick;
    const pattern = quoteText(head + escapePattern(word) + tail);
    return `(${quick} AND regexp_matches(${text}, ${pattern}))`;
  };
}

const TESTS = {
  Contains: (text: string, needle: string) => `contains(${text}, ${needle})`,
  StartsWith: (text: string, needle: string) => `starts_with(${text}, ${needle})`,
  EndsWith: (text: string, needle: string) => `ends_with(${text}, ${needle})`,
  Has: term({ before: true, after: true }),
  HasPrefix: term({ before: true, after: false }),
  HasSuffix: term({ before: false, after: true }),
} satisfies Record<string, Test>;

function search(test: Test, { fold }: { fold: boolean }) {
  /** In a condition null is as good as the empty text, in which no other text is found. */
  return (text: Operand, needle: Operand, isCondition = false): string => {
    const folded = (sql: string) => (fold ? `lower(${sql})` : sql);
    const { literal } = needle;
    const mayBeNull = isCondition && Boolean(literal) && text.type === 'dynamic';
    const sql = mayBeNull
      ? (text.textSql ?? `kql_searched_text(${text.sql})`)
      : convert(text, 'string').sql;
    if (typeof literal !== 'string') return test(folded(sql), folded(needle.sql), undefined);
    const word = fold ? literal.toLowerCase() : literal;
    return test(folded(sql), quoteText(word), word);
  };
}

function rules(name: string, test: Test): readonly (readonly [string, Rule])[] {
  return [true, false].flatMap((fold) =>
    [false, true].map((negate): readonly [string, Rule] => {
      const find = search(test, { fold });
      const sql = ([text, needle]: readonly Operand[], call: CallFacts) => {
        if (!text || !needle) return call.refuse(call.name, call.span);
        const found = find(text, needle);
        return negate ? `(NOT ${found})` : found;
      };
      const condition: Rule['condition'] = ([text, needle]) =>
        negate || !text || !needle ? undefined : find(text, needle, true);
      const symbol = `${negate ? 'Not' : ''}${name}${fold ? '' : 'Cs'}`;
      return [symbol, { args: ['any', 'string'], isTotal: true, sql, condition }];
    }),
  );
}

function several(join: ' OR ' | ' AND '): Rule {
  const find = search(TESTS.Has, { fold: true });
  return {
    args: ['any'],
    isTotal: true,
    sql: ([text, ...list], call) => {
      if (!text) return call.refuse(call.name, call.span);
      const computed = list.filter(isComputedArray);
      const words = list
        .filter((item) => !isComputedArray(item))
        .flatMap((item) => elements(item, call));
      const tests = [
        ...words.map((word) => find(text, asText(word))),
        ...computed.map((array) => findAny(array, (word) => find(text, word), join)),
      ];
      return tests.length > 0 ? `(${tests.join(join)})` : 'false';
    },
  };
}

/** As many tests as the array of a row has elements. */
function findAny(array: Operand, find: (word: Operand) => string, join: ' OR ' | ' AND '): string {
  const word: Operand = { sql: 'kql_dynamic_text(kql_item)', type: 'string', isNullable: false };
  const tests = `list_transform(kql_elements(${array.sql}), lambda kql_item: ${find(word)})`;
  const quantifier = join === ' OR ' ? 'list_bool_or' : 'list_bool_and';
  return `coalesce(${quantifier}(${tests}), ${join === ' AND '})`;
}

/** The place of the first element that the text has as a term, from 0; -1 if it has none. */
function hasAnyIndex([text, array]: readonly Operand[], call: CallFacts): string {
  if (!text || !array) return call.refuse(call.name, call.span);
  const find = search(TESTS.Has, { fold: true });
  const word: Operand = { sql: 'kql_dynamic_text(kql_item)', type: 'string', isNullable: false };
  const tests = `list_transform(kql_elements(${array.sql}), lambda kql_item: ${find(text, word)})`;
  return `CAST(coalesce(list_position(${tests}, true), 0) - 1 AS BIGINT)`;
}

function asText(word: Operand): Operand {
  if (word.type !== 'string' && word.type !== 'dynamic') return convert(word, 'string');
  if (word.type !== 'dynamic' || typeof word.literal !== 'string') return word;
  const value: unknown = JSON.parse(word.literal);
  const literal = typeof value === 'string' ? value : word.literal;
  return { sql: quoteText(literal), type: 'string', isNullable: false, literal };
}

export const SEARCHES: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(Object.entries(TESTS).flatMap(([name, test]) => rules(name, test))),
  HasAny: several(' OR '),
  HasAll: several(' AND '),
  has_any_index: { args: ['string', 'dynamic'], sql: hasAnyIndex },
  MatchRegex: { args: ['string'], sql: 'regexp_matches($1, $2)', isTotal: true },
};
