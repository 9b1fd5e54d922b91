import { CliError } from '../../errors.js';
import type { Report } from '../../host.js';
import type { CollectedFile } from '../../model/collected-file.js';
import { hasName } from '../../model/collection-name.js';

/** What a model was given, the likeliest to be meant first. */
const INPUTS = ['inputs', 'model_inputs', 'request'];
/** What it answered, by what it was given. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  inputs: ['predictions', 'outputs'],
  model_inputs: ['model_outputs'],
  request: ['response'],
};

export interface Chosen<File extends CollectedFile> {
  readonly collection: string;
  readonly files: readonly File[];
}

/**
 * The files of one collection: the one that is wished for, else the only one, else that of the inputs, which is said.
 *
 * @throws {CliError} `usage` if several are wished for, or there are several and none holds inputs; `not-found` without
 * any file
 */
export function chooseCollection<File extends CollectedFile>(
  files: readonly File[],
  wished: readonly string[] | undefined,
  { note }: Pick<Report, 'note'>,
): Chosen<File> {
  if (wished !== undefined && wished.length > 1) {
    throw new CliError('usage', 'One --collection at a time.');
  }
  const names = [...new Set(files.map(({ collection }) => collection))].sort();
  const [first] = names;
  const [wish] = wished ?? [];
  const found = names.find((name) => wish !== undefined && hasName(name, wish));
  if (first === undefined || (wish !== undefined && found === undefined)) {
    const what =
      wish === undefined
        ? 'There is no collected data of that.'
        : `There is no collected data called "${wish}".`;
    throw new CliError('not-found', what, {
      hint: 'See what there is, or why there is none: aml-monitor data list.',
    });
  }
  if (found !== undefined) return { collection: found, files: ofCollection(files, found) };
  if (names.length === 1) return { collection: first, files };
  const collection = INPUTS.find((name) => names.includes(name));
  if (collection === undefined) {
    throw new CliError('usage', `Name one of the collections: ${names.join(', ')}.`, {
      hint: `For example --collection ${first}.`,
    });
  }
  note(`This is ${collection}, of ${names.join(', ')}: --collection names another.`);
  return { collection, files: ofCollection(files, collection) };
}

/**
 * The collection of what was answered to what is in another.
 *
 * @throws {CliError} `not-found` if there is none
 */
export function answersOf<File extends CollectedFile>(
  collection: string,
  files: readonly File[],
): Chosen<File> {
  const wanted = ANSWERS[collection] ?? [];
  for (const name of wanted) {
    const found = ofCollection(files, name);
    if (found.length > 0) return { collection: name, files: found };
  }
  const message =
    wanted.length === 0
      ? `There are no answers to what is in "${collection}".`
      : `No answers to "${collection}" were collected, in ${wanted.join(' or ')}.`;
  throw new CliError('not-found', message, {
    hint: 'See what there is: aml-monitor data list.',
  });
}

function ofCollection<File extends CollectedFile>(
  files: readonly File[],
  collection: string,
): readonly File[] {
  return files.filter((file) => file.collection === collection);
}
