import type { EngineResult } from '../../engine/engine.js';
import { printRow } from './wire.js';

export interface Limits {
  readonly rows: number;
  readonly bytes: number;
}

export interface Page {
  /** The rows as the text of a JSON array. */
  readonly rowsText: string;
  readonly rowCount: number;
  /** Why rows are missing, null if none are. */
  readonly cutBecause: string | null;
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

/** Reads rows until there are no more or a limit is reached. */
export async function readPage(result: EngineResult, limits: Limits): Promise<Page> {
  const rows: string[] = [];
  let bytes = 0;
  for await (const row of result.rows) {
    const text = printRow(row, result.columns);
    bytes += Buffer.byteLength(text) + 1;
    if (rows.length === limits.rows) {
      return page(
        rows,
        `Query result set has exceeded the internal record count limit ${limits.rows} (E_QUERY_RESULT_SET_TOO_LARGE; see https://aka.ms/kustoquerylimits)`,
      );
    }
    if (bytes > limits.bytes) {
      return page(
        rows,
        `The results of this query exceed the set limit of ${limits.bytes} bytes, so not all records were returned (E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003). See https://aka.ms/kustoquerylimits for more information and possible solutions.`,
      );
    }
    rows.push(text);
  }
  return page(rows, null);
}

function page(rows: readonly string[], cutBecause: string | null): Page {
  return { rowsText: `[${rows.join(',')}]`, rowCount: rows.length, cutBecause };
}

/** The `error` beside the tables of an answer that was cut. The status stays 200. */
export function partialError(reason: string) {
  return {
    code: 'PartialError',
    message: 'There were some errors when processing your query.',
    details: [
      {
        code: 'EngineError',
        message: 'Something went wrong processing your query on the server.',
        innererror: { code: '-2133196797', message: reason, severity: 2, severityName: 'Error' },
      },
    ],
  };
}
