/** JSON whose scalars stay the texts that they are, so that no digit is lost. */
export type Json = string | readonly Json[] | ReadonlyMap<string, Json>;

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g;

/** @param text sound JSON */
export function parseJson(text: string): Json {
  const tokens = text.match(TOKEN) ?? [];
  let at = 0;
  return value();

  function value(): Json {
    const token = tokens[at++] ?? 'null';
    if (token === '[') return items(']', value);
    if (token !== '{') return token;
    return new Map(
      items('}', () => {
        const name: unknown = JSON.parse(tokens[at] ?? '""');
        at += 2;
        return [String(name), value()] as const;
      }),
    );
  }

  function items<Item>(end: string, next: () => Item): readonly Item[] {
    const list: Item[] = [];
    while (at < tokens.length && tokens[at] !== end) {
      list.push(next());
      if (tokens[at] === ',') at++;
    }
    at++;
    return list;
  }
}

export function printJson(json: Json): string {
  if (typeof json === 'string') return json;
  if (isArray(json)) return `[${json.map(printJson).join(',')}]`;
  return `{${[...json].map(([name, value]) => `${JSON.stringify(name)}:${printJson(value)}`).join(',')}}`;
}

export function isArray(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
