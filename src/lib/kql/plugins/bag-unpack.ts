import type { Row } from '../../model/table.js';
import type { Column, Computed, Relation, Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { quoteName } from '../quote.js';
import { type Binder, columnValue, outputColumns } from '../scope.js';
import type { Expression } from '../syntax.js';
import type { OperatorOf } from '../syntax-operators.js';
import { ask, type ToSchema } from './ask.js';

/** The members of a bag as columns, in place of it. */
export const bagUnpack: OperatorRule<'EvaluateOperator'> = (node, input, scope, binder) => {
  const options = readOptions(node, input, binder);
  const { bag, prefix, conflict } = options;
  const others = input.columns.filter(({ id }) => id !== bag.id);
  if (!node.Schema) {
    const toSchema: ToSchema = (rows) => {
      const types = typesOf(rows, options);
      const taken = others.find(({ name }) => types.has(name));
      if (taken && conflict === 'error') {
        binder.reject(
          `The bag has a member "${taken.name}", as the rows have a column.`,
          node.span,
        );
      }
      return schemaOf(input.columns, types, options);
    };
    return ask(node, members(bag, input, node, binder), toSchema, scope, binder);
  }
  const computed: Computed[] = [];
  const columns = outputColumns(node, binder).map((column) => {
    const old = others.find(({ name }) => name === column.name);
    if (old && conflict !== 'replace_source') return old;
    const key = column.name.startsWith(prefix) ? column.name.slice(prefix.length) : column.name;
    computed.push({ column, value: member(bag, key, column.type, node) });
    return column;
  });
  return { op: 'project', input, computed, columns };
};

/** The type of each column to be; members of several types are dynamic. */
function typesOf(rows: readonly Row[], { prefix, ignored }: Options): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  for (const [key, found] of rows) {
    if (ignored.includes(String(key)) || found === 'null') continue;
    const name = prefix + String(key);
    const type = columnType(String(found));
    types.set(name, (types.get(name) ?? type) === type ? type : 'dynamic');
  }
  return types;
}

/** Columns of the rows keep their places, new ones come behind them by name. */
function schemaOf(
  old: readonly Column[],
  types: ReadonlyMap<string, string>,
  { bag, conflict }: Options,
): string {
  const columns = new Map<string, string>();
  for (const { id, name, type } of old) {
    const member = conflict === 'keep_source' && id !== bag.id ? undefined : types.get(name);
    if (member) columns.set(name, member);
    else if (id !== bag.id) columns.set(name, type);
  }
  for (const name of [...types.keys()].sort()) {
    if (!columns.has(name)) columns.set(name, types.get(name) ?? 'dynamic');
  }
  return `(${[...columns].map(([name, type]) => `${quoteName(name).kql}: ${type}`).join(', ')})`;
}

interface Options {
  readonly bag: Column;
  readonly prefix: string;
  readonly conflict: string;
  readonly ignored: readonly string[];
}

const PARAMETERS = ['Column', 'OutputColumnPrefix', 'columnsConflict', 'ignoredProperties'];

function readOptions(
  { FunctionCall: call }: OperatorOf<'EvaluateOperator'>,
  input: Relation,
  binder: Binder,
): Options {
  const given = new Map<string, Expression>();
  call.ArgumentList.Expressions.forEach((argument, index) => {
    const isNamed = argument.kind === 'SimpleNamedExpression';
    const name = isNamed ? argument.Name.name : PARAMETERS[index];
    given.set(name ?? '', isNamed ? argument.Expression : argument);
  });
  const text = (name: string, otherwise: string) => {
    const value = given.get(name);
    if (!value) return otherwise;
    return value.kind === 'LiteralExpression'
      ? value.value
      : binder.refuse(`this ${name}`, value.span);
  };
  const column = given.get('Column');
  const bag =
    column?.kind === 'NameReference'
      ? input.columns.find(({ name }) => name === column.name)
      : undefined;
  const ignored = given.get('ignoredProperties');
  return {
    bag: bag ?? binder.refuse('bag_unpack() of this', call.span),
    prefix: text('OutputColumnPrefix', ''),
    conflict: text('columnsConflict', 'error'),
    ignored: ignored ? names(ignored, binder) : [],
  };
}

function names(node: Expression, binder: Binder): readonly string[] {
  const array = node.kind === 'DynamicExpression' ? node.Expression : node;
  if (array.kind !== 'JsonArrayExpression') return binder.refuse('these names', node.span);
  return array.Values.flatMap((value) => (value.kind === 'LiteralExpression' ? [value.value] : []));
}

/** Each name in the bags with each type that it has. */
function members(
  bag: Column,
  input: Relation,
  { span }: OperatorOf<'EvaluateOperator'>,
  binder: Binder,
): Relation {
  const call = (name: string, args: readonly Scalar[], type: Column['type']): Scalar => ({
    kind: 'call',
    name,
    args,
    type,
    span,
  });
  const text = (value: string): Scalar => ({ kind: 'literal', type: 'string', value, span });
  const one = binder.column('member', 'dynamic');
  const bags: Relation = {
    op: 'filter',
    input,
    condition: call(
      'Equal',
      [call('gettype', [columnValue(bag, { span })], 'string'), text('dictionary')],
      'bool',
    ),
    columns: input.columns,
  };
  const expanded: Relation = {
    op: 'expand',
    input: bags,
    arrays: [{ column: one, value: columnValue(bag, { span }) }],
    members: 'bag',
    index: null,
    limit: null,
    columns: [one],
  };
  const [name, type] = [binder.column('name', 'string'), binder.column('type', 'string')];
  const first: Scalar = { kind: 'literal', type: 'long', value: 0n, span };
  const keys = call('bag_keys', [columnValue(one, { span })], 'dynamic');
  const key = call('tostring', [call('Element', [keys, first], 'dynamic')], 'string');
  const value = call('Element', [columnValue(one, { span }), key], 'dynamic');
  return {
    op: 'aggregate',
    input: expanded,
    groups: [
      { column: name, value: key },
      { column: type, value: call('gettype', [value], 'string') },
    ],
    computed: [],
    columns: [name, type],
  };
}

/** The type of a column for what `gettype` says of a member. */
function columnType(name: string): string {
  return { array: 'dynamic', dictionary: 'dynamic', double: 'real' }[name] ?? name;
}

function member(
  bag: Column,
  key: string,
  type: Column['type'],
  { span }: OperatorOf<'EvaluateOperator'>,
): Scalar {
  const name: Scalar = { kind: 'literal', type: 'string', value: key, span };
  const args = [columnValue(bag, { span }), name];
  const value: Scalar = { kind: 'call', name: 'Element', args, type: 'dynamic', span };
  if (type === 'dynamic') return value;
  return { kind: 'call', name: `to${type}`, args: [value], type, span };
}
