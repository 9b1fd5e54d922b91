import type { Gateways } from '../../azure/gateways.js';
import type { Dataset, DatasetRows, Datasets } from '../../datasets/datasets.js';
import { CliError } from '../../errors.js';
import type { Clock, Files, Report } from '../../host.js';
import type { CollectedFile } from '../../model/collected-file.js';
import { parseTargetName } from '../../model/target.js';
import { answersOf, chooseCollection } from './choose-collection.js';
import { createDataFilter, type DataWish } from './data-filter.js';
import { findDatastoreOf } from './datastores.js';
import { assertAllFetched, download } from './download.js';
import { type Collected, type DataSelection, listCollected } from './list-collected.js';
import { findLocalData, type LocalData, localDataOf } from './local-data.js';
import { reportDataset } from './report-dataset.js';

/** Rows, and what they are in words. */
export interface OpenedData extends DatasetRows {
  readonly what: string;
  /** Undefined: the files are not collected, or not told apart. */
  readonly collection: string | undefined;
}

export interface OpenPorts {
  readonly datasets: Datasets;
  readonly files: Files;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: Report;
}

/** Requests at a time. */
const PARALLEL = 16;

/**
 * All rows of one collection of a service, brought into a scratch folder.
 *
 * @param join with what the model answered
 * @throws {CliError} `not-found` without any; `incomplete` if a file does not come, for figures of a part would mislead
 */
export async function openService(
  gateways: Gateways,
  { join, ...selection }: DataSelection & { readonly join: boolean },
  folder: string,
  ports: OpenPorts,
): Promise<OpenedData> {
  const { report } = ports;
  const what = `${selection.service}${spanText(selection)}`;
  const progress = report.progress('Looking for collected data');
  try {
    const listed: CollectedFile[] = [];
    const wish = { ...selection, ...(join && { collections: undefined }) };
    const collected = await listCollected(gateways, wish, report);
    for await (const file of collected.files) listed.push(file);
    if (listed.length === 0) {
      const message = `There is no collected data of ${what}.`;
      throw new CliError('not-found', message, {
        hint: 'See what there is, or why there is none: aml-monitor data list.',
      });
    }
    const chosen = chooseCollection(listed, selection.collections, report);
    const answers = join ? answersOf(chosen.collection, listed) : undefined;
    const wanted = [...chosen.files, ...(answers?.files ?? [])];
    progress.update(`Fetching ${wanted.length} ${wanted.length === 1 ? 'file' : 'files'}`);
    const local = await bring(
      gateways,
      wanted,
      { folder, service: selection.service, ending: collected.ending },
      ports,
    );
    progress.update('Reading the rows');
    const dataset = await openCollections(
      local,
      { inputs: chosen.collection, answers: answers?.collection },
      ports,
    );
    const { collection } = chosen;
    return { dataset, range: rangeOf(selection), what: `${collection} of ${what}`, collection };
  } finally {
    progress.done();
  }
}

interface Bringing {
  readonly folder: string;
  readonly service: string;
  readonly ending: Collected['ending'];
}

async function bring(
  gateways: Gateways,
  wanted: readonly CollectedFile[],
  { folder, service, ending }: Bringing,
  { files, clock, signal, report }: OpenPorts,
): Promise<LocalData> {
  const { resourceId } = await gateways.arm.getWorkspace();
  const { downloaded, fetched } = await download(
    { files: each(wanted), ending },
    {
      folder,
      owner: { workspace: resourceId.toLowerCase(), service: parseTargetName(service).service },
      parallel: PARALLEL,
      dryRun: false,
    },
    {
      blobs: gateways.blobs,
      getDatastore: findDatastoreOf(gateways.arm),
      files,
      clock,
      signal,
      report,
      progress: {
        onListed: () => {},
        onAllListed: () => {},
        onBytes: () => {},
        onDone: () => {},
      },
    },
  );
  assertAllFetched(downloaded);
  return localDataOf(fetched);
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function openCollections(
  { files, references }: LocalData,
  names: { readonly inputs: string; readonly answers: string | undefined },
  { datasets, report, signal }: Pick<OpenPorts, 'datasets' | 'report' | 'signal'>,
): Promise<Dataset> {
  const open = async (collection: string) => {
    const own = files.filter((file) => file.collection === collection);
    const paths = own.map(({ path }) => path);
    const dataset = await datasets.open(
      { format: own[0]?.api ?? 'v2', files: paths, references },
      signal,
    );
    reportDataset(dataset, report);
    return dataset;
  };
  const left = await open(names.inputs);
  if (names.answers === undefined) return left;
  const right = await open(names.answers);
  const sides = { left, right, names: { left: names.inputs, right: names.answers } };
  const joined = await datasets.join(sides, signal);
  const { unmatched } = joined;
  if (unmatched.left + unmatched.right > 0) {
    report.note(
      `Without the other side, and left out: ${unmatched.left} rows of ${names.inputs}, ${unmatched.right} of ${names.answers}.`,
    );
  }
  return joined;
}

export interface FilesWish extends DataWish {
  readonly patterns: readonly string[];
  readonly cwd: string;
  readonly join: boolean;
}

/**
 * Rows of files of this machine: of one collection of a folder that was downloaded, else of all that is named.
 *
 * @throws {CliError} `not-found` for what is not there, `usage` for files that are no table or no collection
 */
export async function openFiles(wish: FilesWish, ports: OpenPorts): Promise<OpenedData> {
  const { patterns, cwd, join, collections } = wish;
  const { datasets, report, signal } = ports;
  const what = `${patterns.join(', ')}${spanText(wish)}`;
  const downloaded = await findLocalData(patterns, { cwd, files: ports.files });
  const range = rangeOf(wish);
  if (downloaded !== undefined) {
    const { takes } = createDataFilter({ ...wish, collections: undefined });
    const files = downloaded.files.filter(takes);
    const { collection } = chooseCollection(files, collections, report);
    const answers = join ? answersOf(collection, files).collection : undefined;
    const names = { inputs: collection, answers };
    const dataset = await openCollections({ ...downloaded, files }, names, ports);
    return { dataset, range, what: `${collection} in ${what}`, collection };
  }
  const flag = join ? '--join' : collections === undefined ? undefined : '--collection';
  if (flag !== undefined) {
    throw new CliError('usage', `${flag} needs a folder that "data download" has filled.`);
  }
  const dataset = await datasets.open(await datasets.find(patterns, cwd), signal);
  reportDataset(dataset, report);
  return { dataset, range, what, collection: undefined };
}

function rangeOf({ from, to }: DataWish): DatasetRows['range'] {
  return from === null && to === null ? undefined : { from, to };
}

function spanText({ from, to }: DataWish): string {
  const text = (date: Date) => `${date.toISOString().slice(0, 16).replace('T', ' ')}`;
  if (from !== null && to !== null) return `, ${text(from)} to ${text(to)} UTC`;
  if (from !== null) return `, since ${text(from)} UTC`;
  return to === null ? '' : `, before ${text(to)} UTC`;
}
