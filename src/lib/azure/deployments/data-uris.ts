import { CliError } from '../../errors.js';
import type { Target } from '../../model/target.js';
import { readObject, readString } from '../payload.js';
import type { AzureHttp } from '../wire/http.js';
import type { Addresses } from './addresses.js';

/**
 * Where collections of a deployment go that have a data asset of the user's own. What cannot be asked for is left
 * out: the caller knows where data goes without one.
 *
 * Contract: workspaces/data/versions 2024-10-01, `properties.dataUri`.
 * Known from: documented, "Collect production data from models deployed for real-time inferencing".
 */
export async function findDataUris(
  http: AzureHttp,
  addresses: Addresses,
  target: Target,
): Promise<ReadonlyMap<string, string>> {
  if (target.collections.length === 0) return new Map();
  const { body } = await http.send('GET', addresses.deployment(target), { allow: [403, 404] });
  const path = 'properties.dataCollector.collections';
  const found = await Promise.all(
    Object.entries(readObject(body, path, { ifAbsent: {} })).map(async ([name, settings]) => {
      const dataId = readString(settings, 'dataId', { ifAbsent: '' }).replace(
        /^azureml:(?=\/)/,
        '',
      );
      const isOwn = dataId.toLowerCase() !== addresses.dataAssetId(target, name).toLowerCase();
      if (!isOwn || !/^\/subscriptions\/[^?#]+$/i.test(dataId)) return [];
      const uri = await ifSeen(
        http.send('GET', addresses.resource(dataId)).then((asset) => {
          return readString(asset.body, 'properties.dataUri');
        }),
      );
      return uri === undefined ? [] : [[name, uri] as const];
    }),
  );
  return new Map(found.flat());
}

async function ifSeen<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof CliError) return undefined;
    throw error;
  }
}
