import { type Script, script } from './script.js';

const MASK = (1n << 64n) - 1n;
/** Known from: the specification of xxHash, "XXH64 algorithm description". */
const P1: bigint = 0x9e3779b185ebca87n;
const P2: bigint = 0xc2b2ae3d27d4eb4fn;
const P3: bigint = 0x165667b19e3779f9n;
const P4: bigint = 0x85ebca77c2b2ae63n;
const P5: bigint = 0x27d4eb2f165667c5n;

const times = (a: bigint, b: bigint) => (a * b) & MASK;
const rotate = (value: bigint, by: bigint) => ((value << by) | (value >> (64n - by))) & MASK;
const round = (lane: bigint, input: bigint) =>
  times(rotate((lane + times(input, P2)) & MASK, 31n), P1);

/** XXH64 with seed 0. */
function xxHash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytes.byteLength;
  let at = 0;
  let hash = P5;
  if (size >= 32) {
    const lanes = [(P1 + P2) & MASK, P2, 0n, -P1 & MASK];
    for (; at + 32 <= size; at += 32) {
      lanes.forEach((lane, index) => {
        lanes[index] = round(lane, view.getBigUint64(at + index * 8, true));
      });
    }
    const turns = [1n, 7n, 12n, 18n];
    hash = lanes.reduce((sum, lane, index) => (sum + rotate(lane, turns[index] ?? 0n)) & MASK, 0n);
    for (const lane of lanes) hash = (times(hash ^ round(0n, lane), P1) + P4) & MASK;
  }
  hash = (hash + BigInt(size)) & MASK;
  for (; at + 8 <= size; at += 8) {
    hash ^= round(0n, view.getBigUint64(at, true));
    hash = (times(rotate(hash, 27n), P1) + P4) & MASK;
  }
  if (at + 4 <= size) {
    hash ^= times(BigInt(view.getUint32(at, true)), P1);
    hash = (times(rotate(hash, 23n), P2) + P3) & MASK;
    at += 4;
  }
  for (; at < size; at++)
    hash = times(rotate(hash ^ times(BigInt(view.getUint8(at)), P5), 11n), P1);
  hash = times(hash ^ (hash >> 33n), P2);
  hash = times(hash ^ (hash >> 29n), P3);
  return BigInt.asIntN(64, hash ^ (hash >> 32n));
}

export const HASHES: Readonly<Record<string, Script>> = {
  hash_text: script(['string'], 'long', (text) => xxHash64(new TextEncoder().encode(text))),
  hash_ticks: script(['long'], 'long', (ticks) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigInt64(0, ticks, true);
    return xxHash64(bytes);
  }),
};
