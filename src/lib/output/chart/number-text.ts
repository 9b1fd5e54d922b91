/** A number for a reader: three digits that count, whole thousands as `k`, `M`, `G`. Shown, never computed with. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return String(value);
  if (size >= 1e15) return value.toExponential(1);
  // What rounds up to the next power takes its unit.
  const [unit, suffix] = UNITS.find(([each]) => size >= each * 0.9995) ?? [1, ''];
  const scaled = value / unit;
  if (size < 1e-3 && size > 0) return value.toExponential(1);
  return withoutZeros(scaled.toFixed(decimalsFor(Math.abs(scaled)))) + suffix;
}

/** As `shortNumber`, but whole numbers below a million keep all digits. */
export function valueText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e6 ? String(value) : shortNumber(value);
}

/** The numbers of an axis, all with the same unit and as many decimals as their step needs. */
export function tickTexts(ticks: readonly number[]): readonly string[] {
  const [first = 0, second = first + 1] = ticks;
  const step = second - first;
  const largest = Math.max(...ticks.map(Math.abs));
  if (largest >= 1e15 || (largest > 0 && step < 1e-6))
    return ticks.map((tick) => shortNumber(tick));
  const [unit, suffix] = UNITS.find(([each]) => largest >= each * 10) ?? [1, ''];
  const decimals = Math.max(0, -Math.floor(Math.log10(step / unit) + 1e-9));
  return ticks.map((tick) => (tick === 0 ? '0' : (tick / unit).toFixed(decimals) + suffix));
}

const UNITS = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

function decimalsFor(size: number): number {
  if (size >= 99.95 || size === 0) return 0;
  if (size >= 9.995) return 1;
  return size >= 0.9995 ? 2 : 3;
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
