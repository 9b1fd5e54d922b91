import { type Script, script } from './script.js';

/** One percent is so many shares. */
export const SHARES = 1_000_000_000;

/**
 * The place, from 1, at which weights have reached their share of all; null if there are none.
 *
 * @param weights whole numbers with commas between
 * @param share of 100 * `SHARES`
 */
function placeByWeight(weights: string, share: bigint): bigint | null {
  if (weights === '') return null;
  const each = weights.split(',');
  const total = each.reduce((sum, weight) => sum + Number(weight), 0);
  if (!Number.isSafeInteger(total)) return placeByLargeWeight(each.map(BigInt), share);
  const wanted = Number(atLeast(BigInt(total), share));
  let reached = 0;
  const place = each.findIndex((weight) => {
    reached += Number(weight);
    return reached >= wanted;
  });
  return BigInt(place + 1);
}

function placeByLargeWeight(weights: readonly bigint[], share: bigint): bigint {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  const wanted = atLeast(total, share);
  let reached = 0n;
  const place = weights.findIndex((weight) => {
    reached += weight;
    return reached >= wanted;
  });
  return BigInt(place + 1);
}

/** The least whole number that is a share of a total or more. */
function atLeast(total: bigint, share: bigint): bigint {
  const all = 100n * BigInt(SHARES);
  return (total * share + all - 1n) / all;
}

export const WEIGHTS: Readonly<Record<string, Script>> = {
  place_by_weight: script(['string', 'long'], 'long', placeByWeight),
};
