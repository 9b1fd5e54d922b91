import { closest } from 'fastest-levenshtein';
import type { Dataset } from '../../datasets/datasets.js';
import { CliError } from '../../errors.js';

/** @throws {CliError} `not-found` for a name that none of the datasets has a column of */
export function assertColumns(names: readonly string[], datasets: readonly Dataset[]): void {
  const known = [...new Set(datasets.flatMap(({ columns }) => columns.map(({ name }) => name)))];
  for (const name of names) {
    if (known.includes(name)) continue;
    const hint = known.length > 0 ? `The nearest is "${closest(name, known)}".` : 'There is none.';
    throw new CliError('not-found', `There is no column "${name}".`, { hint });
  }
}
