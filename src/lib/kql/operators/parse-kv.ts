import type { KustoType } from '../../model/table.js';
import { escapePattern } from '../escape-pattern.js';
import type { Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { outputColumns, over } from '../scope.js';
import type { NamedParameter } from '../syntax.js';

const KNOWN = ['pair_delimiter', 'kv_delimiter', 'quote', 'escape', 'regex'];

/** Columns from a text of names and values, such as `a=1;b=2`. Of a name met twice the first counts. */
export const parseKv: OperatorRule<'ParseKvOperator'> = (node, input, scope, binder) => {
  const { span } = node;
  const given = node.WithClause?.Properties ?? [];
  const unknown = given.find(({ Name }) => !KNOWN.includes(Name.name));
  if (unknown) binder.refuse(`parse-kv ${unknown.Name.name}`, unknown.span);
  const columns = outputColumns(node, binder).slice(input.columns.length);
  const taken = columns.find(({ name }) => input.columns.some((column) => column.name === name));
  if (taken) binder.refuse(`a new value for ${taken.name}`, span);
  const call = (name: string, args: readonly Scalar[], type: KustoType = 'string'): Scalar => ({
    kind: 'call',
    name,
    args,
    type,
    span,
  });
  const text = (value: string): Scalar => ({ kind: 'literal', type: 'string', value, span });
  const source = call('tostring', [binder.scalar(node.Expression, over(input, scope))]);
  const { name, args } = reader(given, (what) => binder.refuse(what, span));
  const computed = columns.map((column) => {
    const found = call(name, [source, text(column.name), ...args(column.name).map(text)]);
    const { type } = column;
    return { column, value: type === 'string' ? found : call(`to${type}`, [found], type) };
  });
  return { op: 'project', input, computed, columns: [...input.columns, ...columns] };
};

interface Reader {
  /** A function of the text, the name and further arguments, which are those of that name. */
  readonly name: 'KvOfPattern' | 'KvOfQuoted' | 'KvOfPlain';
  readonly args: (name: string) => readonly string[];
}

function reader(given: readonly NamedParameter[], refuse: (what: string) => never): Reader {
  const all = (parameter: string) =>
    given.filter(({ Name }) => Name.name === parameter).map(({ Expression }) => Expression.value);
  const [regex] = all('regex');
  if (regex) return { name: 'KvOfPattern', args: () => [regex] };
  const [[pair], [equals], escapes] = [all('pair_delimiter'), all('kv_delimiter'), all('escape')];
  if (!pair || !equals) return refuse('parse-kv without its delimiters');
  const quotes = all('quote').map((quote = '') => {
    const [open = '', close = open] = quote;
    return open ? [open, close] : refuse('parse-kv with this quote');
  });
  if (quotes.length === 0)
    return { name: 'KvOfPlain', args: (name) => [pairPattern(name, pair, equals)] };
  const marks = JSON.stringify({ pair, equals, quotes, escapes });
  return { name: 'KvOfQuoted', args: () => [marks] };
}

/** The first pair with that name; blanks around the name and before the value are not part of them. */
function pairPattern(name: string, pair: string, equals: string): string {
  const [between, is] = [escapePattern(pair), escapePattern(equals)];
  return `(?:^|${between})\\s*${escapePattern(name)}\\s*${is}\\s*((?s:.*?))(?:${between}|$)`;
}
