import type { DiagnosticCategory } from '../../azure/telemetry-gateways.js';
import { CliError } from '../../errors.js';
import { isSameTable } from '../../model/telemetry.js';
import { suggestion } from '../name-lists.js';
import { namesOf } from './archive-outcome.js';
import type { Archive } from './open-archive.js';

/**
 * The categories of these names, in the component's order; without names all of them.
 *
 * @throws {CliError} `usage` if the component has none of a name
 */
export function chooseCategories(
  { component, categories }: Archive,
  names: readonly string[] | undefined,
): readonly DiagnosticCategory[] {
  if (names === undefined) return categories;
  const known = namesOf(categories);
  const unknown = names.find((name) => !known.some((each) => isSameTable(each, name)));
  if (unknown !== undefined) {
    const message = `"${component.name}" has no category "${unknown}".`;
    throw new CliError('usage', message, { hint: suggestion(unknown, known, known.length) });
  }
  return categories.filter(({ name }) => names.some((each) => isSameTable(each, name)));
}
