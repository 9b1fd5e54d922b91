import { CliError, Interrupted, type Span } from '../errors.js';
import { escapeControls } from './escape.js';
import { markedLine } from './marked-line.js';
import type { Style } from './style.js';

/**
 * An error as people read it: one sentence, then Azure's reasons, the place in the KQL, Azure's ids and the
 * next step, each on lines of its own. Ends without a line feed.
 *
 * @param width columns of the terminal, undefined without one: nothing is cut then
 */
export function errorText(error: unknown, style: Style, width?: number): string {
  if (error instanceof Interrupted) return escapeControls(error.message, 'newlines');
  if (!(error instanceof CliError)) return bugText(error, style);
  const { hint, details = [], kql } = error.facts;
  const lines = [`${style.red.bold('ERROR:')} ${escapeControls(error.message, 'newlines')}`];
  if (kql) lines.push(...markedPlace(kql.text, kql.span, style, width));
  for (const { code, message } of details) {
    lines.push(`  ${escapeControls(code)}: ${escapeControls(message)}`);
  }
  const ids = idsText(error);
  if (ids) lines.push(style.dim(`  (${escapeControls(ids)})`));
  if (hint) lines.push(escapeControls(hint, 'newlines'));
  return lines.join('\n');
}

/** The error as one line of JSON, for `-o json`: the members are a public contract. */
export function errorJson(error: unknown): string {
  return JSON.stringify({ error: errorFacts(error) });
}

function errorFacts(error: unknown): object {
  if (error instanceof CliError) {
    const { hint = null, code = null, status = null, correlationId = null } = error.facts;
    const { details = [], original, kql } = error.facts;
    const whole = original === undefined ? {} : { original };
    const position = kql ? { position: lineAndColumn(kql.text, kql.span.start) } : {};
    const known = { kind: error.kind, message: error.message, hint, code, correlationId, status };
    return { ...known, details, ...whole, ...position };
  }
  const kind = error instanceof Interrupted ? 'interrupted' : 'bug';
  const message = error instanceof Error ? error.message : String(error);
  const none = { hint: null, code: null, correlationId: null, status: null, details: [] };
  const stack = kind === 'bug' && error instanceof Error ? { stack: error.stack } : {};
  return { kind, message, ...none, ...stack };
}

function bugText(error: unknown, style: Style): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = [`${style.red.bold('BUG:')} ${escapeControls(stack, 'newlines')}`];
  for (let cause = causeOf(error); cause !== undefined; cause = causeOf(cause)) {
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    lines.push(`Caused by: ${escapeControls(text, 'newlines')}`);
  }
  lines.push('This is a fault of aml-monitor itself; please report it with the lines above.');
  return lines.join('\n');
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function idsText({ facts: { code, status, correlationId } }: CliError): string {
  const parts = [
    code && `code ${code}`,
    status && `HTTP ${status}`,
    correlationId && `correlation id ${correlationId}`,
  ];
  return parts.filter(Boolean).join(', ');
}

/** Line and column of an offset, both from 1; a column is one UTF-16 unit, as Kusto counts them. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** The line in which the span starts, and a line with carets under what of it is on that line. */
function markedPlace(text: string, span: Span, style: Style, width?: number): readonly string[] {
  const { line, column } = lineAndColumn(text, span.start);
  const source = text.split(/\r\n|\n|\r/)[line - 1] ?? '';
  const start = column - 1;
  const end = Math.max(start, Math.min(source.length, start + span.end - span.start));
  return markedLine({ line, source, start, end }, style, width);
}
