import type { KustoType } from '../../model/table.js';
import { escapePattern } from '../escape-pattern.js';
import type { Column, Relation, Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { type Binder, columnValue, ingestedOf, outputColumns, type Scope } from '../scope.js';
import type { Expression, Node } from '../syntax.js';

const KNOWN = ['kind', 'withsource', 'isfuzzy'];

export const union: OperatorRule<'UnionOperator'> = (node, input, scope, binder) => {
  const given = node.Parameters ?? [];
  const unknown = given.find(({ Name }) => !KNOWN.includes(Name.name) && !isHint(Name.name));
  if (unknown) return binder.refuse(`union ${unknown.Name.name}`, unknown.span);
  const source = given.find(({ Name }) => Name.name === 'withsource')?.Expression;
  const sourceName = source && 'name' in source ? String(source.name) : source?.value;
  const isPiped = input.columns.length > 0 || input.op !== 'values';
  const isFuzzy = given.some(
    ({ Name, Expression: { value } }) => Name.name === 'isfuzzy' && value?.toLowerCase() === 'true',
  );
  const branches = node.Expressions.filter((one) => !isFuzzy || !isMissing(one)).flatMap(
    (expression) => openTables(expression, scope, binder),
  );
  const inputs = isPiped ? [{ name: null, relation: input }, ...branches] : branches;
  if (inputs.length === 0) binder.reject('The union has no table that exists.', node.span);
  const columns = outputColumns(node, binder);
  const isInner = given.some(
    ({ Name, Expression: { value } }) => Name.name === 'kind' && value === 'inner',
  );
  const isEverywhere = ({ name }: Column) =>
    name === sourceName ||
    inputs.every(({ relation }) => relation.columns.some((c) => c.name === name));
  // The binder keeps the columns that Kusto leaves out here.
  if (isInner && !columns.every(isEverywhere))
    binder.refuse('union kind=inner of unlike tables', node.span);
  const isAmbiguous = columns.some((column) => {
    const sources = inputs.flatMap(({ relation }) =>
      relation.columns.filter((candidate) => isSame(candidate, column)),
    );
    return new Set(sources.map(({ name }) => name)).size > 1;
  });
  if (isAmbiguous) binder.refuse('a union of columns named like their types', node.span);
  return unionOf(inputs, { columns, sourceName, node, binder });
};

/** Every row of several tables. What a table lacks is null there. */
export function unionOf(
  inputs: readonly Branch[],
  options: {
    readonly columns: readonly Column[];
    /** The column that says which table a row comes from. */
    readonly sourceName: string | undefined;
    readonly node: Node;
    readonly binder: Binder;
  },
): Relation {
  const { columns, sourceName, node, binder } = options;
  const { span } = node;
  const stored = inputs.map(({ relation }) => ingestedOf(relation));
  const nothing = (type: KustoType): Scalar => ({ kind: 'literal', type, value: null, span });
  const known = stored.includes(undefined) ? undefined : stored.find((column) => column);
  return {
    op: 'union',
    columns,
    ...(known && { ingested: binder.column(known.name, known.type) }),
    inputs: inputs.map(({ name, relation }, index) => {
      const when = stored[index];
      return {
        input: relation,
        values: [
          ...columns.map((column): Scalar => {
            if (column.name === sourceName) {
              const value = name ?? `union_arg${index}`;
              return { kind: 'literal', type: 'string', value, span };
            }
            const found = relation.columns.find((candidate) => isSame(candidate, column));
            return found ? columnValue(found, node) : nothing(column.type);
          }),
          ...(known ? [when ? columnValue(when, node) : nothing('datetime')] : []),
        ],
      };
    }),
  };
}

function isHint(name: string): boolean {
  return name.startsWith('hint.');
}

/** A name with two types in different inputs becomes two columns, with the type in their names. */
function isSame(column: Column, output: Column): boolean {
  if (column.type !== output.type) return false;
  return column.name === output.name || `${column.name}_${column.type}` === output.name;
}

/** Rows of a table that is not there, which a fuzzy union does without. */
function isMissing(node: Expression): boolean {
  if (node.kind === 'ParenthesizedExpression' || node.kind === 'PipeExpression') {
    return isMissing(node.Expression);
  }
  return node.kind === 'NameReference' && !node.wildcard && !node.symbol;
}

export interface Branch {
  /** A table's own name; anything else is known by its place. */
  readonly name: string | null;
  readonly relation: Relation;
}

/** The tables that one argument means: several for `app*`. */
export function openTables(node: Expression, scope: Scope, binder: Binder): readonly Branch[] {
  if (node.kind === 'NameReference' && node.wildcard) {
    const pattern = new RegExp(`^${node.name.split('*').map(escapePattern).join('.*')}$`);
    return [...scope.names].flatMap(([name, binding]) =>
      binding.kind === 'table' && pattern.test(name) ? [{ name, relation: binding.open() }] : [],
    );
  }
  // A view counts as a table.
  const isTable =
    node.kind === 'NameReference' && /^(Table|Function)Symbol$/.test(node.symbol?.kind ?? '');
  return [{ name: isTable ? node.name : null, relation: binder.relation(node, scope) }];
}
