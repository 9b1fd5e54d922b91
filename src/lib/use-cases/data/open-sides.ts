import type { Dataset, Datasets, JoinedDataset } from '../../datasets/datasets.js';
import type { Report } from '../../host.js';
import type { CollectedFile } from '../../model/collected-file.js';
import type { Chosen, Sides } from './choose-collection.js';

/**
 * A collection as one table, with the answers if they are wished for.
 *
 * @throws {CliError} `unsupported` if the rows do not tell which belong to each other
 */
export async function openSides<File extends CollectedFile>(
  { inputs, answers }: Sides<File>,
  open: (chosen: Chosen<File>) => Promise<Dataset>,
  { datasets, signal }: { readonly datasets: Datasets; readonly signal: AbortSignal },
): Promise<Dataset | JoinedDataset> {
  const left = await open(inputs);
  if (answers === undefined) return left;
  const right = await open(answers);
  const names = { left: inputs.collection, right: answers.collection };
  return datasets.join({ left, right, names }, signal);
}

/** Says how many rows are left out since the other side has none that belongs to them. */
export function reportUnmatched(
  dataset: Dataset | JoinedDataset,
  { inputs, answers }: Sides<CollectedFile>,
  which: 'all' | 'looked-at',
  { note }: Pick<Report, 'note'>,
): void {
  if (!('unmatched' in dataset) || answers === undefined) return;
  const { left, right } = dataset.unmatched;
  if (left + right === 0) return;
  const rows = (count: number) => `${count} ${count === 1 ? 'row' : 'rows'}`;
  const scope = which === 'all' ? '' : 'Of the rows that were looked at: ';
  note(
    `${scope}${rows(left)} of ${inputs.collection} without ${answers.collection}, and ${rows(right)} of ` +
      `${answers.collection} without ${inputs.collection}, are left out.`,
  );
}
