/** A number in an answer of DuckDB: large ones are texts; what is not finite is none. */
export function toNumber(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** A whole number in an answer of DuckDB, with all of its digits. */
export function toWhole(value: unknown): bigint | null {
  return typeof value === 'number' || typeof value === 'string' ? BigInt(value) : null;
}

/** A list of counts in an answer of DuckDB. */
export function toCounts(list: unknown): readonly number[] {
  return Array.isArray(list) ? list.map((count) => toNumber(count) ?? 0) : [];
}
