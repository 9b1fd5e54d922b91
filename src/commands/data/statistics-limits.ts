/** What DuckDB may use for figures of many rows; the rest waits on the disk. */
export const STATISTICS_LIMITS = { maxMemoryBytes: 600_000_000 };
