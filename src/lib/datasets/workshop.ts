import { ask, type Connection } from '../duckdb/ask.js';
import { quotePaths, quoteText } from '../duckdb/quote.js';
import { interruptOnAbort } from '../duckdb/rows.js';

/** What datasets share: a database and a folder for what is kept meanwhile. */
export interface Workshop {
  /** One query at a time. */
  readonly connection: Connection;
  readonly connect: () => Promise<Connection>;
  /** A path that nothing has yet. */
  readonly scratchFile: (ending: string) => Promise<string>;
  /** A name in the database that nothing has yet. */
  readonly uniqueName: (stem: string) => string;
  /** Interrupts the connection too. */
  readonly signal: AbortSignal | undefined;
}

export interface Kept {
  /** Stands behind FROM: the rows, in their order. */
  readonly from: string;
  readonly path: string;
  readonly count: number;
}

/** What is selected, in SQL. */
export interface Selected {
  readonly values: readonly string[];
  /** What stands behind FROM, and perhaps ORDER BY. */
  readonly from: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Columns that are kept, or asked about, in one query. Of each one DuckDB holds a quarter of a megabyte while it writes,
 * however few rows there are, and of all of them a group of rows.
 */
const MOST_COLUMNS = 200;
/** Rows of a group times columns; DuckDB's own groups have 122 880 rows. */
const GROUP = { cells: 2_500_000, fewest: 2048, most: 122_880 };

/** Keeps the rows of a query where they are read several times at little cost, and then thrown away. */
export async function keep(
  { connection, scratchFile }: Workshop,
  { values, from, signal }: Selected,
): Promise<Kept> {
  const path = await scratchFile('parquet');
  const group = Math.floor(GROUP.cells / values.length);
  const size = Math.min(GROUP.most, Math.max(GROUP.fewest, group));
  const stopInterrupting = interruptOnAbort(connection, signal);
  try {
    signal?.throwIfAborted();
    const [written] = await ask(
      connection,
      `COPY (SELECT ${values.join(', ')} FROM ${from}) TO ${quoteText(path)}
       (FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE ${size})`,
    );
    signal?.throwIfAborted(); // an interrupted query may look as if it had ended
    return { from: `read_parquet(${quotePaths([path])})`, path, count: Number(written?.Count) };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    stopInterrupting();
  }
}

/** Items some at a time, in their order; without any once none. */
export function inSheets<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.max(1, Math.ceil(items.length / MOST_COLUMNS)) }, (_, at) =>
    items.slice(at * MOST_COLUMNS, (at + 1) * MOST_COLUMNS),
  );
}
