import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import {
  type Fetched,
  type FetchPorts,
  type FetchRequest,
  fetchCollected,
} from './fetch-collected.js';
import { isBeside } from './find-references.js';
import type { Collected } from './list-collected.js';
import type { MergedTable } from './merge-tables.js';
import { countOf, type Failure, type Outcome, type OutcomeTally } from './outcome-tally.js';
import { planFetch } from './plan-fetch.js';
import type { NameChange } from './safe-paths.js';
import { whatIsUnclear } from './what-is-beside.js';

export interface DownloadRequest extends FetchRequest {
  /** Fetch nothing, write nothing: say what would be. */
  readonly dryRun: boolean;
}

/** What a download did, or with `dryRun` would do. */
export interface Downloaded {
  readonly service: string;
  readonly folder: string;
  readonly files: OutcomeTally['counts'];
  /** What the data refer to; `refused` lies outside the account of the data. */
  readonly references: {
    readonly [Kind in Exclude<Outcome['outcome'], 'grown'> | 'refused']: number;
  };
  /** Bytes that came. */
  readonly bytes: number;
  /** Files that are not called here what their blob is called. */
  readonly renamed: number;
  readonly failures: readonly Failure[];
  readonly dryRun: boolean;
  /** Those that were written of the files, if that was asked for. */
  readonly tables: readonly MergedTable[];
}

/**
 * Brings collected files into a folder, or tells what that would do, and says what the user should know of it.
 *
 * @throws {CliError} as `fetchCollected` does
 */
export async function download(
  collected: Pick<Collected, 'files' | 'ending'>,
  request: DownloadRequest,
  ports: FetchPorts & { readonly report: Pick<Report, 'note' | 'warn'> },
): Promise<{ readonly downloaded: Downloaded; readonly fetched: Fetched }> {
  const fetched = request.dryRun
    ? await planFetch(collected.files, request, ports)
    : await fetchCollected(collected.files, request, ports);
  if (countOf(fetched.files) > 0) {
    for (const sentence of whatIsUnclear(collected.ending())) ports.report.note(sentence);
  }
  const refused = refusedReferences(fetched);
  sayNames(fetched, ports.report);
  const [first] = refused;
  if (first !== undefined) {
    const what = refused.length === 1 ? 'A reference leads' : `${refused.length} references lead`;
    ports.report.warn(
      `${what} out of the storage account of the data, such as "${first}": not followed.`,
    );
  }
  sayBeside(fetched, ports.report);
  return { downloaded: summaryOf(fetched, refused.length, request), fetched };
}

function summaryOf(
  { files, payloads, bytes, tables }: Fetched,
  refused: number,
  { folder, owner, dryRun }: DownloadRequest,
): Downloaded {
  const { fetched, kept, failed } = payloads.counts;
  return {
    service: owner.service,
    folder,
    files: files.counts,
    references: { fetched, kept, failed, refused },
    bytes,
    renamed: [...files.renamed.values()].reduce((sum, { count }) => sum + count, 0),
    failures: [...files.failures, ...payloads.failures],
    dryRun,
    tables,
  };
}

function sayBeside({ folder }: Fetched, report: Pick<Report, 'note'>): void {
  const beside = [...folder.manifest.references()].flatMap(({ text, to }) =>
    to && isBeside(text, to.blob) ? [`"${text}" is "${to.blob.name}"`] : [],
  );
  const [example] = beside;
  if (example === undefined) return;
  const what = beside.length === 1 ? '1 payload lies' : `${beside.length} payloads lie`;
  report.note(`${what} beside the lines, and not where they say: ${example}.`);
}

function refusedReferences({ folder }: Fetched): readonly string[] {
  return [...folder.manifest.references()].filter(({ to }) => to === null).map(({ text }) => text);
}

const NAME_CHANGES = {
  escaped: (count: number) =>
    `${count} ${count === 1 ? 'name has' : 'names have'} what a file's should not`,
  shortened: (count: number) =>
    `${count} ${count === 1 ? 'name is' : 'names are'} too long for a file`,
  'told-apart': (count: number) =>
    `${count} ${count === 1 ? 'name is' : 'names are'} taken, perhaps in another case`,
} satisfies Readonly<Record<NameChange, (count: number) => string>>;
const CHANGES = ['escaped', 'shortened', 'told-apart'] as const;

function sayNames({ files, payloads }: Fetched, report: Pick<Report, 'note'>): void {
  for (const change of CHANGES) {
    const changed = [files.renamed.get(change), payloads.renamed.get(change)];
    const [first, second] = changed.filter((each) => each !== undefined);
    if (!first) continue;
    const { blob, path } = first.example;
    const what = NAME_CHANGES[change](first.count + (second?.count ?? 0));
    report.note(`${what}: "${blob.name}" is "${path}" here. The manifest has them all.`);
  }
}

const MOST_DETAILS = 5;

/** Fails if a file or a reference did: with their kind if all failed alike. */
export function assertAllFetched(
  { files, references, failures, folder }: Downloaded,
  hint = `The others are in "${folder}": the same command tries again.`,
): void {
  const [first] = failures;
  if (!first) return;
  const here = files.fetched + files.grown + files.kept + references.fetched + references.kept;
  const total = here + failures.length;
  const isAlike = here === 0 && failures.every(({ kind }) => kind === first.kind);
  const details = failures
    .slice(0, MOST_DETAILS)
    .map(({ name, message }) => ({ code: name, message }));
  throw new CliError(
    isAlike ? first.kind : 'incomplete',
    `${failures.length} of ${total} files did not come.`,
    { details, hint },
  );
}
