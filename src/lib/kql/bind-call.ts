import type { KustoType } from '../model/table.js';
import { bindLook } from './bind-look.js';
import { estimateDataSize, ingestionTime } from './bind-stored.js';
import { commonType } from './functions/comparisons.js';
import { WINDOW_NAMES } from './functions/windows.js';
import type { Call, Column, Literal, Scalar } from './ir.js';
import { optionOf } from './names.js';
import { type Binder, columnValue, type Scope } from './scope.js';
import type { Expression, FunctionCall, Node } from './syntax.js';

/** Makes a call with the type that the binder found, of arguments bound one by one. */
export type MakeCall = (name: string, args: readonly Expression[]) => Call;

type CallRule = (node: FunctionCall, call: MakeCall, scope: Scope, binder: Binder) => Scalar;

export function bindCall(node: FunctionCall, call: MakeCall, scope: Scope, binder: Binder): Scalar {
  const { name } = node.Name;
  const rule = Object.hasOwn(BOUND_CALLS, name) ? BOUND_CALLS[name] : undefined;
  if (rule) return rule(node, call, scope, binder);
  return call(node.symbol?.name ?? name, node.ArgumentList.Expressions);
}

/** One instant for the whole query, as a constant that prunes Parquet row groups. */
function instant(operator: 'Add' | 'Subtract'): CallRule {
  return (node, call, _scope, binder) => {
    const now = literal('datetime', binder.now, node);
    const args = node.ArgumentList.Expressions;
    if (args.length === 0) return now;
    const moved = call(operator, args);
    return { ...moved, args: [now, ...moved.args] };
  };
}

/** The column of that name, if the rows have it. */
const columnIfExists: CallRule = (node, _call, scope, binder) => {
  const [wanted, otherwise] = node.ArgumentList.Expressions;
  const column = scope.columns.find((candidate) => isNamed(candidate, wanted));
  if (column) return columnValue(column, node);
  return otherwise
    ? binder.scalar(otherwise, scope)
    : binder.refuse(`${node.Name.name}()`, node.span);
};

const isColumnExists: CallRule = (node, _call, scope) => {
  const [wanted] = node.ArgumentList.Expressions;
  const exists = scope.columns.some((candidate) => isNamed(candidate, wanted));
  return literal('bool', exists, node);
};

/** A bag of all columns; with `true` of those that hold something. */
const packAll: CallRule = (node, _call, scope) => {
  const [filled] = node.ArgumentList.Expressions;
  const isFilled = filled?.kind === 'LiteralExpression' && filled.value.toLowerCase() === 'true';
  return pack(scope.columns, isFilled ? 'PackFilled' : 'bag_pack', node);
};

/** A bag of the values of columns, under their names. */
export function pack(columns: readonly Column[], name: string, node: Node): Call {
  const args = columns.flatMap((column) => [
    literal('string', column.name, node),
    columnValue(column, node),
  ]);
  return { kind: 'call', name, args, type: 'dynamic', span: node.span };
}

/** A bag of some columns. */
const packColumns: CallRule = (node, _call, scope, binder) => {
  const names = node.ArgumentList.Expressions.flatMap((arg) =>
    arg.kind === 'NameReference' ? [arg.name] : binder.refuse('what is no column', arg.span),
  );
  const columns = scope.columns.filter(({ name }) => names.includes(name));
  return pack(columns, 'bag_pack', node);
};

/** The names of a table's columns, as an array. */
const columnNamesOf: CallRule = (node, _call, _scope, binder) => {
  const [table] = node.ArgumentList.Expressions;
  const columns = table?.type?.columns ?? binder.refuse(`${node.Name.name}()`, node.span);
  return literal('dynamic', JSON.stringify(columns.map(({ name }) => name)), node);
};

/** Whether a value lies as near to another as a third says. */
const around: CallRule = (node, call, scope, binder) => {
  const args = node.ArgumentList.Expressions.map((arg) => binder.scalar(arg, scope));
  const [value, center, distance] = args;
  if (!value || !center || !distance) return binder.refuse('around()', node.span);
  const type = commonType(value.type, center.type);
  const border = (name: 'Add' | 'Subtract'): Scalar => ({
    kind: 'call',
    name,
    args: [center, distance],
    type,
    span: node.span,
  });
  return { ...call('Between', []), args: [value, border('Subtract'), border('Add')] };
};

/** `bin` or `bin_at` with what `set` has said. */
const binAuto: CallRule = (node, call, scope, binder) => {
  const [value] = node.ArgumentList.Expressions;
  const size = optionOf('query_bin_auto_size', scope);
  const at = optionOf('query_bin_auto_at', scope);
  if (!value || !size)
    return binder.reject('bin_auto() needs the option query_bin_auto_size.', node.span);
  const args = [binder.scalar(value, scope), size, ...(at ? [at] : [])];
  return { ...call(at ? 'bin_at' : 'bin', []), args };
};

/** What Kusto's engine checks behind the binder's back. */
const look: CallRule = (node, call, scope, binder) => {
  const { name } = node.Name;
  if (!scope.isSerialized) {
    const message = `The function '${name}' needs rows in an order: put sort or serialize before it.`;
    binder.reject(message, node.span);
  }
  const [, distance] = node.ArgumentList.Expressions;
  const isLiteral = distance?.kind === 'LiteralExpression';
  if (/^(prev|next)$/.test(name) && isLiteral && distance.value === '0') {
    binder.reject(`The function '${name}' cannot look 0 rows away.`, distance.span);
  }
  return bindLook(call(name, node.ArgumentList.Expressions));
};

/** Functions that mean more than their arguments: a row's columns, the rows around it, the time. */
export const BOUND_CALLS: Readonly<Record<string, CallRule>> = {
  ...Object.fromEntries(WINDOW_NAMES.map((name) => [name, look])),
  ago: instant('Subtract'),
  around,
  bag_pack_columns: packColumns,
  bin_auto: binAuto,
  column_ifexists: columnIfExists,
  columnifexists: columnIfExists,
  column_names_of: columnNamesOf,
  estimate_data_size: (node, _call, scope, binder) => estimateDataSize(node, scope, binder),
  ingestion_time: (node, _call, scope, binder) => ingestionTime(node, scope, binder),
  iscolumnexists: isColumnExists,
  now: instant('Add'),
  pack_all: packAll,
};

function literal(type: KustoType, value: Literal['value'], { span }: Pick<Expression, 'span'>) {
  return { kind: 'literal', type, value, span } satisfies Literal;
}

function isNamed({ name }: Column, wanted: Expression | undefined): boolean {
  return wanted?.kind === 'LiteralExpression' && wanted.value === name;
}
