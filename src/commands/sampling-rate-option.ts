import { InvalidArgumentError, Option } from '@commander-js/extra-typings';

/** `--sampling-rate 0.1`, a new one each time: a command puts its options into groups. */
export function samplingRateOption() {
  return new Option('--sampling-rate <share>', 'v2: share of the requests, 0 to 1').argParser(
    parseShare,
  );
}

function parseShare(text: string): number {
  const share = Number(text);
  if (/^[\d.]+$/.test(text) && share > 0 && share <= 1) return share;
  throw new InvalidArgumentError('It is a number above 0 and up to 1, such as 0.1.');
}
