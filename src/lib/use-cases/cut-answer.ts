import type { PartialError } from '../azure/gateways.js';
import { CliError } from '../errors.js';
import { sizeText } from '../model/size.js';

/**
 * Why Azure sent less than the whole answer, as the error of exit status 8.
 *
 * Contract: the innermost code of a PartialError is Kusto's, as a signed number or in hexadecimal: 0x80DA0003 the
 * result is too large, in rows or in bytes, which only the words tell apart; 0x80DA0001 the query used too much
 * memory; 0x80DA0007 the service ran low on it.
 * Known from: recorded answers of the Azure SDKs; documented, Kusto "Query limits" and "Runaway queries".
 *
 * @param kql may hold a limit of its own: `set truncationmaxrecords=…`
 */
export function cutError(cut: PartialError, rowCount: number, kql: string): CliError {
  const { because, hint } = explain(cut, kql);
  const isSaved = cut.file !== undefined;
  const place = isSaved ? `in "${cut.file}"` : `after ${countText(rowCount)}`;
  const message = because
    ? `Azure cut the answer ${place}: ${because}.`
    : `Azure cut the answer ${place}: ${cut.message}`;
  const accept = isSaved
    ? 'accept what the file holds with --allow-partial'
    : 'accept what came with --allow-partial';
  return new CliError('incomplete', message, {
    code: cut.code,
    hint: isSaved ? `Ask Azure for less at a time, or ${accept}.` : `${hint}, or ${accept}.`,
    ...(because && { original: cut.message }),
  });
}

interface Explanation {
  /** Undefined: a reason that only Azure's words can tell. */
  readonly because?: string;
  /** The next step, to go on with `, or …`. */
  readonly hint: string;
}

const TOO_LARGE = 0x80da0003;
const RUNAWAY = 0x80da0001;
const LOW_MEMORY = 0x80da0007;

const LOOK_AT_LESS = 'Filter first, join and summarize less at a time';

function explain({ code, message }: PartialError, kql: string): Explanation {
  const number = numberOf(code);
  const rows = /record count limit (\d+)/i.exec(message)?.[1];
  const bytes = /(?:data size limit|set limit of) (\d+)/i.exec(message)?.[1];
  if (rows !== undefined || bytes !== undefined) {
    const most = rows === undefined ? sizeText(Number(bytes)) : countText(Number(rows));
    const own = /\bset\s+(truncationmax(?:records|size))\b/i.exec(kql)?.[1];
    return own === undefined
      ? { because: `it sends ${most} at most`, hint: COPY_ALL }
      : { because: `${own} allows ${most}`, hint: `Raise ${own} in the KQL` };
  }
  if (number === RUNAWAY || message.includes('E_RUNAWAY_QUERY')) {
    return { because: 'the query used more memory than it may', hint: LOOK_AT_LESS };
  }
  if (number === LOW_MEMORY || message.includes('E_LOW_MEMORY_CONDITION')) {
    return { because: 'the service ran low on memory', hint: `Try again. ${LOOK_AT_LESS}` };
  }
  if (/time-?out|timed out|execution time|time limit/i.test(message)) {
    return { because: 'the query ran longer than it may', hint: 'Narrow the time range' };
  }
  return number === TOO_LARGE
    ? { because: 'it is larger than what Azure sends', hint: COPY_ALL }
    : { hint: 'Narrow the time range or the columns' };
}

const COPY_ALL = 'Copy all of it, however much, with aml-monitor export, narrow the query';

/** Whether the answer was cut where it held as much as the service sends; otherwise it ended for another reason. */
export function isCutBySize({ code, message }: PartialError): boolean {
  return numberOf(code) === TOO_LARGE || /record count limit|data size limit/i.test(message);
}

/** `-2133196797`, `0x80DA0003` and `80DA0003` are one code. */
function numberOf(code: string): number {
  return Number(/^[0-9a-f]{8}$/i.test(code) ? `0x${code}` : code) >>> 0;
}

function countText(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`;
}
