import { InvalidArgumentError } from '@commander-js/extra-typings';

/** A part of the requests, as a number. */
export function parseShare(text: string): number {
  const share = Number(text);
  if (/^[\d.]+$/.test(text) && share > 0 && share <= 1) return share;
  throw new InvalidArgumentError('It is a number above 0 and up to 1, such as 0.1.');
}
