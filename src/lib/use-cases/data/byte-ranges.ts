/** Bytes from the first up to, and without, the second. */
export type ByteRange = readonly [from: number, to: number];

/** One more range among ranges that are in order and apart; so is the answer. */
export function withRange(
  ranges: readonly ByteRange[],
  [from, to]: ByteRange,
): readonly ByteRange[] {
  const before = ranges.filter((one) => one[1] < from);
  const behind = ranges.filter((one) => one[0] > to);
  const touched = ranges.filter((one) => one[1] >= from && one[0] <= to);
  const joined: ByteRange = [
    Math.min(from, ...touched.map(([start]) => start)),
    Math.max(to, ...touched.map(([, end]) => end)),
  ];
  return [...before, joined, ...behind];
}

/** What ranges leave of a file, in pieces of so many bytes at most. */
export function missingRanges(
  ranges: readonly ByteRange[],
  sizeBytes: number,
  pieceBytes: number,
): readonly ByteRange[] {
  const missing: ByteRange[] = [];
  let at = 0;
  for (const [from, to] of [...ranges, [sizeBytes, sizeBytes] as const]) {
    for (const end = Math.min(from, sizeBytes); at < end; at += pieceBytes) {
      missing.push([at, Math.min(at + pieceBytes, end)]);
    }
    at = Math.max(to, Math.min(at, to));
  }
  return missing;
}
