import { type Script, script } from './script.js';

/**
 * Where a text begins within so many characters from a start, which for each further occurrence is the end of
 * the one before; null if the question makes no sense.
 */
function indexOf(
  text: string,
  part: string,
  start: bigint,
  length: bigint,
  occurrence: bigint,
): bigint | null {
  if (part === '' || length < -1n || occurrence < 0n) return null;
  const characters = [...text];
  const wanted = [...part].length;
  let from = start < 0n ? Math.max(characters.length + Number(start), 0) : Number(start);
  let found = -1;
  for (let nth = 0n; nth < occurrence; nth++) {
    const range = characters.slice(from, length < 0n ? undefined : from + Number(length)).join('');
    const at = range.indexOf(part);
    if (at < 0) return -1n;
    found = from + [...range.slice(0, at)].length;
    from = found + wanted;
  }
  return BigInt(found);
}

export const TEXTS: Readonly<Record<string, Script>> = {
  indexof: script(['string', 'string', 'long', 'long', 'long'], 'long', indexOf),
};
