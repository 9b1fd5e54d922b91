import { InvalidArgumentError } from '@commander-js/extra-typings';

/** Reads a whole number of at least 1, for `argParser`. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && Number.isSafeInteger(count)) return count;
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}
