import type { Connection } from '../duckdb/ask.js';
import { copyToFile } from '../duckdb/copy-to-file.js';
import { quotePaths } from '../duckdb/quote.js';

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

/** Keeps the rows of a query where they are read several times at little cost, and then thrown away. */
export async function keep(
  { connection, scratchFile }: Workshop,
  select: string,
  signal?: AbortSignal,
): Promise<Kept> {
  const path = await scratchFile('parquet');
  const options = 'FORMAT parquet, COMPRESSION lz4_raw';
  const count = await copyToFile(connection, { select, path, options, signal });
  return { from: `read_parquet(${quotePaths([path])})`, path, count };
}
