import { loadKustoParser } from './kusto.js';
import type { Node } from './syntax.js';

/** Where the rows of a query come from, if every row of its result is made of one row of a table. */
export type RowSource =
  | {
      readonly isOneTable: true;
      readonly table: string;
      /** Just behind the name of the table: an operator put here sees its rows. */
      readonly offset: number;
      /** The same row may look different another time: the clock or chance is asked, and not in a condition. */
      readonly isVolatile: boolean;
    }
  | {
      readonly isOneTable: false;
      /** Goes on behind `the KQL`. */
      readonly why: string;
    };

/** Operators that answer each row by itself. */
const ROW_BY_ROW: ReadonlySet<string> = new Set([
  'FilterOperator',
  'SearchOperator',
  'ExtendOperator',
  'ProjectOperator',
  'ProjectAwayOperator',
  'ProjectByNamesOperator',
  'ProjectKeepOperator',
  'ProjectRenameOperator',
  'ProjectReorderOperator',
  'ParseOperator',
  'ParseWhereOperator',
  'ParseKvOperator',
  'MvExpandOperator',
  'SortOperator',
  'RenderOperator',
]);
/** They look at other rows, wherever they stand. */
const LOOKS_AROUND = /^(row_\w+|prev|next)$/;
const VOLATILE: ReadonlySet<string> = new Set(['now', 'ago', 'rand', 'new_guid']);

/** Nothing is looked up: a table is a name that the query itself does not give to something else. */
export async function findRowSource(kql: string): Promise<RowSource> {
  const parser = await loadKustoParser();
  const { statements, diagnostics } = parser.outline(kql);
  if (diagnostics.some(({ severity }) => severity === 'error')) return none('is wrong');
  const last: unknown = statements.at(-1);
  let expression = member(last, 'Expression');
  const operators: Node[] = [];
  while (isNode(expression) && expression.kind === 'PipeExpression') {
    const operator = member(expression, 'Operator');
    if (isNode(operator)) operators.push(operator);
    expression = member(expression, 'Expression');
  }
  const name = member(expression, 'name');
  if (!isNode(expression) || expression.kind !== 'NameReference' || typeof name !== 'string') {
    return none('does not begin with a table');
  }
  const given = statements.slice(0, -1).map((each) => member(member(each, 'Name'), 'name'));
  if (given.includes(name)) return none(`has a meaning of its own for ${name}`);
  const other = operators.find(({ kind }) => !ROW_BY_ROW.has(kind));
  if (other) {
    const [word = ''] = /^[\w-]+/.exec(kql.slice(other.span.start)) ?? [];
    return none(`has ${word}, which is not about single rows`);
  }
  const calls = operators.flatMap((operator) => callsIn(operator));
  const around = calls.find((call) => LOOKS_AROUND.test(call));
  if (around !== undefined) return none(`has ${around}, which looks at other rows`);
  const shown = [
    ...statements.slice(0, -1),
    ...operators.filter(({ kind }) => kind !== 'FilterOperator'),
  ];
  const isVolatile = shown.flatMap(callsIn).some((call) => VOLATILE.has(call));
  return { isOneTable: true, table: name, offset: expression.span.end, isVolatile };
}

function none(why: string): RowSource {
  return { isOneTable: false, why };
}

function callsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own =
    isNode(value) && value.kind === 'FunctionCallExpression'
      ? [String(member(member(value, 'Name'), 'name'))]
      : [];
  return [...own, ...Object.values(value).flatMap(callsIn)];
}

function isNode(value: unknown): value is Node {
  return typeof member(value, 'kind') === 'string';
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
