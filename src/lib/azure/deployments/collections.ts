import type { Collection } from '../../model/target.js';
import { readNumber, readObject, readString } from '../payload.js';

/** What a deployment's data collector is set to collect. Rates are 1 where none is given. */
export function readCollections(deployment: unknown): readonly Collection[] {
  const collections = readObject(deployment, 'properties.dataCollector.collections', {
    ifAbsent: {},
  });
  return Object.entries(collections).map(([name, settings]) => ({
    name,
    enabled: isEnabled(readString(settings, 'dataCollectionMode', { ifAbsent: 'Disabled' })),
    samplingRate: readNumber(settings, 'samplingRate', { ifAbsent: 1 }),
  }));
}

/** Whether anything is collected. */
export function collects(collections: readonly Collection[]): boolean {
  return collections.some(({ enabled }) => enabled);
}

/** Whether a mode is on: Azure reads it in any case. */
export function isEnabled(mode: string): boolean {
  return mode.toLowerCase() === 'enabled';
}
