import { createHash } from 'node:crypto';
import { valueAt } from '../resources/resources.js';
import type { State } from '../state/state.js';

/** A storage account as its data plane sees it. */
export interface StorageAccount {
  readonly id: string;
  readonly name: string;
  /** Either of its keys, base64 of 64 bytes each. */
  readonly keys: readonly [string, string];
  readonly allowsKeys: boolean;
  /** Whether callers outside of a virtual network reach it. */
  readonly isOpen: boolean;
}

export function findStorageAccount(state: State, name: string): StorageAccount | undefined {
  const end = `/providers/microsoft.storage/storageaccounts/${name.toLowerCase()}`;
  const text = [...state.resources].find(([id]) => id.endsWith(end))?.[1];
  if (text === undefined) return undefined;
  const { id, name: properName, properties } = JSON.parse(text);
  return {
    id,
    name: properName,
    keys: storageKeys(state, id),
    // Azure's default where the member is absent or null.
    allowsKeys: valueAt(properties, 'allowSharedKeyAccess') !== false,
    isOpen:
      valueAt(properties, 'publicNetworkAccess') !== 'Disabled' &&
      valueAt(properties, 'networkAcls', 'defaultAction') !== 'Deny',
  };
}

/** The same for every local cloud until they are made anew: they open nothing else. */
export function storageKeys(state: State, id: string): readonly [string, string] {
  const { primaryKey, secondaryKey } = state.facts.keys[id.toLowerCase()] ?? {
    primaryKey: keyFrom(`${id.toLowerCase()}/key1`),
    secondaryKey: keyFrom(`${id.toLowerCase()}/key2`),
  };
  return [primaryKey, secondaryKey];
}

/** 64 bytes that follow from a text, as base64. */
export function keyFrom(seed: string): string {
  return createHash('sha512').update(`opens only the local cloud: ${seed}`).digest('base64');
}
