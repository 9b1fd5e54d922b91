import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CollectedFile } from '../../../src/lib/model/collected-file.js';
import {
  type Fetched,
  type FetchPorts,
  fetchCollected,
} from '../../../src/lib/use-cases/data/fetch-collected.js';
import type { DataOwner } from '../../../src/lib/use-cases/data/manifest.js';
import type { ChangingBlobs } from '../../support/changing-blobs.js';
import { fakeClock, realFiles } from '../../support/host.js';

export const OWNER: DataOwner = { workspace: '/subscriptions/s/workspaces/w', service: 'fraud' };
export const AT = 'modelDataCollector/fraud/blue/model_inputs/2026/11/22/08';
export const HERE = 'blue/model_inputs/2026/11/22/08';
export const BIG = 20_000_000;

export function bigContent(seed = 7): Uint8Array {
  const bytes = new Uint8Array(BIG);
  for (let at = 0; at < BIG; at++) bytes[at] = (at * seed + (at >> 11)) & 0xff;
  return bytes;
}

export function fetchTo(
  folder: string,
  blobs: ChangingBlobs,
  more: Partial<FetchPorts> & {
    readonly owner?: DataOwner;
    readonly listed?: AsyncIterable<CollectedFile>;
    readonly parallel?: number;
  } = {},
): Promise<Fetched> {
  const { owner = OWNER, listed = blobs.listed(), parallel = 16, ...ports } = more;
  return fetchCollected(
    listed,
    { folder, owner, parallel },
    {
      blobs,
      getDatastore: async () => ({ accountName: 'store', containerName: 'data' }),
      files: realFiles,
      clock: fakeClock(),
      signal: new AbortController().signal,
      progress: { onListed() {}, onAllListed() {}, onDone() {}, onBytes() {} },
      ...ports,
    },
  );
}

/** What became of the files, however many, in the order of the kinds. */
export const outcomes = ({ files }: Fetched) =>
  Object.entries(files.counts).flatMap(([kind, count]) => Array<string>(count).fill(kind));
export const placeOf = ({ folder }: Fetched, name: string) =>
  folder.manifest.find({ accountName: 'store', containerName: 'data', name });
/** Where the payloads are that are here. */
export const pathsOf = ({ payloads, folder }: Fetched) =>
  payloads.here.map((id) => folder.manifest.get(id).path).sort();
export const names = (folder: string) => realFiles.list(folder);
export const text = (...path: string[]) => readFile(join(...path), 'utf8');
