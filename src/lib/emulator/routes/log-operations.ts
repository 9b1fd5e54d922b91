import { armFault, json } from '../answers.js';
import { type Call, type Route, route } from '../router.js';
import { authorizeSubscription } from '../sign-in/authorize.js';
import { type Operation, operationState } from '../state/state.js';

const NAMESPACE = 'providers/Microsoft.OperationalInsights/locations/local/operationStatuses';

/**
 * How changes of tables are going.
 *
 * Contract: the address in `Azure-AsyncOperation` of a PUT or PATCH.
 * Known from: documented (ARM, asynchronous operations).
 */
export const logOperationRoutes: readonly Route[] = [
  route('GET', `/subscriptions/{subscription}/${NAMESPACE}/{id}`, async (call, { id = '' }) => {
    await authorizeSubscription(call, 'arm');
    const { facts } = await call.cloud.store.read();
    const operation = facts.operations.find((one) => one.id === id);
    if (!operation) {
      const message = `The operation '${id}' was not found.`;
      throw armFault({ status: 404, code: 'ResourceNotFound', message });
    }
    const phase = operationState(operation, call.now);
    const status = { running: 'InProgress', failed: 'Failed', succeeded: 'Succeeded' }[phase];
    return json({
      id: decodeURIComponent(call.url.pathname),
      name: id,
      status,
      startTime: operation.startedAt,
      ...(phase !== 'running' && { endTime: operation.endsAt }),
      ...(phase === 'failed' && { error: operation.error }),
    });
  }),
];

/** Where to ask after a change that was accepted. */
export function logsOperationHeaders({ origin, url }: Call, operation: Operation) {
  const subscription = operation.resource.split('/')[2];
  const version = url.searchParams.get('api-version');
  const status = `${origin}/subscriptions/${subscription}/${NAMESPACE}/${operation.id}?api-version=${version}`;
  return { 'azure-asyncoperation': status, location: origin + url.pathname + url.search };
}
