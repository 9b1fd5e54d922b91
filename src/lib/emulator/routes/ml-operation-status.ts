import { jsonText, mlFault } from '../answers.js';
import { assertSigned } from '../resources/ml-operations.js';
import { apiVersionOf, findResource, localize } from '../resources/resources.js';
import { type Call, type Route, route } from '../router.js';
import { authorizeSubscription } from '../sign-in/authorize.js';
import { type Operation, operationState } from '../state/state.js';
import { shown } from './deployments.js';
import { provisioningState } from './online-endpoints.js';

const LOCATION =
  '/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/locations/{location}';

/**
 * How the operations of endpoints and deployments are going.
 *
 * Contract: the addresses in `Azure-AsyncOperation` and `Location` of a PUT, PATCH or DELETE.
 * Known from: recordings of 2022 to 2025; the document of a failed operation from ARM's rules.
 */
export const mlOperationRoutes: readonly Route[] = [
  route('GET', `${LOCATION}/mfeOperationsStatus/{operation}`, status),
  route('GET', `${LOCATION}/mfeOperationResults/{operation}`, result),
];

async function status(call: Call): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  await assertSigned(call);
  const operation = await getOperation(call);
  const state = operationState(operation, call.now);
  const facts = {
    id: decodeURIComponent(call.url.pathname),
    name: operation.id,
    status: state === 'running' ? provisioningState(operation, call.now) : capitalize(state),
    startTime: precise(operation.startedAt),
    endTime: state === 'running' ? '0001-01-01T00:00:00+00:00' : precise(operation.endsAt),
    percentComplete: 0,
    ...(state === 'failed' && { error: { details: [], ...operation.error } }),
  };
  // As recorded: the number is written with its point, even at the end.
  return jsonText(JSON.stringify(facts).replace('"percentComplete":0', '"percentComplete":0.0'));
}

/** What a deletion or a PATCH leads to: 202 until it is done. */
async function result(call: Call): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  await assertSigned(call);
  const operation = await getOperation(call);
  const phase = operationState(operation, call.now);
  if (phase === 'running') {
    const headers = { location: call.url.href, 'retry-after': '10' };
    return new Response(null, { status: 202, headers });
  }
  if (phase === 'failed') {
    const { code = '', message = '', details = [] } = operation.error ?? {};
    throw mlFault({ status: 400, code, message, details }, call.now);
  }
  const state = await call.cloud.store.read();
  const text = findResource(state, operation.resource, call.now);
  if (text === undefined) return new Response(null, { status: 204 });
  return jsonText(
    localize(call, shown(state, operation.resource, text, call.now, apiVersionOf(call))),
  );
}

async function getOperation(call: Call): Promise<Operation> {
  const id = decodeURIComponent(call.url.pathname).split('/').at(-1);
  const { facts } = await call.cloud.store.read();
  const operation = facts.operations.find((one) => one.id === id);
  if (operation) return operation;
  throw mlFault(
    { status: 404, code: 'ResourceNotFound', message: `Operation ${id} was not found.` },
    call.now,
  );
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function precise(instant: string): string {
  return instant.replace(/Z$/, '0000+00:00');
}
