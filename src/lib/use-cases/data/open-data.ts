import type { Gateways } from '../../azure/gateways.js';
import type { Dataset, Datasets, TimeSpan } from '../../datasets/datasets.js';
import { CliError } from '../../errors.js';
import type { Clock, Files, Report } from '../../host.js';
import type { CollectedFile } from '../../model/collected-file.js';
import { parseTargetName } from '../../model/target.js';
import {
  type Chosen,
  type CollectionWish,
  chooseCollection,
  type Sides,
} from './choose-collection.js';
import type { DataWish } from './data-filter.js';
import { findDatastoreOf } from './datastores.js';
import { assertAllFetched, download } from './download.js';
import { chooseLocal, type FoundFiles, findCollected } from './find-collected.js';
import type { DataSelection } from './list-collected.js';
import { findLocalData, type LocalData, type LocalFile, localDataOf } from './local-data.js';
import { openSides, reportUnmatched } from './open-sides.js';
import { reportDataset } from './report-dataset.js';
import { rowsOfSpan, spanText } from './rows-of-span.js';

/** Rows, and what they are in words. */
export interface OpenedData {
  readonly dataset: Dataset;
  readonly what: string;
  /** Of which time, in words; empty for all of it. */
  readonly when: string;
  /** Undefined: the files are not collected. */
  readonly collection: string | undefined;
  /** Undefined: not known, or none. */
  readonly model: string | undefined;
  /** What the rows are from. */
  readonly files: readonly RowsFile[];
  readonly span: TimeSpan;
}

/** A file of this machine, and where in an account it is from, as far as that is known. */
export interface RowsFile {
  readonly path: string;
  readonly blob?: string;
}

/** Which data, and what is made of it. */
export type OpenWish = DataWish & CollectionWish;

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
 * @throws {CliError} `not-found` without any; `incomplete` if a file does not come, for figures of a part would mislead
 */
export async function openService(
  gateways: Gateways,
  selection: DataSelection & OpenWish,
  folder: string,
  ports: OpenPorts,
): Promise<OpenedData> {
  const { report } = ports;
  const { service, join } = selection;
  const progress = report.progress('Looking for collected data');
  try {
    const wish = { ...selection, ...(join && { collections: undefined }) };
    const { files: listed, ending } = await findCollected(gateways, wish, report);
    const sides = chooseCollection(listed, selection, report);
    const wanted = [...sides.inputs.files, ...(sides.answers?.files ?? [])];
    progress.update(`Fetching ${wanted.length === 1 ? '1 file' : `${wanted.length} files`}`);
    const { files, references } = await bring(gateways, wanted, { folder, service, ending }, ports);
    progress.update('Reading the rows');
    const local = ({ collection }: Chosen<CollectedFile>) => ({
      collection,
      files: files.filter((file) => file.collection === collection),
    });
    const here = {
      inputs: local(sides.inputs),
      answers: sides.answers && local(sides.answers),
    };
    return await openLocal(here, references, { wish: selection, what: `of ${service}` }, ports);
  } finally {
    progress.done();
  }
}

interface Bringing {
  readonly folder: string;
  readonly service: string;
  readonly ending: FoundFiles['ending'];
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
  // Where a payload is gone for good, its lines are left out, which is said.
  const gone = fetched.payloads.failures.filter(({ kind }) => kind === 'not-found');
  const failures = downloaded.failures.filter((failure) => !gone.includes(failure));
  assertAllFetched(
    { ...downloaded, failures },
    'What failed may come another time; "data download" keeps what comes, and --files DIR reads it.',
  );
  return localDataOf(fetched);
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function openLocal(
  sides: Sides<LocalFile>,
  references: LocalData['references'],
  { wish, what }: { readonly wish: OpenWish; readonly what: string },
  ports: Pick<OpenPorts, 'datasets' | 'report' | 'signal'>,
): Promise<OpenedData> {
  const { datasets, report, signal } = ports;
  const open = ({ files }: Chosen<LocalFile>) => {
    const paths = files.map(({ path }) => path);
    return datasets.open({ format: files[0]?.api ?? 'v2', files: paths, references }, signal);
  };
  const opened = await openSides(sides, open, ports);
  reportDataset(opened, report);
  reportUnmatched(opened, sides, 'all', report);
  const { collection, files } = sides.inputs;
  return {
    dataset: await rowsOfSpan(opened, wish, ports),
    what: `${collection} ${what}`,
    when: spanText(wish),
    collection,
    model: files[0]?.model ?? undefined,
    files: files.map(({ path, accountName, containerName, name }) => {
      return { path, blob: [accountName, containerName, name].join('/') };
    }),
    span: wish,
  };
}

export type FilesWish = OpenWish & {
  readonly patterns: readonly string[];
  readonly cwd: string;
};

/**
 * Rows of files of this machine: of one collection of a folder that was downloaded, else of all that is named.
 *
 * @throws {CliError} `not-found` for what is not there, `usage` for files that are no table, or of which is asked what
 * only downloaded ones tell
 */
export async function openFiles(wish: FilesWish, ports: OpenPorts): Promise<OpenedData> {
  const { patterns, cwd } = wish;
  const { datasets, report, signal } = ports;
  const what = patterns.join(', ');
  const downloaded = await findLocalData(patterns, { cwd, files: ports.files });
  if (downloaded !== undefined) {
    const files = chooseLocal(downloaded, wish, what);
    const sides = chooseCollection(files, wish, report);
    return openLocal(sides, downloaded.references, { wish, what: `in ${what}` }, ports);
  }
  assertPlain(wish);
  const source = await datasets.find(patterns, cwd, signal);
  const opened = await datasets.open(source, signal);
  reportDataset(opened, report);
  const dataset = await rowsOfSpan(opened, wish, ports);
  const files = source.files.map((path) => ({ path }));
  const when = spanText(wish);
  return { dataset, what, when, collection: undefined, model: undefined, files, span: wish };
}

/** @throws {CliError} `usage` for what can be asked of downloaded files alone, whose places tell it */
export function assertPlain({
  collections,
  deployment,
  model,
  modelVersion,
  join,
}: Omit<OpenWish, 'from' | 'to'>): void {
  const typed = {
    '--join': join || undefined,
    '--collection': collections,
    '--deployment': deployment,
    '--model': model,
    '--model-version': modelVersion,
  };
  const [flag] = Object.entries(typed).find(([, value]) => value !== undefined) ?? [];
  if (flag === undefined) return;
  throw new CliError('usage', `${flag} needs a folder that "data download" has filled.`, {
    hint: 'Files that are named one by one, or by a pattern, are one table. Name the folder itself.',
  });
}
