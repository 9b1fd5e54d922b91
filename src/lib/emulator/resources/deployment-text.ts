import { LOCAL_CONNECTION } from '../connection.js';
import { memberText, memberTexts, prependMembers, removeMember, setMember } from './json-text.js';
import { read, valueAt } from './resources.js';

export interface DeploymentIdentity {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** `Managed` or `Kubernetes`, from the endpoint. */
  readonly kind: string;
  readonly systemData: string;
  /** Where the operation that created it was followed. */
  readonly operationUri: string;
}

const READ_ONLY = ['id', 'name', 'type', 'systemData'] as const;

/**
 * The resource that a PUT leaves behind: the sent text, with what only the service may say put in and
 * what it adds where the sender said nothing. Every other character stays as it was sent.
 */
export function storedDeployment(
  sent: string,
  identity: DeploymentIdentity,
  apiVersion: string,
): string {
  let text: string = READ_ONLY.reduce((at, name) => removeMember(at, [name]), sent);
  text = removeMember(text, ['properties', 'provisioningState']);
  text = hideNewer(text, apiVersion);
  text = normalizeModes(text);
  for (const [name, value] of Object.entries(serviceDefaults(text))) {
    if (memberText(text, ['properties', name]) === undefined) {
      text = setMember(text, ['properties', name], value);
    }
  }
  if (read(text, 'properties', 'properties', 'AzureAsyncOperationUri') === undefined) {
    text = setMember(
      text,
      ['properties', 'properties', 'AzureAsyncOperationUri'],
      JSON.stringify(identity.operationUri),
    );
  }
  if (memberText(text, ['tags']) === undefined) text = setMember(text, ['tags'], '{}');
  if (memberText(text, ['kind']) === undefined)
    text = setMember(text, ['kind'], JSON.stringify(identity.kind));
  text = withSku(text);
  text = withIdentity(text);
  text = prependMembers(text, ['properties'], { provisioningState: '"Succeeded"' });
  const { id, name, type } = identity;
  text = prependMembers(text, [], {
    id: JSON.stringify(id),
    name: JSON.stringify(name),
    type: JSON.stringify(type),
  });
  return setMember(text, ['systemData'], identity.systemData);
}

/** What Azure fills in for an absent member of `properties`. */
function serviceDefaults(text: string): Readonly<Record<string, string>> {
  const probe =
    '{"failureThreshold":30,"successThreshold":1,"timeout":"PT2S","period":"PT10S","initialDelay":"PT10S"}';
  const managed = read(text, 'properties', 'endpointComputeType') === 'Managed';
  return {
    description: 'null',
    properties: '{}',
    environmentVariables:
      '{"AZUREML_MODEL_DIR":"/var/azureml-app/azureml-models/ridge/3","AZUREML_ENTRY_SCRIPT":"score.py","AML_APP_ROOT":"/var/azureml-app/onlinescoring"}',
    scaleSettings: '{"scaleType":"Default"}',
    requestSettings:
      '{"maxQueueWait":"PT0S","requestTimeout":"PT5S","maxConcurrentRequestsPerInstance":1}',
    modelMountPath: 'null',
    appInsightsEnabled: 'false',
    livenessProbe: probe,
    readinessProbe: probe,
    ...(managed && { egressPublicNetworkAccess: '"Enabled"' }),
    dataCollector: 'null',
  };
}

function withSku(text: string): string {
  const sku = memberText(text, ['sku']);
  if (sku === undefined)
    return setMember(text, ['sku'], '{"name":"Default","tier":"Standard","capacity":1}');
  return memberText(text, ['sku', 'tier']) === undefined
    ? setMember(text, ['sku', 'tier'], '"Standard"')
    : text;
}

/** A system-assigned identity gets its ids from the service. */
function withIdentity(text: string): string {
  const type = read(text, 'identity', 'type');
  if (typeof type !== 'string' || !type.includes('SystemAssigned')) return text;
  const ids = {
    principalId: '4b0d6f12-8c3e-4a75-9d21-f6e0a7b3c582',
    tenantId: LOCAL_CONNECTION.tenantId,
  };
  return Object.entries(ids).reduce(
    (at, [name, value]) => setMember(at, ['identity', name], JSON.stringify(value)),
    text,
  );
}

/** `enabled` is understood and answered as `Enabled`. */
function normalizeModes(text: string): string {
  return memberTexts(text, ['properties', 'dataCollector', 'collections']).reduce((at, [name]) => {
    const path = ['properties', 'dataCollector', 'collections', name, 'dataCollectionMode'];
    const mode = read(at, ...path);
    if (typeof mode !== 'string') return at;
    const proper = mode.charAt(0).toUpperCase() + mode.slice(1).toLowerCase();
    return proper === mode ? at : setMember(at, path, JSON.stringify(proper));
  }, text);
}

/**
 * The deployment as an api-version knows it. What a version does not know it neither shows nor stores, so a
 * PUT with it takes that away.
 *
 * Known from: documented (resource schemas of all versions: `dataCollector` since 2023-04-01-preview and,
 * of the stable versions, 2024-04-01; `startupProbe` since 2024-10-01).
 */
export function hideNewer(text: string, apiVersion: string): string {
  const collects = apiVersion >= (apiVersion.endsWith('-preview') ? '2023-04-01' : '2024-04-01');
  const shown = collects ? text : removeMember(text, ['properties', 'dataCollector']);
  return apiVersion >= '2024-10-01' ? shown : removeMember(shown, ['properties', 'startupProbe']);
}

/** What is wrong with a PUT, null if nothing is. Existing entries of `properties.properties` are for ever. */
export function findFault(value: unknown, existing: unknown, kind: string): string | null {
  const properties = valueAt(value, 'properties');
  if (typeof valueAt(value, 'location') !== 'string') return 'The Location field is required.';
  if (properties === undefined) return 'The Properties field is required.';
  const computeType = valueAt(properties, 'endpointComputeType');
  if (computeType !== kind) {
    return `The endpointComputeType '${String(computeType)}' does not fit an endpoint of kind '${kind}'.`;
  }
  const collector = valueAt(properties, 'dataCollector');
  if (collector !== null && collector !== undefined) {
    const collections = valueAt(collector, 'collections');
    if (typeof collections !== 'object' || collections === null)
      return 'The Collections field is required.';
    for (const [name, one] of Object.entries(collections)) {
      if (!/^(en|dis)abled$/i.test(String(valueAt(one, 'dataCollectionMode') ?? 'Disabled'))) {
        return `The dataCollectionMode of collection '${name}' is neither Enabled nor Disabled.`;
      }
      const rate = valueAt(one, 'samplingRate') ?? 1;
      if (typeof rate !== 'number' || rate < 0 || rate > 1) {
        return `The samplingRate of collection '${name}' is not between 0 and 1.`;
      }
    }
    const rolling = valueAt(collector, 'rollingRate') ?? 'Hour';
    if (!/^(year|month|day|hour|minute)$/i.test(String(rolling))) {
      return `The rollingRate '${String(rolling)}' is not one of Year, Month, Day, Hour, Minute.`;
    }
  }
  const known = valueAt(existing, 'properties', 'properties');
  for (const [name, one] of Object.entries(
    typeof known === 'object' && known !== null ? known : {},
  )) {
    const sent = valueAt(properties, 'properties', name);
    if (sent !== undefined && sent !== one) {
      return `The property '${name}' cannot be altered once it is set.`;
    }
  }
  return null;
}
