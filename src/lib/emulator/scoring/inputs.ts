import { CliError } from '../../errors.js';
import { MODEL } from './model.js';
import { type Draws, drawsFrom } from './random.js';

/** By how many standard deviations of its own a feature is higher than usual. */
export type Shifts = Readonly<Record<string, number>>;

/**
 * The body of a scoring request with one customer of the kind that the sample's model has, the same for the same seed.
 *
 * @throws {CliError} `usage` if a shift names no feature
 */
export function drawInput(seed: string, shifts: Shifts = {}): string {
  const unknown = Object.keys(shifts).find((name) => !isFeature(name));
  if (unknown !== undefined) {
    throw new CliError('usage', `The sample model has no feature "${unknown}".`, {
      hint: `It has ${MODEL.features.join(', ')}.`,
    });
  }
  return JSON.stringify({ data: [drawRow(drawsFrom(`${seed}/input`), shifts)] });
}

function isFeature(name: string): boolean {
  return MODEL.features.some((feature) => feature === name);
}

/** A customer: many are new, many pay for the least, few call, and they are of any age. */
export function drawRow(draws: Draws, shifts: Shifts = {}): readonly number[] {
  const isNew = draws.next() < 0.3;
  const isBasic = draws.next() < 0.3;
  const drawn = [
    isNew ? -9 * Math.log(1 - draws.next()) : 12 + draws.next() * 60,
    isBasic ? 20 + normal(draws) * 1.5 : 82 + normal(draws) * 18,
    poisson(draws, 1.9),
    44 + normal(draws) * 15,
  ];
  return MODEL.features.map((feature, at) => {
    const [lowest, highest, digits] = RANGES[feature];
    const value = (drawn[at] ?? 0) + (shifts[feature] ?? 0) * (MODEL.scale[at] ?? 1);
    return Number(Math.min(highest, Math.max(lowest, value)).toFixed(digits));
  });
}

/** Lowest and highest value, and digits behind the point. */
const RANGES = {
  tenure_months: [0, 120, 0],
  monthly_charges: [15, 250, 1],
  support_calls: [0, 40, 0],
  age: [18, 110, 0],
} as const;

/** Of mean 0 and standard deviation 1 (Box and Muller). */
function normal(draws: Draws): number {
  return Math.sqrt(-2 * Math.log(1 - draws.next())) * Math.cos(2 * Math.PI * draws.next());
}

/** A count of what happens so often on average (Knuth). */
function poisson(draws: Draws, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = draws.next(); product > limit; product *= draws.next()) count += 1;
  return count;
}
