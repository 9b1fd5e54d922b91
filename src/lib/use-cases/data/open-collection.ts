import type { Dataset, Datasets } from '../../datasets/datasets.js';
import type { Report } from '../../host.js';
import type { CollectedFile } from '../../model/collected-file.js';
import { answersOf, type Chosen, chooseCollection } from './choose-collection.js';

/** Collected files, and the way to the rows at their end. */
export interface Found<File extends CollectedFile> {
  readonly files: readonly File[];
  readonly open: (files: readonly File[], rows: number) => Promise<Dataset>;
}

export interface CollectionWish {
  /** The names of collections that were typed: one at the most. */
  readonly collections: readonly string[] | undefined;
  /** With what was answered. */
  readonly join: boolean;
  readonly rows: number;
}

export interface CollectionPorts {
  readonly datasets: Datasets;
  readonly report: Pick<Report, 'note'>;
  readonly signal: AbortSignal;
}

/** Of what is joined, more is looked at than is shown: both sides do not end with the same request. */
const LOOK_BACK = 4;

/**
 * The end of one collection, with the answers if that is wished for; rows without the other side are counted.
 *
 * @throws {CliError} as `chooseCollection` and `answersOf` do
 */
export async function openCollection<File extends CollectedFile>(
  { files, open }: Found<File>,
  { collections, join, rows }: CollectionWish,
  { datasets, report, signal }: CollectionPorts,
): Promise<Dataset> {
  const inputs = chooseCollection(files, collections, join ? SILENT : report);
  if (!join) return open(inputs.files, rows);
  const answers = answersOf(inputs.collection, files);
  const opened = (side: Chosen<File>) => open(side.files, rows * LOOK_BACK);
  const joined = await datasets.join(
    {
      left: await opened(inputs),
      right: await opened(answers),
      names: { left: inputs.collection, right: answers.collection },
    },
    signal,
  );
  const { left, right } = joined.unmatched;
  if (left > 0 || right > 0) {
    report.note(
      `Of the rows that were looked at, ${left} of ${inputs.collection} and ${right} of ${answers.collection} are without the other side.`,
    );
  }
  return joined;
}

/** What is joined is said by the columns. */
const SILENT: Pick<Report, 'note'> = { note: () => {} };
