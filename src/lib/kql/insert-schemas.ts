/** KQL with schemas behind the calls of plugins, and the way back to places in the text as it was. */
export interface WithSchemas {
  readonly text: string;
  readonly toOriginal: (offset: number) => number;
}

/** @param schemas KQL such as `(a: long)`, by the offset behind the call that answers with it */
export function insertSchemas(text: string, schemas: ReadonlyMap<number, string>): WithSchemas {
  const inserts = [...schemas]
    .sort(([one], [other]) => one - other)
    .map(([at, schema]) => ({ at, piece: ` : ${schema}` }));
  let whole = '';
  let last = 0;
  for (const { at, piece } of inserts) {
    whole += text.slice(last, at) + piece;
    last = at;
  }
  return {
    text: whole + text.slice(last),
    toOriginal: (offset) =>
      inserts.reduceRight((place, { at, piece }, index) => {
        const start = at + inserts.slice(0, index).reduce((sum, one) => sum + one.piece.length, 0);
        return place <= start ? place : Math.max(start, place - piece.length);
      }, offset),
  };
}
