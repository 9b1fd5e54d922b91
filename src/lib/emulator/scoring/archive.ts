import { WORKSPACE_TABLES } from '../../engine/telemetry-tables.js';
import { workspaceColumn } from '../../engine/workspace-tables.js';
import type { Cloud } from '../cloud.js';
import { categoriesOf } from '../resources/diagnostic-setting.js';
import { childrenOf, valueAt } from '../resources/resources.js';
import type { State } from '../state/state.js';
import { appendToBlobs, type BlobLines, type BlobText } from './blob-texts.js';

/** A row of telemetry as its component has it, and when it was received. */
export interface ReceivedRow {
  /** Its classic name. */
  readonly table: string;
  readonly row: object;
  readonly at: Date;
}

/**
 * Copies telemetry to where the component's diagnostic settings send it, if that is a storage account: JSON lines in
 * one append blob an hour of receipt and category.
 *
 * Known from: documented (Azure Monitor, resource logs sent to storage); recorded records of Application Insights.
 */
export async function archive(
  cloud: Cloud,
  state: State,
  componentId: string,
  rows: readonly ReceivedRow[],
  lines: BlobLines,
): Promise<void> {
  const settings = childrenOf(
    state,
    `${componentId}/providers/microsoft.insights/diagnosticSettings`,
    cloud.now(),
  );
  for (const [, text] of settings) {
    const setting: unknown = JSON.parse(text);
    const account = valueAt(setting, 'properties', 'storageAccountId');
    if (typeof account !== 'string' || !state.resources.has(account.toLowerCase())) continue;
    const categories = categoriesOf(setting);
    const wanted = rows.filter(({ table }) => categories.includes(WORKSPACE_TABLES[table] ?? ''));
    const texts = wanted.map((row) => recordOf(componentId, row));
    await appendToBlobs(cloud, account.split('/').at(-1) ?? '', texts, lines);
  }
}

function recordOf(componentId: string, { table, row, at }: ReceivedRow): BlobText {
  const category = WORKSPACE_TABLES[table] ?? table;
  const resourceId = componentId.toUpperCase();
  const [year, month, day, hour] = at.toISOString().split(/[-T:]/);
  const { timestamp: time, ...members } = Object.fromEntries(Object.entries(row));
  const facts = { time, resourceId, ResourceGUID: members.appId, Type: category };
  // Columns without a value are left out, and what is dynamic is no text.
  const columns = Object.entries(members).flatMap(([name, value]): [string, unknown][] => {
    const column = workspaceColumn(name, table);
    if (column === undefined || column in facts || column === '_ResourceId') return [];
    return [[column, column === 'Success' ? value === 'True' : value]];
  });
  const record = { ...facts, ...Object.fromEntries(columns) };
  const size = Buffer.byteLength(JSON.stringify(record));
  return {
    container: `insights-logs-${category.toLowerCase()}`,
    name: `resourceId=${resourceId}/y=${year}/m=${month}/d=${day}/h=${hour}/m=00/PT1H.json`,
    header: '',
    text: `${JSON.stringify({ ...record, _BilledSize: size })}\n`,
    at,
  };
}
