/** The values that an axis spans, first below last, and those that it names. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
}

/**
 * A scale of round numbers that holds all values, from zero unless all of them are far from it.
 *
 * @param ticks about so many, at least two
 */
export function valueScale(values: readonly number[], ticks: number): Scale {
  const finite = values.filter(Number.isFinite);
  const least = finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = finite.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (least > most) return valueScale([0, 1], ticks);
  const isFar = Math.min(Math.abs(least), Math.abs(most)) > (most - least) * 2 && most !== least;
  const low = isFar ? least : Math.min(0, least);
  const high = isFar ? most : Math.max(0, most);
  const span = high - low || 1;
  let step = roundStep(span / Math.max(1, ticks - 1));
  let all = ticksOf(low, low + span, step);
  // A plot that ends far above its largest value is empty there: rather some more ticks.
  while ((all.at(-1) ?? 0) - (all[0] ?? 0) > span * 1.3 && all.length <= ticks) {
    step = roundStep(step * 0.4);
    all = ticksOf(low, low + span, step);
  }
  return { from: all[0] ?? 0, to: all.at(-1) ?? 1, ticks: all };
}

function ticksOf(low: number, high: number, step: number): readonly number[] {
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => tidy((first + i) * step, step));
}

/** The next of 1, 2 and 5 times a power of ten. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((each) => each * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Without what adding up binary fractions leaves behind. */
function tidy(value: number, step: number): number {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(step)));
  return digits > 15 ? value : Number(value.toFixed(digits));
}

/** Where a value is on so many places, 0 for the first. */
export function placeOf(
  value: number,
  { from, to }: Pick<Scale, 'from' | 'to'>,
  places: number,
): number {
  const share = (value - from) / (to - from);
  return Math.min(places - 1, Math.max(0, Math.round(share * (places - 1))));
}

/** Lines for a plot of about that height on which the ticks are equally far apart. */
export function evenHeight({ ticks }: Pick<Scale, 'ticks'>, height: number): number {
  const gaps = Math.max(1, ticks.length - 1);
  return Math.max(1, Math.round((height - 1) / gaps)) * gaps + 1;
}
