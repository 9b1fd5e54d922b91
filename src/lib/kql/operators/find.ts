import { pack } from '../bind-call.js';
import type { Column, Computed, Relation, Scalar } from '../ir.js';
import type { OperatorRule } from '../operators.js';
import { type Binder, outputColumns, type Scope } from '../scope.js';
import { isSearchable } from '../star.js';
import type { OperatorOf } from '../syntax-operators.js';
import { storedTables, testOf } from './search.js';
import { type Branch, openTables, unionOf } from './union.js';

type FindNode = OperatorOf<'FindOperator'>;

/**
 * Rows of several tables for which a condition holds, in columns that they share; a bag has the rest.
 *
 * Known from: documented ("find operator").
 */
export const find: OperatorRule<'FindOperator'> = (node, input, scope, binder) => {
  const isPiped = input.columns.length > 0 || input.op !== 'values';
  if (isPiped || node.DataScope) binder.refuse('find of this form', node.span);
  const other = node.Parameters?.find(({ Name }) => Name.name !== 'withsource');
  if (other) binder.refuse(`find ${other.Name.name}`, other.span);
  const tables = tablesOf(node, scope, binder);
  const columns = outputColumns(node, binder);
  const [source = binder.refuse('find of nothing', node.span), ...shown] = columns;
  const bag = bagOf(node, shown, binder);
  const all = tables.flatMap(({ relation }) => relation.columns);
  const { names, hasStar } = columnsIn(node.Condition, new Set(all.map(({ name }) => name)));
  const known = [...all, ...shown.filter((column) => column !== bag)];
  const unlike = known.find(
    ({ name, type }) =>
      (names.has(name) || shown.some((column) => column.name === name)) &&
      known.some((column) => column.name === name && column.type !== type),
  );
  if (unlike) binder.refuse(`find where ${unlike.name} is of several types`, node.span);

  const isSmart = !node.Project?.Columns.length;
  const isApart = tables.some(
    ({ relation }) => names.size > 0 && !relation.columns.some(({ name }) => names.has(name)),
  );
  if (isSmart && isApart) {
    // Kusto leaves such tables out, and with them what is common to all.
    binder.refuse('find in tables without the columns of its condition', node.span);
  }
  const wanted = all.filter(({ name }) => names.has(name));
  const branches = tables.map(({ name, relation }): Branch => {
    const found = matching(relation, { node, wanted, hasStar, scope, binder });
    if (!bag) return { name, relation: found };
    const rest = relation.columns.filter(
      (column) => !isSmart || !shown.some((one) => one.name === column.name),
    );
    const computed = [{ column: bag, value: pack(rest, 'bag_pack', node) }];
    const packed = [...found.columns, bag];
    return { name, relation: { op: 'project', input: found, computed, columns: packed } };
  });
  return unionOf(branches, { columns, sourceName: source.name, node, binder });
};

function tablesOf(node: FindNode, scope: Scope, binder: Binder): readonly Branch[] {
  const given = node.InClause?.Expressions;
  const tables = given
    ? given.flatMap((table) => openTables(table, scope, binder))
    : storedTables(scope);
  const isNameless = tables.some(({ name }) => name === null);
  if (tables.length === 0 || isNameless) binder.refuse('find in these tables', node.span);
  return tables;
}

/** The column that is a bag: of what no other shows, or asked for. It is not clear what it holds beside others. */
function bagOf(node: FindNode, shown: readonly Column[], binder: Binder): Column | undefined {
  const asked = node.Project?.Columns.find(({ kind }) => kind === 'PackExpression');
  if (asked && shown.length > 1) binder.refuse('pack beside other columns', asked.span);
  return asked || !node.Project?.Columns.length
    ? shown.findLast(({ name }) => /^pack_\d*$/.test(name))
    : undefined;
}

/** The columns that a condition names, and whether it looks into all of them. */
function columnsIn(condition: object, columns: ReadonlySet<string>) {
  const names = new Set<string>();
  let hasStar = false;
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    if ('kind' in part && part.kind === 'StarExpression') hasStar = true;
    const name = 'kind' in part && part.kind === 'NameReference' && 'name' in part && part.name;
    if (typeof name === 'string' && columns.has(name)) names.add(name);
    Object.values(part).forEach(visit);
  };
  visit(condition);
  return { names, hasStar };
}

interface Test {
  readonly node: FindNode;
  /** The columns that the condition names. A table may lack them. */
  readonly wanted: readonly Column[];
  readonly hasStar: boolean;
  readonly scope: Scope;
  readonly binder: Binder;
}

function matching(relation: Relation, { node, wanted, hasStar, scope, binder }: Test): Relation {
  const names = new Set(relation.columns.map(({ name }) => name));
  const missing = new Map(
    wanted.filter(({ name }) => !names.has(name)).map(({ name, type }) => [name, type]),
  );
  const { span } = node;
  const computed = [...missing].map(
    ([name, type]): Computed => ({
      column: binder.column(name, type),
      value: { kind: 'literal', type, value: type === 'string' ? '' : null, span },
    }),
  );
  const nothing = computed.map(({ column }) => column);
  const columns = [...relation.columns, ...nothing];
  const inner: Scope = { columns, names: scope.names };
  const condition = testOf(node.Condition, {
    columns: relation.columns.filter(isSearchable),
    suffix: '',
    scalar: (expression) => binder.scalar(expression, inner),
    refuse: binder.refuse,
  });
  const lacks = new Set(nothing.map(({ id }) => id));
  if (lacks.size > 0 && (hasStar || !isClear(condition, lacks))) {
    binder.refuse('this condition on a table without its columns', node.Condition.span);
  }
  const input: Relation = { op: 'project', input: relation, computed, columns };
  return { op: 'filter', input, condition, columns };
}

/** Whether no row without a value passes a part of the condition that asks for one. */
function isClear(value: Scalar, lacks: ReadonlySet<number>): boolean {
  if (value.kind !== 'call') return value.kind !== 'column' || !lacks.has(value.id);
  const { name, args } = value;
  const [left, right] = args;
  if (name === 'And' || name === 'Or') return args.every((arg) => isClear(arg, lacks));
  const isPlain = left?.kind === 'column' && right?.kind === 'literal' && right.value !== '';
  if (isPlain && right.value !== null && NEEDS_VALUE.has(name)) return true;
  return args.every((arg) => isClear(arg, lacks));
}

/** Tests that hold for no missing value. */
const NEEDS_VALUE: ReadonlySet<string> = new Set([
  'Equal',
  'Has',
  'HasCs',
  'Contains',
  'ContainsCs',
  'StartsWith',
  'EndsWith',
  'GreaterThan',
  'GreaterThanOrEqual',
  'LessThan',
  'LessThanOrEqual',
]);
