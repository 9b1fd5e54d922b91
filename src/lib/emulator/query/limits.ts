export interface Limits {
  readonly rows: number;
  readonly bytes: number;
}

const SETTING = /^(\s*(?:\/\/[^\n]*\n\s*)*)set\s+(\w+)(?:\s*=\s*(\w+))?\s*;/i;

/**
 * Takes the leading `set` statements off a query. They become spaces, so that places in the text stay
 * the same. `truncationmaxrecords` and `truncationmaxsize` only lower the limits.
 */
export function readSettings(
  kql: string,
  limits: Limits,
): { readonly kql: string; readonly limits: Limits } {
  const match = SETTING.exec(kql);
  if (!match) return { kql, limits };
  const [statement, lead = '', name = '', value] = match;
  const number = Number(value);
  const lowered = {
    rows:
      name.toLowerCase() === 'truncationmaxrecords' ? Math.min(limits.rows, number) : limits.rows,
    bytes:
      name.toLowerCase() === 'truncationmaxsize' ? Math.min(limits.bytes, number) : limits.bytes,
  };
  const blank = lead + statement.slice(lead.length).replace(/[^\n]/g, ' ');
  return readSettings(blank + kql.slice(statement.length), lowered);
}

/** Why rows are missing, with the code that Azure gives the reason. */
export interface CutReason {
  readonly code: string;
  readonly message: string;
}

export function rowsExceeded(limit: number): CutReason {
  const message = `Query result set has exceeded the internal record count limit ${limit} (E_QUERY_RESULT_SET_TOO_LARGE; see https://aka.ms/kustoquerylimits)`;
  return { code: RESULT_TOO_LARGE, message };
}

export function bytesExceeded(limit: number): CutReason {
  const message = `The results of this query exceed the set limit of ${limit} bytes, so not all records were returned (E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003). See https://aka.ms/kustoquerylimits for more information and possible solutions.`;
  return { code: RESULT_TOO_LARGE, message };
}

/** What only happens while the query runs: to a service out of memory. */
export function runtimeError(cause: unknown): CutReason {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return { code: LOW_MEMORY, message: `Low memory condition (E_LOW_MEMORY_CONDITION): ${reason}` };
}

const RESULT_TOO_LARGE = String(0x80da0003 | 0);
const LOW_MEMORY = String(0x80da0007 | 0);

/** The `error` beside the tables of an answer that was cut. The status stays 200. */
export function partialError({ code, message }: CutReason) {
  return {
    code: 'PartialError',
    message: 'There were some errors when processing your query.',
    details: [
      {
        code: 'EngineError',
        message: 'Something went wrong processing your query on the server.',
        innererror: { code, message, severity: 2, severityName: 'Error' },
      },
    ],
  };
}
