import { CliError } from '../../errors.js';
import { loadKustoParser } from '../../kql/kusto.js';
import type { Node } from '../../kql/syntax.js';

/** Statements that have no rows of their own. */
const PREPARING: ReadonlySet<string> = new Set([
  'LetStatement',
  'SetOptionStatement',
  'AliasStatement',
  'PatternStatement',
  'QueryParametersStatement',
  'RestrictStatement',
]);

/**
 * KQL that somebody wrote, so that operators can follow: without what is behind its last operator, comments and a
 * semicolon, and without a `render`, which files have no use for. What is wrong with it is left for the service to say.
 *
 * @throws {CliError} `usage` if there is more than one statement with rows
 */
export async function rowsOf(kql: string): Promise<string> {
  const { statements, diagnostics } = (await loadKustoParser()).outline(kql);
  if (diagnostics.some(({ severity }) => severity === 'error')) return kql;
  const tabular = statements.filter(({ kind }) => !PREPARING.has(kind));
  if (tabular.length > 1) {
    throw new CliError('usage', 'The KQL has more than one statement with rows.', {
      hint: 'Export each by itself, with --name and --out of its own.',
    });
  }
  let expression: unknown = tabular[0] && 'Expression' in tabular[0] && tabular[0].Expression;
  while (isNode(expression) && expression.kind === 'PipeExpression') {
    const operator = 'Operator' in expression && expression.Operator;
    if (!isNode(operator) || operator.kind !== 'RenderOperator') break;
    expression = 'Expression' in expression && expression.Expression;
  }
  return isNode(expression) ? kql.slice(0, expression.span.end) : kql;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'kind' in value && 'span' in value;
}
