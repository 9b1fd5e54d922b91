import { lastOperation, operationState, type State } from '../state/state.js';
import { setMember } from './json-text.js';
import { serviceId } from './resource-ids.js';
import { valueAt } from './resources.js';

/** The text of a v1 service as it stands: a change that failed has left no trace but its error. */
export function findService(
  state: State,
  scope: string,
  name: string,
  now: Date,
): string | undefined {
  const id = serviceId(scope, name);
  const text = state.resources.get(id.toLowerCase());
  const operation = lastOperation(state, id);
  if (text === undefined || !operation) return text;
  switch (operationState(operation, now)) {
    case 'running':
      return setMember(text, ['state'], '"Transitioning"');
    case 'failed': {
      const before = setMember(operation.before ?? text, ['state'], '"Failed"');
      return setMember(before, ['error'], JSON.stringify(operation.error));
    }
    case 'succeeded':
      return text;
  }
}

/** The filters of a list: all that are given have to hold. */
export function fitsFilters(service: unknown, asked: URLSearchParams): boolean {
  const models = Object.keys(valueAt(service, 'modelConfigMap', 'models') ?? {});
  const has = (values: unknown, wanted: string) =>
    wanted.split(',').every((one) => {
      const [key = '', value] = one.split('=');
      const found = valueAt(values, key);
      return found !== undefined && (value === undefined || String(found) === value);
    });
  const checks: Readonly<Record<string, (wanted: string) => boolean>> = {
    computeType: (wanted) => valueAt(service, 'computeType') === wanted.toUpperCase(),
    serviceName: (wanted) => valueAt(service, 'name') === wanted,
    imageId: (wanted) => valueAt(service, 'imageId') === wanted,
    imageDigest: (wanted) => valueAt(service, 'imageDigest') === wanted,
    modelName: (wanted) => models.includes(wanted),
    modelId: (wanted) => models.includes(wanted.split(':')[0] ?? ''),
    tags: (wanted) => has(valueAt(service, 'kvTags'), wanted),
    properties: (wanted) => has(valueAt(service, 'properties'), wanted),
  };
  return Object.entries(checks).every(([name, check]) => {
    const wanted = asked.get(name);
    return wanted === null || wanted === '' || check(wanted);
  });
}
