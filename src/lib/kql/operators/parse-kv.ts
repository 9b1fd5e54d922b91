import type { KustoType } from '../../model/table.js';
import { escapePattern } from '../escape-pattern.js';
import type { Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { outputColumns, over } from '../scope.js';
import type { NamedParameter } from '../syntax.js';

/** Columns from a text of names and values, such as `a=1;b=2`. Of a name met twice the first counts. */
export const parseKv: OperatorRule<'ParseKvOperator'> = (node, input, scope, binder) => {
  const { span } = node;
  const given = node.WithClause?.Properties ?? [];
  const known = ['pair_delimiter', 'kv_delimiter', 'quote'];
  const unknown = given.find(({ Name }) => !known.includes(Name.name));
  if (unknown) binder.refuse(`parse-kv ${unknown.Name.name}`, unknown.span);
  const pair = text(given, 'pair_delimiter');
  const equals = text(given, 'kv_delimiter');
  if (!pair || !equals) return binder.refuse('parse-kv without its delimiters', span);
  const quote = text(given, 'quote');
  if (quote !== undefined && [...quote].length !== 1) {
    binder.refuse('parse-kv with two kinds of quotes', span);
  }
  const columns = outputColumns(node, binder).slice(input.columns.length);
  const taken = columns.find(({ name }) => input.columns.some((column) => column.name === name));
  if (taken) binder.refuse(`a new value for ${taken.name}`, span);
  const literal = (type: KustoType, value: string | bigint): Scalar => ({
    kind: 'literal',
    type,
    value,
    span,
  });
  const call = (name: string, args: readonly Scalar[], type: KustoType): Scalar => ({
    kind: 'call',
    name,
    args,
    type,
    span,
  });
  const source = call('tostring', [binder.scalar(node.Expression, over(input, scope))], 'string');
  const computed = columns.map((column) => {
    const pattern = pairPattern(column.name, { pair, equals, quote });
    const group = (index: bigint) =>
      call('extract', [literal('string', pattern), literal('long', index), source], 'string');
    const found = quote ? call('coalesce', [group(1n), group(2n)], 'string') : group(1n);
    const { type } = column;
    return {
      column,
      value: type === 'string' ? found : call(`to${type}`, [found], type),
    };
  });
  return {
    op: 'project',
    input,
    computed,
    columns: [...input.columns, ...columns],
  };
};

function text(given: readonly NamedParameter[], name: string): string | undefined {
  return given.find(({ Name }) => Name.name === name)?.Expression.value;
}

/** The first pair with that name; blanks around the name and before the value are not part of them. */
function pairPattern(
  name: string,
  { pair, equals, quote }: { pair: string; equals: string; quote: string | undefined },
): string {
  const [between, is] = [escapePattern(pair), escapePattern(equals)];
  const plain = `((?s:.*?))`;
  const quoted = quote && `${escapePattern(quote)}((?s:.*?))${escapePattern(quote)}|`;
  return `(?:^|${between})\\s*${escapePattern(name)}\\s*${is}\\s*(?:${quoted ?? ''}${plain})(?:${between}|$)`;
}
