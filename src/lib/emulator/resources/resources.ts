import { armFault, jsonText } from '../answers.js';
import type { Call } from '../router.js';
import { lastOperation, operationState, type State } from '../state/state.js';

/** Stands in stored text for the address at which the cloud is reached, which differs from start to start. */
export const ORIGIN = 'https://origin.invalid';

/** Stored text as a caller sees it. */
export function localize({ origin }: Pick<Call, 'origin'>, text: string): string {
  return text.replaceAll(ORIGIN, origin);
}

/** The text of a resource, undefined if there is none or its deletion is done. */
export function findResource(state: State, id: string, now: Date): string | undefined {
  const operation = lastOperation(state, id);
  const deleted = operation?.kind === 'delete' && operationState(operation, now) === 'succeeded';
  return deleted ? undefined : state.resources.get(id.toLowerCase());
}

/** As `findResource`; ARM's 404 names the nearest thing that is missing. */
export function getResource(state: State, id: string, now: Date): string {
  const text = findResource(state, id, now);
  if (text !== undefined) return text;
  const [, , subscription = '', , group = '', , provider = '', ...rest] = id.split('/');
  if (!state.resources.has(`/subscriptions/${subscription}`.toLowerCase())) {
    throw armFault({
      status: 404,
      code: 'SubscriptionNotFound',
      message: `The subscription '${subscription}' could not be found.`,
    });
  }
  if (
    !state.resources.has(`/subscriptions/${subscription}/resourceGroups/${group}`.toLowerCase())
  ) {
    throw armFault({
      status: 404,
      code: 'ResourceGroupNotFound',
      message: `Resource group '${group}' could not be found.`,
    });
  }
  throw armFault({
    status: 404,
    code: 'ResourceNotFound',
    message: `The Resource '${[provider, ...rest].join('/')}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  });
}

/** The ids and texts of the resources that lie directly below a path such as `…/onlineEndpoints`. */
export function childrenOf(state: State, path: string, now: Date): [id: string, text: string][] {
  const prefix = `${path.toLowerCase()}/`;
  return [...state.resources.keys()]
    .filter((id) => id.startsWith(prefix) && !id.slice(prefix.length).includes('/'))
    .flatMap((id): [string, string][] => {
      const text = findResource(state, id, now);
      return text === undefined ? [] : [[id, text]];
    });
}

/** One page of a list: ARM's `{value, nextLink}`, with `$skipToken` for the way on. */
export function listPage(call: Call, texts: readonly string[], pageSize: number): Response {
  const { searchParams } = call.url;
  const skip = Number(searchParams.get('$skipToken') ?? searchParams.get('$skip') ?? 0);
  const asked = Number(searchParams.get('$top') ?? searchParams.get('count') ?? pageSize);
  const count = Number.isInteger(asked) && asked > 0 ? Math.min(asked, pageSize) : pageSize;
  const page = texts.slice(skip, skip + count).map((text) => localize(call, text));
  const next = new URL(call.origin + call.url.pathname + call.url.search);
  next.searchParams.delete('$skip');
  next.searchParams.set('$skipToken', String(skip + count));
  const link = skip + count < texts.length ? `,"nextLink":${JSON.stringify(next.href)}` : '';
  return jsonText(`{"value":[${page.join(',')}]${link}}`);
}

/** The api-version of the request, such as `2024-10-01` or `2023-04-01-preview`. */
export function apiVersionOf({ url }: Call): string {
  const version = url.searchParams.get('api-version');
  if (version === null) {
    throw armFault({
      status: 400,
      code: 'MissingApiVersionParameter',
      message: 'The api-version query parameter (?api-version=) is required for all requests.',
    });
  }
  if (/^20\d\d-\d\d-\d\d(-preview)?$/.test(version)) return version;
  throw armFault({
    status: 400,
    code: 'InvalidApiVersionParameter',
    message: `The api-version '${version}' is invalid. The supported versions are dates.`,
  });
}

/** The JSON object that a request sent, as text and as a value. */
export async function readObject(
  call: Call,
): Promise<{ text: string; value: Record<string, unknown> }> {
  const text = await call.request.text();
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return { text, value };
  } catch {}
  throw armFault({
    status: 400,
    code: 'InvalidRequestContent',
    message: 'The request content was invalid and could not be deserialized.',
  });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of parsed JSON by its path, undefined where there is none. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), value);
}

/** As `valueAt` on JSON text. */
export function read(text: string, ...path: readonly string[]): unknown {
  return valueAt(JSON.parse(text), ...path);
}

/** Refuses a name that could not be one, before anything is stored under it. */
export function assertName(name: string): void {
  if (/^[a-z0-9][\w.-]{0,63}$/i.test(name)) return;
  throw armFault({
    status: 400,
    code: 'InvalidResourceName',
    message: `'${name}' is not a valid name: letters, digits, -, _ and ., at most 64 of them.`,
  });
}
