import { CliError, type ErrorFacts, type Span } from '../../errors.js';
import { isObject, readAny } from '../payload.js';
import {
  type FailedAnswer,
  factsOf,
  originalOf,
  readServiceError,
  sentence,
  toCliError,
} from '../wire/service-error.js';

/** The innermost reason of an error: Kusto's own. */
export interface InnerError {
  readonly code: string;
  readonly message: string;
  readonly line: number | undefined;
  readonly pos: number | undefined;
  readonly token: string | undefined;
}

/** Follows `innererror` down; the level above counts where the last one has no code. */
export function innermost(error: unknown): InnerError {
  let found: unknown = error;
  for (let next = error; isObject(next); next = next.innererror) {
    if (typeof next.code === 'string') found = next;
  }
  const [code, message, line, pos, token] = ['code', 'message', 'line', 'pos', 'token'].map(
    (name) => readAny(found, name),
  );
  return {
    code: typeof code === 'string' ? code : '',
    message: typeof message === 'string' ? message : '',
    line: typeof line === 'number' ? line : undefined,
    pos: typeof pos === 'number' ? pos : undefined,
    token: typeof token === 'string' ? token : undefined,
  };
}

const COMPONENT_GONE =
  'The Application Insights component may have been deleted: aml-monitor show names it.';
/** The codes first; the words are for what the codes leave open. */
const BASIC_PLAN = /UnsupportedApiQueryValidationError|\bbasic (logs|plan)\b/i;
const NETWORK = /NspValidationFailedError|private ?link|public network|network security perimeter/i;

/**
 * The error for a refused query.
 *
 * Contract: Log Analytics query API v1, `{error: {code, message, correlationId, innererror: {…}}}`; a table on the
 * Basic plan is `UnsupportedApiQueryValidationError`, a closed network `NspValidationFailedError`.
 * Known from: documented, "Azure Monitor Log Analytics API errors"; answers quoted in grafana/grafana#89818 and
 * Azure/azure-sdk-for-go#24606.
 */
export function queryError(answer: FailedAnswer, kql: string): CliError {
  const body = parse(answer.text);
  const outer = readServiceError(body);
  const inner = innermost(readAny(body, 'error'));
  const said = inner.message || outer.message;
  const message = sentence(said || `Azure answered ${answer.status}.`);
  const known: ErrorFacts = {
    ...factsOf(outer, answer),
    ...(inner.code ? { code: inner.code } : {}),
  };
  const facts = { ...known, ...originalOf(said, message) };
  /** For a sentence of our own. */
  const translated = { ...known, ...originalOf(said) };
  const all = `${outer.code} ${inner.code} ${outer.message} ${inner.message}`;

  switch (answer.status) {
    case 400: {
      if (BASIC_PLAN.test(all)) {
        return new CliError('unsupported', 'A table of the query has the Basic plan.', {
          ...translated,
          hint: 'Such tables are only read from the workspace: switch the table to the Analytics plan.',
        });
      }
      if (outer.code === 'FailedToResolveResource' || inner.code === 'FailedToResolveResource') {
        return new CliError('not-found', message, { ...facts, hint: COMPONENT_GONE });
      }
      const span = spanOf(kql, inner);
      const hint = hintForName(message);
      return new CliError('usage', message, {
        ...facts,
        ...(hint ? { hint } : {}),
        ...(span ? { kql: { text: kql, span } } : {}),
      });
    }
    case 403:
      if (/^Invalid(AuthenticationToken|TokenError)/.test(outer.code ?? ''))
        return toCliError({ ...answer, status: 401 });
      if (NETWORK.test(all)) {
        return new CliError(
          'auth',
          'The telemetry can only be read from inside its private network.',
          {
            ...translated,
            hint: 'Run this from a machine in the virtual network, or allow queries from public networks.',
          },
        );
      }
      return new CliError('auth', message, {
        ...facts,
        hint: 'Ask for the role Reader or Log Analytics Reader on the Application Insights component.',
      });
    case 404:
      return new CliError('not-found', message, {
        ...facts,
        hint: COMPONENT_GONE,
      });
    case 408:
    case 504:
      return new CliError('timeout', 'The query took longer than the service allows.', {
        ...translated,
        hint: 'Narrow the time range, filter earlier, or summarize.',
      });
    case 429:
      return new CliError('service', 'Log Analytics refuses more queries for now.', {
        ...translated,
        hint: 'It runs 5 queries of one user at a time: try again in a minute.',
      });
    case 501: {
      const span = spanOf(kql, inner);
      return new CliError('unsupported', message, {
        ...facts,
        ...(span ? { kql: { text: kql, span } } : {}),
      });
    }
  }
  return toCliError(answer);
}

/** The place that Azure means. `line` counts from 1, `pos` from 0; without them, where the unknown name is. */
export function spanOf(kql: string, { line, pos, token, message }: InnerError): Span | undefined {
  if (line === undefined || pos === undefined) return spanOfName(kql, message);
  const starts = [0, ...[...kql.matchAll(/\r\n|\n|\r/g)].map((end) => end.index + end[0].length)];
  const lineStart = starts[line - 1];
  if (lineStart === undefined) return undefined;
  const start = Math.min(lineStart + pos, kql.length);
  const length = token && kql.startsWith(token, start) ? token.length : 1;
  return { start, end: Math.min(start + length, kql.length) };
}

/**
 * A table that the service does not know, though it should.
 *
 * Contract: in the scope of a component tables have their classic names, and one that the caller may not read is
 * as unknown as one that is not there.
 * Known from: documented, "Log query scope in Azure Monitor", "Querying logs for Azure resources".
 */
function hintForName(message: string): string | undefined {
  const name = nameIn(message);
  if (name === undefined) return undefined;
  const [classic] = CLASSIC_TABLES.find(([, own]) => own === name) ?? [];
  if (classic) return `A component has its tables under their classic names: ${classic}.`;
  return CLASSIC_TABLES.some(([table]) => table === name)
    ? 'It has no rows yet, or you may not read it: Log Analytics Reader on the component is the role for that.'
    : undefined;
}

/** Tables of a component, each with its name in a workspace. */
const CLASSIC_TABLES = [
  ['traces', 'AppTraces'],
  ['requests', 'AppRequests'],
  ['dependencies', 'AppDependencies'],
  ['exceptions', 'AppExceptions'],
  ['customEvents', 'AppEvents'],
  ['customMetrics', 'AppMetrics'],
  ['performanceCounters', 'AppPerformanceCounters'],
  ['availabilityResults', 'AppAvailabilityResults'],
  ['pageViews', 'AppPageViews'],
  ['browserTimings', 'AppBrowserTimings'],
] as const;

function nameIn(message: string): string | undefined {
  return /named '([^']+)'/.exec(message)?.[1];
}

function spanOfName(kql: string, message: string): Span | undefined {
  const name = nameIn(message);
  if (name === undefined) return undefined;
  const word = new RegExp(`(?<![\\w])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w])`);
  const start = kql.search(word);
  return start === -1 ? undefined : { start, end: start + name.length };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
