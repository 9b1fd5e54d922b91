import { type Script, script } from './script.js';

/** Digits behind the point that a decimal keeps here. */
const SCALE = 18;

/** A decimal as a count of its last digit. */
function toUnits(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.slice(0, SCALE).padEnd(SCALE, '0'));
}

function toText(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(SCALE + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`;
}

/** A quotient rounded to the nearest, halves away from zero. */
function divide(dividend: bigint, divisor: bigint): bigint {
  const half = (divisor < 0n ? -divisor : divisor) / 2n;
  return (dividend < 0n ? dividend - half : dividend + half) / divisor;
}

export const DECIMALS: Readonly<Record<string, Script>> = {
  decimal_multiply: script(['string', 'string'], 'string', (a, b) =>
    toText(divide(toUnits(a) * toUnits(b), 10n ** BigInt(SCALE))),
  ),
  decimal_divide: script(['string', 'string'], 'string', (a, b) => {
    const divisor = toUnits(b);
    return divisor === 0n ? null : toText(divide(toUnits(a) * 10n ** BigInt(SCALE), divisor));
  }),
};
