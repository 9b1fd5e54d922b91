/** A number in an answer of DuckDB: large ones are texts; what is not finite is none. */
export function toNumber(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** A list of counts in an answer of DuckDB. */
export function toCounts(list: unknown): readonly number[] {
  return Array.isArray(list) ? list.map((count) => toNumber(count) ?? 0) : [];
}
