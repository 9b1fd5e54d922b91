import { createHmac, randomUUID } from 'node:crypto';
import { armFault } from '../answers.js';
import type { Call } from '../router.js';
import { openSigningKey } from '../sign-in/tokens.js';

/** Azure ML's operation ids name what they work on: `odidp` a deployment, `oeidp` an endpoint. */
export function newOperationId(of: 'deployment' | 'endpoint', workspaceGuid: string): string {
  return `${of === 'deployment' ? 'odidp' : 'oeidp'}:${workspaceGuid}:${randomUUID()}`;
}

/** The address of an operation without its signature, as `AzureAsyncOperationUri` keeps it. */
export function operationUri(
  origin: string,
  resourceId: string,
  id: string,
  apiVersion: string,
  kind: 'mfeOperationsStatus' | 'mfeOperationResults' = 'mfeOperationsStatus',
): string {
  const subscription = resourceId.split('/')[2];
  return `${origin}/subscriptions/${subscription}/providers/Microsoft.MachineLearningServices/locations/local/${kind}/${id}?api-version=${apiVersion}`;
}

/** The address that a caller follows: signed, and good only as it is. */
export async function signedUri(call: Call, uri: string): Promise<string> {
  const ticks = String(BigInt(call.now.getTime()) * 10_000n + 621_355_968_000_000_000n);
  const [s, h, c] = await signatures(call, new URL(uri).pathname, apiVersion(uri), ticks);
  return `${uri}&t=${ticks}&c=${c}&s=${s}&h=${h}`;
}

/** Refuses an operation's address of which anything was edited. */
export async function assertSigned(call: Call): Promise<void> {
  const { searchParams, pathname, href } = call.url;
  const expected = await signatures(call, pathname, apiVersion(href), searchParams.get('t') ?? '');
  const sent = ['s', 'h', 'c'].map((name) => searchParams.get(name));
  if (sent.every((one, at) => one === expected[at])) return;
  throw armFault({
    status: 403,
    code: 'AuthorizationFailed',
    message: 'The signature of the operation status address is missing or does not match it.',
  });
}

function apiVersion(uri: string): string {
  return new URL(uri).searchParams.get('api-version') ?? '';
}

async function signatures(call: Call, path: string, version: string, ticks: string) {
  const key = await openSigningKey(call.cloud.folder);
  const secret = key.export({ type: 'pkcs8', format: 'der' });
  const part = (name: string) =>
    createHmac('sha512', secret).update(`${name} ${path} ${version} ${ticks}`).digest('base64url');
  return [part('s'), part('h'), Array.from({ length: 20 }, (_, at) => part(`c${at}`)).join('')];
}
