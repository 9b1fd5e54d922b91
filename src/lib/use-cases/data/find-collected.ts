import type { Gateways } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import type { CollectedFile } from '../../model/collected-file.js';
import { assertTold, createDataFilter, type DataWish } from './data-filter.js';
import { explainNothing } from './explain-nothing.js';
import { type CollectedEnding, type DataSelection, listCollected } from './list-collected.js';
import type { LocalData, LocalFile } from './local-data.js';
import { spanText } from './rows-of-span.js';

export interface FoundFiles {
  readonly files: readonly CollectedFile[];
  readonly ending: () => CollectedEnding;
}

/**
 * The collected files of a service, all of them listed.
 *
 * @throws {CliError} `not-found` without any, with why there are none; as `listCollected` does
 */
export async function findCollected(
  gateways: Gateways,
  selection: DataSelection,
  report: Report,
): Promise<FoundFiles> {
  const collected = await listCollected(gateways, selection, report);
  const files: CollectedFile[] = [];
  for await (const file of collected.files) files.push(file);
  const { ending } = collected;
  if (files.length > 0) return { files, ending };
  const reasons = await explainNothing(gateways, collected, ending(), selection);
  throw nothingOf(selection.service, selection, reasons);
}

/**
 * The files of a downloaded folder that are meant, of whatever collection.
 *
 * @param folder as it was typed
 * @throws {CliError} `not-found` without any, or as `assertTold` does
 */
export function chooseLocal(
  { owner, files }: LocalData,
  wish: DataWish,
  folder: string,
): readonly LocalFile[] {
  const { service } = owner;
  const hasParts = files.some(({ part }) => part !== null);
  assertTold(wish, { service, api: files[0]?.api ?? 'v2', hasParts });
  const { takes } = createDataFilter({ ...wish, collections: undefined });
  const chosen = files.filter(takes);
  if (chosen.length === 0) throw nothingOf(`${service} in ${folder}`, wish);
  return chosen;
}

/** What there is to say where what is wished for has no files. */
function nothingOf(place: string, wish: DataWish, reasons: readonly string[] = []): CliError {
  const { collections, deployment, model, modelVersion } = wish;
  const chosen = [
    place,
    collections?.join(' or '),
    deployment,
    model,
    modelVersion && `version ${modelVersion}`,
    spanText(wish),
  ];
  const message = `There is no collected data of ${chosen.filter(Boolean).join(', ')}.`;
  const hint = 'See what there is, or why there is none: aml-monitor data list.';
  return new CliError('not-found', message, { hint: reasons.join('\n') || hint });
}
