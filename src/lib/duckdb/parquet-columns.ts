import { KUSTO_TYPES, type KustoType } from '../model/table.js';
import { ask, type Connection } from './ask.js';
import { quotePaths, quoteText } from './quote.js';
import { PARQUET_KEY } from './stored.js';

/** A column of a file, and the type that its values have in KQL if nothing else is known of it. */
export interface StoredAs {
  readonly name: string;
  /** DuckDB's type. */
  readonly stored: string;
  readonly type: KustoType;
}

/** The columns of Parquet files that are read as one. DuckDB's own error if one is damaged. */
export async function parquetColumns(
  files: readonly string[],
  connection: Connection,
): Promise<readonly StoredAs[]> {
  const described = await ask(
    connection,
    `DESCRIBE SELECT * FROM read_parquet(${quotePaths(files)}, union_by_name = ${files.length > 1}, hive_partitioning = false)`,
  );
  const [metadata] = await ask(
    connection,
    `SELECT decode(value) AS "types" FROM parquet_kv_metadata(${quotePaths(files.slice(0, 1))})
     WHERE decode(key) = ${quoteText(PARQUET_KEY)}`,
  );
  const types = metadata === undefined ? undefined : readTypes(String(metadata.types));
  return described.map(({ column_name, column_type }): StoredAs => {
    const [name, stored] = [String(column_name), String(column_type)];
    const own = types?.get(name);
    // A column with a value that its type here has no room for was kept as text, and is one.
    if (stored === 'VARCHAR' && (own === 'decimal' || own === 'guid')) {
      return { name, stored, type: 'string' };
    }
    const isCompact = own === 'dynamic' && stored === 'VARCHAR';
    return { name, stored: isCompact ? 'JSON TEXT' : stored, type: own ?? typeOf(stored) };
  });
}

function readTypes(text: string): ReadonlyMap<string, KustoType> {
  const value: unknown = JSON.parse(text);
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return new Map(
    entries.flatMap(([name, type]): [string, KustoType][] => {
      const known = KUSTO_TYPES.find((one) => one === type);
      return known ? [[name, known]] : [];
    }),
  );
}

function typeOf(stored: string): KustoType {
  if (stored.endsWith(']') || /^(STRUCT|MAP|UNION|VARIANT|JSON)\b/.test(stored)) return 'dynamic';
  if (/^(TIMESTAMP|DATE)/.test(stored)) return 'datetime';
  if (/^DECIMAL|^UBIGINT|^U?HUGEINT/.test(stored)) return 'decimal';
  return PARQUET_TYPES[stored] ?? 'string';
}

const PARQUET_TYPES: Readonly<Record<string, KustoType>> = {
  BOOLEAN: 'bool',
  TINYINT: 'int',
  UTINYINT: 'int',
  SMALLINT: 'int',
  USMALLINT: 'int',
  INTEGER: 'int',
  UINTEGER: 'long',
  BIGINT: 'long',
  FLOAT: 'real',
  DOUBLE: 'real',
  TIME: 'timespan',
  INTERVAL: 'timespan',
  UUID: 'guid',
};
