import type { LogsQueryGateway, QueryOptions } from '../azure/gateways.js';
import { CliError } from '../errors.js';
import type { Report } from '../host.js';
import { skipRows } from './counted-table.js';

/** Tables that the caller may not read: to a query they look empty. */
export async function findDeniedTables(
  logsQuery: LogsQueryGateway,
  componentId: string,
  kql: string,
  options: QueryOptions,
): Promise<readonly string[]> {
  const answer = await logsQuery.query(componentId, kql, { ...options, includePermissions: true });
  for await (const table of answer.tables) await skipRows(table);
  return answer.ending().deniedTables;
}

/** @throws {CliError} `auth` if the KQL asks one of these tables */
export function reportDenied(
  denied: readonly string[],
  kql: string,
  report: Pick<Report, 'note'>,
): void {
  const names = denied.join(', ');
  const isAsked = denied.some((name) => {
    const classic = name.replace(/^App(?=[A-Z])/, '');
    return [name, classic, `custom${classic}`].some((word) =>
      new RegExp(`\\b${escapeRegExp(word)}\\b`, 'i').test(kql),
    );
  });
  if (!isAsked) {
    report.note(`You may not read these tables: ${names}.`);
    return;
  }
  throw new CliError('auth', `The answer is empty because you may not read ${names}.`, {
    hint: 'The role Log Analytics Reader on the component allows it; a new role may take an hour.',
  });
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
