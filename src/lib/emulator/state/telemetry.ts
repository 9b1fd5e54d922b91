import type { Engine, SourceTable } from '../../engine/engine.js';
import { TABLES } from '../../engine/telemetry-tables.js';
import { CliError } from '../../errors.js';
import type { Cloud } from '../cloud.js';
import type { LoadedTable } from '../local-cloud.js';
import { type Compact, INGESTION_TIME, type Segments } from './segments.js';

/** Where the rows of a classic table are among the segments. */
export function segmentTable(name: string): string {
  return `telemetry/${name}`;
}

/** A table as the engine reads it; without rows for whoever may not see them. */
export async function telemetryTable(
  name: string,
  segments: Pick<Segments, 'list'>,
  { isDenied = false } = {},
): Promise<SourceTable> {
  const files = isDenied ? [] : await segments.list(segmentTable(name));
  return tableOf(name, files);
}

function tableOf(name: string, files: readonly string[]): SourceTable {
  const isParquet = (file: string) => file.endsWith('.parquet');
  return {
    name,
    columns: TABLES[name] ?? [],
    rows: [
      { format: 'parquet', files: files.filter(isParquet) },
      { format: 'jsonl', files: files.filter((file) => !isParquet(file)) },
    ],
    ingestedAs: INGESTION_TIME,
  };
}

/** Merged telemetry becomes Parquet, of which a query reads what it needs; without DuckDB it stays as lines. */
export function compactTelemetry(openEngine: () => Promise<Engine>): Compact {
  return async (table, files, path) => {
    const name = Object.keys(TABLES).find((one) => segmentTable(one) === table);
    if (name === undefined) return false;
    const { columns, ...rest } = tableOf(name, files);
    const stored = [...columns, { name: INGESTION_TIME, type: 'datetime' as const }];
    return withEngine(openEngine, async (engine) => {
      const options = { columns: stored, orderBy: 'timestamp' };
      await engine.storeParquet({ ...rest, columns: stored }, path, options);
      return true;
    }).catch((error: unknown) => {
      if (error instanceof CliError && error.kind === 'unsupported') return false;
      throw error;
    });
  };
}

/**
 * Adds the telemetry in files of any kind to the tables. What a component's tables have no column for is left out.
 *
 * @throws {CliError} `usage` before anything is added if one of the files holds something else
 */
export function loadTelemetry(
  { segments, openEngine, now }: Pick<Cloud, 'segments' | 'openEngine' | 'now'>,
  patterns: readonly string[],
  { cwd, signal }: { readonly cwd: string; readonly signal: AbortSignal },
): Promise<readonly LoadedTable[]> {
  return withEngine(openEngine, async (engine) => {
    const opened = await engine.openFiles(patterns, cwd);
    const tables = opened.filter(({ rows }) => !('of' in rows));
    const other = tables.find(({ name }) => !Object.hasOwn(TABLES, name));
    if (other) {
      throw new CliError('usage', `The rows of "${other.name}" are no telemetry.`, {
        hint: `Files are known by their names or columns: ${Object.keys(TABLES).join(', ')}.`,
      });
    }
    const loaded: LoadedTable[] = [];
    for (const table of tables) {
      const columns = TABLES[table.name] ?? [];
      const rows = await segments.add(segmentTable(table.name), (path) =>
        engine.storeParquet(table, path, {
          columns,
          orderBy: 'timestamp',
          ingestedAt: { as: INGESTION_TIME, at: now() },
          signal,
        }),
      );
      loaded.push({ table: table.name, rows });
    }
    return loaded;
  });
}

async function withEngine<T>(
  openEngine: () => Promise<Engine>,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await openEngine();
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}
