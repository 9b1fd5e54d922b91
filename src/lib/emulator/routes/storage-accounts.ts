import { armFault, json } from '../answers.js';
import {
  apiVersionOf,
  childrenOf,
  getResource,
  listPage,
  read,
  readObject,
  valueAt,
} from '../resources/resources.js';
import { type Call, type Route, route } from '../router.js';
import { authorizeSubscription } from '../sign-in/authorize.js';
import type { State } from '../state/state.js';
import { keyFrom, storageKeys } from '../storage/storage-account.js';
import { getByPath, listByPath, patchByPath } from './subscriptions.js';

type Path = Readonly<Record<string, string>>;

const STORAGE = '/providers/Microsoft.Storage/storageAccounts';
const ACCOUNTS = `/subscriptions/{subscription}/resourceGroups/{group}${STORAGE}`;

/**
 * Storage accounts, their settings and keys.
 *
 * Contract: Microsoft.Storage 2016-12-01 and later.
 * Known from: documented (ARM REST reference).
 */
export const storageAccountRoutes: readonly Route[] = [
  route('GET', `/subscriptions/{subscription}${STORAGE}`, allAccounts),
  route('GET', ACCOUNTS, listByPath),
  route('GET', `${ACCOUNTS}/{name}`, getByPath),
  route('PATCH', `${ACCOUNTS}/{name}`, (call) => patchByPath(call)),
  route('POST', `${ACCOUNTS}/{name}/listKeys`, async (call) => {
    const { state, id } = await open(call);
    return keyList(call, state, id);
  }),
  route('POST', `${ACCOUNTS}/{name}/regenerateKey`, regenerateKey),
];

/** The account whose keys a path is about. */
async function open(call: Call) {
  await authorizeSubscription(call, 'arm');
  apiVersionOf(call);
  const state = await call.cloud.store.read();
  const id = decodeURIComponent(call.url.pathname).replace(/\/[^/]+\/?$/, '');
  getResource(state, id, call.now);
  return { state, id };
}

async function allAccounts(call: Call, { subscription = '' }: Path): Promise<Response> {
  await authorizeSubscription(call, 'arm');
  apiVersionOf(call);
  const state = await call.cloud.store.read();
  const groups = childrenOf(state, `/subscriptions/${subscription}/resourceGroups`, call.now);
  const texts = groups.flatMap(([group]) => childrenOf(state, group + STORAGE, call.now));
  return listPage(
    call,
    texts.map(([, text]) => text),
    state.facts.behaviour.pageSize,
  );
}

function keyList(call: Call, state: State, id: string): Response {
  const created = read(getResource(state, id, call.now), 'properties', 'creationTime');
  const keys = storageKeys(state, id).map((value, at) => ({
    creationTime: created,
    keyName: `key${at + 1}`,
    value,
    permissions: 'FULL',
  }));
  return json({ keys });
}

async function regenerateKey(call: Call): Promise<Response> {
  const { id } = await open(call);
  const { value } = await readObject(call);
  const keyName = valueAt(value, 'keyName');
  if (keyName !== 'key1' && keyName !== 'key2') {
    throw armFault({
      status: 400,
      code: 'InvalidValuesForRequestParameters',
      message: 'Values for request parameters are invalid: keyName.',
    });
  }
  return call.cloud.store.update((state) => {
    const [primaryKey, secondaryKey] = storageKeys(state, id);
    const fresh = keyFrom(crypto.randomUUID());
    state.facts.keys[id.toLowerCase()] =
      keyName === 'key1'
        ? { primaryKey: fresh, secondaryKey }
        : { primaryKey, secondaryKey: fresh };
    return keyList(call, state, id);
  });
}
