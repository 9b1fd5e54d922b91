import type { KustoType } from '../../model/table.js';

/** What a value of a type is here: times are ticks, dynamic is JSON text. */
interface Values {
  readonly bool: boolean;
  readonly int: number;
  readonly long: bigint;
  readonly real: number;
  readonly datetime: bigint;
  readonly timespan: bigint;
  readonly string: string;
  readonly dynamic: string;
}

export type ScriptType = keyof Values & KustoType;
export type ScriptValue = Values[ScriptType];

/**
 * A function that SQL has no words for: DuckDB calls it for each row, as `script_` and its name. It is never
 * asked about null, whose answer is null.
 */
export interface Script {
  readonly args: readonly ScriptType[];
  readonly returns: ScriptType;
  readonly run: (args: readonly ScriptValue[]) => ScriptValue | null;
}

export function script<const Args extends readonly ScriptType[], Returns extends ScriptType>(
  args: Args,
  returns: Returns,
  run: (
    ...args: { -readonly [Index in keyof Args]: Values[Args[Index]] }
  ) => Values[Returns] | null,
): Script {
  type Run = (...args: readonly ScriptValue[]) => ScriptValue | null;
  // DuckDB hands in values of the types that it was told.
  return { args, returns, run: (values) => (run as unknown as Run)(...values) };
}
