import type { DuckDBConnection, DuckDBType } from '@duckdb/node-api';
import type { Cell, KustoType } from '../model/table.js';

/** A function that DuckDB calls back for each row. Where an argument is null it is not asked: null it is. */
export interface Scripted {
  readonly args: readonly KustoType[];
  readonly returns: KustoType;
  readonly run: (args: readonly NonNullable<Cell>[]) => Cell;
}

/** Lets the SQL of every connection call the functions, as `script_` and their names. */
export async function register(
  connection: DuckDBConnection,
  functions: Readonly<Record<string, Scripted>>,
): Promise<void> {
  const duckdb = await import('@duckdb/node-api');
  const typeOf = (type: KustoType): DuckDBType => {
    if (type === 'bool') return duckdb.BOOLEAN;
    if (type === 'int') return duckdb.INTEGER;
    if (type === 'real') return duckdb.DOUBLE;
    return type === 'string' || type === 'dynamic' ? duckdb.VARCHAR : duckdb.BIGINT;
  };
  for (const [name, { args, returns, run }] of Object.entries(functions)) {
    connection.registerScalarFunction(
      duckdb.DuckDBScalarFunction.create({
        name: `script_${name}`,
        parameterTypes: args.map(typeOf),
        returnType: typeOf(returns),
        mainFunction: (_info, input, output) => {
          const columns = args.map((_, index) => input.getColumnVector(index));
          for (let row = 0; row < input.rowCount; row++) {
            const values = columns.flatMap((column) => toCell(column.getItem(row)) ?? []);
            output.setItem(row, values.length < columns.length ? null : run(values));
          }
          output.flush();
        },
      }),
    );
  }
}

function toCell(value: unknown): NonNullable<Cell> | undefined {
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'bigint':
    case 'string':
      return value;
    default:
      return undefined;
  }
}
