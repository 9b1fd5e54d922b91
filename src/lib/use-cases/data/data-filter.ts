import type { BlobItem } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import type { CollectedFile } from '../../model/collected-file.js';
import { hasName } from '../../model/collection-name.js';
import { type DataLevel, parseDataPath, parseSpan } from '../../model/data-path.js';
import type { TimeRange } from '../../model/time-range.js';
import type { Api } from '../find-targets.js';
import type { DataPlace } from './data-places.js';

/** Which files are meant. Names match in any case; undefined or null: all. */
export interface DataWish {
  readonly from: Date | null;
  readonly to: Date | null;
  readonly collections?: readonly string[] | undefined;
  readonly deployment?: string | undefined;
  readonly model?: string | undefined;
  readonly modelVersion?: string | undefined;
}

export interface DataFilter {
  /** Whether files that are meant can be below this place. */
  readonly opens: (place: DataPlace) => boolean;
  /** Whether they can be below a folder of it. What else a whole container has beside years is not of the place. */
  readonly enters: (place: DataPlace, folder: string) => boolean;
  /** Whether it is not worth to look at its folders one by one. */
  readonly takesAll: (place: DataPlace, folder: string) => boolean;
  readonly takes: (file: CollectedFile) => boolean;
}

/** Year, month, day: below a day there is nothing to save. */
const DAY = 3;

export function createDataFilter(wish: DataWish): DataFilter {
  const wanted: Readonly<Record<DataLevel, readonly string[] | undefined>> = {
    part: listOf(wish.deployment),
    model: listOf(wish.model),
    modelVersion: listOf(wish.modelVersion),
    collection: wish.collections?.map((name) => name.toLowerCase()),
  };
  const wants = (level: DataLevel, name: string | null) =>
    name === null || (wanted[level]?.some((each) => hasName(name, each)) ?? true);
  const overlaps = ({ from, to }: TimeRange) =>
    (wish.to === null || from < wish.to) && (wish.from === null || to > wish.from);
  const isWithin = ({ from, to }: TimeRange) =>
    (wish.from === null || from >= wish.from) && (wish.to === null || to <= wish.to);
  const isOpen = wish.from === null && wish.to === null;

  return {
    opens: ({ known }) => wants('part', known.part) && wants('collection', known.collection),
    enters(place, folder) {
      const { levels, times } = split(place, folder);
      const isWanted = levels.every((name, at) => {
        const level = place.levels[at];
        return level === undefined || wants(level, name);
      });
      const span = times.length === 0 ? null : parseSpan(times);
      if (place.prefix === '' && span === null) return false;
      return isWanted && (span === null || overlaps(span));
    },
    takesAll(place, folder) {
      if (folder === '') return false;
      const { levels, times } = split(place, folder);
      if (place.levels.slice(levels.length).some((level) => wanted[level])) return false;
      if (isOpen || times.length >= DAY) return true;
      if (times.length === 0) return false;
      const span = parseSpan(times);
      return span === null || isWithin(span);
    },
    takes: (file) =>
      wants('part', file.part) &&
      wants('model', file.model) &&
      wants('modelVersion', file.modelVersion) &&
      wants('collection', file.collection) &&
      overlaps(file),
  };
}

/** @throws {CliError} for a choice that the files of such a service cannot answer, and that would choose all of them */
export function assertTold(
  { deployment, model, modelVersion }: DataWish,
  {
    service,
    api,
    hasParts,
  }: { readonly service: string; readonly api: Api; readonly hasParts: boolean },
): void {
  if (api === 'v1' && !hasParts && deployment !== undefined) {
    throw new CliError('not-found', `"${service}" is one service, without deployments.`, {
      hint: 'Leave out --deployment; --model-version tells versions of its model apart.',
    });
  }
  const flag = model === undefined ? '--model-version' : '--model';
  if (api === 'v2' && (model ?? modelVersion) !== undefined) {
    throw new CliError('usage', `${flag} is for v1: the data of "${service}" is not by model.`, {
      hint: `Leave out ${flag}; --deployment tells deployments apart.`,
    });
  }
}

function listOf(name: string | undefined): readonly string[] | undefined {
  return name === undefined ? undefined : [name.toLowerCase()];
}

/** The folders between a place and one below it. */
function split({ prefix, levels }: DataPlace, folder: string) {
  const names = folder.slice(prefix.length).split('/').slice(0, -1);
  return { levels: names.slice(0, levels.length), times: names.slice(levels.length) };
}

/** What a blob is that lies where collected data does. */
export interface FoundData {
  /** `payload`: v2, what was too big for its line. */
  readonly kind: 'data' | 'payload';
  readonly file: CollectedFile;
}

/** What a blob is; `folder`: the mark that a Data Lake leaves for one; `stray`: not in the layout. */
export function toFoundData(
  blob: BlobItem,
  { container, prefix, levels, known, partOf }: DataPlace,
): FoundData | 'folder' | 'stray' {
  const path = blob.name.slice(prefix.length);
  if (blob.sizeBytes === 0 && !/\.(csv|jsonl)$/i.test(path)) return 'folder';
  const parsed = parseDataPath(path, levels.length);
  if (parsed === null) return 'stray';
  const isData = /\.(csv|jsonl)$/i.exec(parsed.file)?.[1]?.toLowerCase();
  const kind = isData === (known.api === 'v1' ? 'csv' : 'jsonl') ? 'data' : 'payload';
  if (kind === 'payload' && known.api === 'v1') return 'stray';
  const named = (level: DataLevel) => parsed.levels[levels.indexOf(level)] ?? null;
  const model = named('model');
  const modelVersion = named('modelVersion');
  const part =
    model !== null && modelVersion !== null && partOf
      ? partOf(model, modelVersion)
      : (named('part') ?? known.part);
  const file: CollectedFile = {
    api: known.api,
    service: known.service,
    part,
    model,
    modelVersion,
    collection: named('collection') ?? known.collection ?? '',
    accountName: container.accountName,
    containerName: container.containerName,
    ...blob,
    from: parsed.span.from,
    to: parsed.span.to,
  };
  return { kind, file };
}
