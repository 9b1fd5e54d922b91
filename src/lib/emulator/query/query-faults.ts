import { CliError } from '../../errors.js';
import { type InnerFault, logsFault, type Refusal } from '../answers.js';

/**
 * What the engine threw, as Log Analytics would say it. KQL that is right but beyond this engine is
 * 501 `NotSupportedLocally`, which Azure never answers. Anything else goes up.
 */
export function queryFault(error: unknown, kql: string): Refusal {
  if (!(error instanceof CliError)) throw error;
  const { kind, facts, message } = error;
  const place = facts.kql ? placeOf(facts.kql.text || kql, facts.kql.span) : {};
  if (kind === 'unsupported') {
    return logsFault({
      status: 501,
      code: 'NotSupportedLocally',
      message: 'The local query engine cannot run this query; Azure can.',
      innererror: { code: facts.code ?? 'NotSupportedLocally', message, ...place },
    });
  }
  if (kind !== 'usage') throw error;
  const code = facts.code ?? 'SEM0001';
  const inner: InnerFault = { code, message, ...place };
  return badArgument(
    isSyntax(code)
      ? {
          code: 'SyntaxError',
          message: 'A recognition error occurred in the query.',
          innererror: inner,
        }
      : { code: 'SemanticError', message: 'A semantic error occurred.', innererror: inner },
  );
}

export function badArgument(innererror: InnerFault): Refusal {
  return logsFault({
    status: 400,
    code: 'BadArgumentError',
    message: 'The request had some invalid properties',
    innererror,
  });
}

/** Kusto numbers what the parser finds below 100 and what the binder finds from 100 on. */
function isSyntax(code: string): boolean {
  if (code.startsWith('SYN')) return true;
  const number = /^KS(\d+)$/.exec(code)?.[1];
  return number !== undefined && Number(number) < 100;
}

/** Line from 1, position in it from 0, and the word: as a recorded answer counts. */
function placeOf(text: string, { start, end }: { readonly start: number; readonly end: number }) {
  const before = text.slice(0, start);
  const lineStart = before.lastIndexOf('\n') + 1;
  return {
    line: before.split('\n').length,
    pos: start - lineStart,
    token: text.slice(start, end),
  };
}
