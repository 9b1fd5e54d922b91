import { CliError } from '../errors.js';
import type { Cloud } from './cloud.js';
import type { Change } from './gateways.js';
import { isObject, readAny, readArray, readBoolean, readNumber, readString } from './payload.js';
import type {
  DiagnosticCategory,
  DiagnosticLine,
  DiagnosticSetting,
  DiagnosticSettingsGateway,
} from './telemetry-gateways.js';
import type { AzureHttp } from './wire/http.js';

const API_VERSION = '2021-05-01-preview';
const JSON_TYPE = 'application/json';
const ROLE = 'Monitoring Contributor';
/** How often a change is decided on before it is given up, as others change the same setting. */
const MOST_DECISIONS = 5;

/** Members of `properties` that are no destination of a kind unknown here. */
const KNOWN = new Set([
  ...['storageAccountId', 'workspaceId', 'eventHubAuthorizationRuleId', 'eventHubName'],
  ...['marketplacePartnerId', 'logAnalyticsDestinationType', 'logs', 'metrics'],
]);

/**
 * Gateway to diagnostic settings. A change is a read and a PUT of the whole: the text of the read, edited.
 *
 * Contract: Microsoft.Insights/diagnosticSettings and diagnosticSettingsCategories 2021-05-01-preview, below any
 * resource. PUT answers 200, DELETE 200 or 204. There is no ETag: the setting is read
 * once more after the decision, right before the PUT.
 * Known from: documented, azure-rest-api-specs; "Diagnostic settings in Azure Monitor".
 */
export function createDiagnosticSettingsGateway({
  http,
  cloud,
}: {
  readonly http: AzureHttp;
  readonly cloud: Pick<Cloud, 'armEndpoint'>;
}): DiagnosticSettingsGateway {
  const below = (resourceId: string, path: string) =>
    `${cloud.armEndpoint}${resourceId}/providers/Microsoft.Insights/${path}?api-version=${API_VERSION}`;

  return {
    async list(resourceId) {
      const settings: DiagnosticSetting[] = [];
      const url = below(resourceId, 'diagnosticSettings');
      for await (const item of http.list(url, { role: ROLE })) settings.push(toSetting(item));
      return settings;
    },
    async listCategories(resourceId) {
      const categories: DiagnosticCategory[] = [];
      const url = below(resourceId, 'diagnosticSettingsCategories');
      for await (const item of http.list(url, { role: ROLE })) categories.push(toCategory(item));
      return categories;
    },
    async change(resourceId, name, decide, { dryRun, onSend }): Promise<Change> {
      const url = below(resourceId, `diagnosticSettings/${encodeURIComponent(name)}`);
      const { bodyOf, putBody, readSettingText } = await import('./diagnostics/setting-text.js');
      const read = async () => {
        const answer = await http.send('GET', url, { allow: [404], role: ROLE });
        const current = answer.status === 404 ? null : readSettingText(answer.text);
        return { current, body: answer.body, before: current && putBody(current) };
      };
      let latest = await read();
      for (let decisions = 0; decisions < MOST_DECISIONS; decisions += 1) {
        const { current, before } = latest;
        const edit = await decide(current && toSetting(latest.body));
        if (edit === null || (edit === 'removed' && before === null)) return ALREADY;
        const body = edit === 'removed' ? '' : bodyOf(edit, current);
        if (body === before) return ALREADY;
        const method = edit === 'removed' ? 'DELETE' : 'PUT';
        const request = { method, url, contentType: body === '' ? '' : JSON_TYPE, body } as const;
        const outcome = { changed: true, requests: [request], before: before ?? '' };
        if (dryRun) return { ...outcome, applied: false };
        // Deciding may have taken minutes, if a person was asked.
        latest = await read();
        if (latest.before !== before) continue;
        onSend();
        const content = body === '' ? {} : { body, contentType: JSON_TYPE };
        // Gone already is as good as deleted.
        const allow = method === 'DELETE' ? [404] : [];
        await http.send(method, url, { ...content, allow, role: ROLE });
        return { ...outcome, applied: true };
      }
      const message = `The diagnostic setting "${name}" is changed by something else again and again; nothing was sent.`;
      throw new CliError('service', message, { hint: 'Look with: aml-monitor archive status.' });
    },
  };
}

const ALREADY: Change = { changed: false, applied: true, requests: [], before: null };

function toCategory(item: unknown): DiagnosticCategory {
  const type = readString(item, 'properties.categoryType', { ifAbsent: 'Logs' });
  return {
    name: readString(item, 'name'),
    isLog: type.toLowerCase() === 'logs',
    groups: readArray(item, 'properties.categoryGroups', { ifAbsent: [] }).flatMap((group) =>
      isText(group) ? [group] : [],
    ),
  };
}

/** Azure writes null or an empty text where a setting has no such destination. */
function toSetting(item: unknown): DiagnosticSetting {
  const text = (name: string) => readString(item, `properties.${name}`, { ifAbsent: null }) || null;
  const ruleId = text('eventHubAuthorizationRuleId');
  const properties = readAny(item, 'properties');
  return {
    name: readString(item, 'name'),
    storageAccountId: text('storageAccountId'),
    logWorkspaceId: text('workspaceId'),
    eventHub: ruleId === null ? null : { ruleId, name: text('eventHubName') },
    partnerId: text('marketplacePartnerId'),
    others: Object.entries(isObject(properties) ? properties : {})
      .filter(([name, value]) => !KNOWN.has(name) && isText(value))
      .map(([name]) => name),
    logs: readArray(item, 'properties.logs', { ifAbsent: [] }).map(toLine),
    metrics: readArray(item, 'properties.metrics', { ifAbsent: [] }).map(toLine),
  };
}

function toLine(line: unknown): DiagnosticLine {
  const isRetained = readBoolean(line, 'retentionPolicy.enabled', { ifAbsent: false });
  const days = readNumber(line, 'retentionPolicy.days', { ifAbsent: 0 });
  return {
    category: readString(line, 'category', { ifAbsent: null }) || null,
    group: readString(line, 'categoryGroup', { ifAbsent: null }) || null,
    enabled: readBoolean(line, 'enabled', { ifAbsent: false }),
    retentionDays: isRetained ? days : null,
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
