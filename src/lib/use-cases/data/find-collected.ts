import type { Gateways } from '../../azure/gateways.js';
import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import type { CollectedFile } from '../../model/collected-file.js';
import type { DataWish } from './data-filter.js';
import { explainNothing } from './explain-nothing.js';
import { type CollectedEnding, type DataSelection, listCollected } from './list-collected.js';
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

/** What there is to say where what is wished for has no files. */
export function nothingOf(
  place: string,
  wish: DataWish,
  reasons: readonly string[] = [],
): CliError {
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
