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

/** Which of several collections are meant. */
export interface CollectionWish {
  /** The names that were typed: one at the most. */
  readonly collections?: readonly string[] | undefined;
  /** What is taken where nothing is typed, if it is there: that of what they are compared with. */
  readonly like?: { readonly collection: string | undefined; readonly model: string | undefined };
  /** With what was answered. */
  readonly join: boolean;
}

export interface Chosen<File extends CollectedFile> {
  readonly collection: string;
  readonly files: readonly File[];
}

/** One collection, and with `join` the one of the answers. */
export interface Sides<File extends CollectedFile> {
  readonly inputs: Chosen<File>;
  readonly answers: Chosen<File> | undefined;
}

/**
 * The files of one collection: the one that is wished for, else the only one, else that of the inputs. What was chosen,
 * and what is one table of several versions or deployments, is said; several models are never one table.
 *
 * @throws {CliError} `usage` if several are wished for, or it takes a name to tell which is meant; `not-found` without
 * what is wished for, or without answers
 */
export function chooseCollection<File extends CollectedFile>(
  files: readonly File[],
  wish: CollectionWish,
  { note }: Pick<Report, 'note'>,
): Sides<File> {
  const ofOne = ofCollection(files, nameOf(files, wish, note));
  const inputs = ofModel(ofOne, wish.like?.model);
  sayTogether(inputs, note);
  if (!wish.join) return { inputs, answers: undefined };
  return { inputs, answers: ofModel(answersOf(inputs.collection, files), inputs.files[0]?.model) };
}

function nameOf(
  files: readonly CollectedFile[],
  { collections: wished = [], like, join }: CollectionWish,
  note: Report['note'],
): string {
  if (wished.length > 1) throw new CliError('usage', 'One --collection at a time.');
  const names = [...new Set(files.map(({ collection }) => collection))].sort();
  const [first] = names;
  const [wish] = wished;
  const found = names.find((name) => wish !== undefined && hasName(name, wish));
  if (found !== undefined) return found;
  if (wish !== undefined) {
    throw new CliError('not-found', `There is no collected data called "${wish}".`, {
      hint: `There is ${names.join(', ')}.`,
    });
  }
  if (first === undefined) throw new CliError('not-found', 'There is no collected data.');
  if (names.length === 1) return first;
  if (like?.collection !== undefined && names.includes(like.collection)) return like.collection;
  const inputs = INPUTS.find((name) => names.includes(name));
  if (inputs === undefined) {
    throw new CliError('usage', `Name one of the collections: ${names.join(', ')}.`, {
      hint: `For example --collection ${first}.`,
    });
  }
  // What is joined is said by the columns.
  if (!join) note(`This is ${inputs}, of ${names.join(', ')}: --collection names another.`);
  return inputs;
}

/** The files of one model: each has features of its own. */
function ofModel<File extends CollectedFile>(
  { collection, files }: Chosen<File>,
  like: string | null | undefined,
): Chosen<File> {
  const models = different(files, ({ model }) => model);
  if (models.length <= 1) return { collection, files };
  if (like != null && models.includes(like)) {
    return { collection, files: files.filter(({ model }) => model === like) };
  }
  const message = `${collection} was collected of ${models.length} models: ${models.join(', ')}.`;
  throw new CliError('usage', message, {
    hint: `Their columns are not the same: name one, such as --model ${models[0]}.`,
  });
}

/** Versions and deployments are one table, unless one is named. */
function sayTogether({ collection, files }: Chosen<CollectedFile>, note: Report['note']): void {
  const parts = different(files, ({ part }) => part);
  const versions = different(files, ({ modelVersion }) => modelVersion);
  if (parts.length > 1) {
    note(`This is ${collection} of ${parts.join(' and ')} together: --deployment names one.`);
  } else if (versions.length > 1) {
    const which = `versions ${versions.join(' and ')} of ${files[0]?.model}`;
    note(`This is ${collection} of ${which} together: --model-version names one.`);
  }
}

function different(
  files: readonly CollectedFile[],
  of: (file: CollectedFile) => string | null,
): readonly string[] {
  return [...new Set(files.flatMap((file) => of(file) ?? []))].sort();
}

/**
 * The collection of what was answered to what is in another.
 *
 * @throws {CliError} `not-found` if there is none
 */
function answersOf<File extends CollectedFile>(
  collection: string,
  files: readonly File[],
): Chosen<File> {
  const wanted = ANSWERS[collection] ?? [];
  for (const name of wanted) {
    const found = ofCollection(files, name);
    if (found.files.length > 0) return found;
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
): Chosen<File> {
  return { collection, files: files.filter((file) => file.collection === collection) };
}
