import fc from 'fast-check';

/** JSON as text: lexemes that no parser may touch, odd names, white space, any depth. */
const lexeme = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    'false',
    '1.0',
    '-0',
    '1e2',
    '0.10',
    '12345678901234567890',
    '1E-7',
  ),
  fc.constantFrom('"\\u00e9"', '"\\/"', '"// no comment"', '"a\\"b"', '"é😀"', '"\\u2028"', '""'),
  fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
);
const key = fc.oneof(
  fc.constantFrom('properties', 'id', 'name', 'provisioningState', '__proto__', 'a.b', '', 'x y'),
  fc.string({ maxLength: 6 }),
);
const space = fc.constantFrom('', ' ', '\n  ', '\t');
const { json } = fc.letrec<{ json: string; array: string; object: string }>((tie) => ({
  json: fc.oneof({ depthSize: 'small' }, lexeme, tie('array'), tie('object')),
  array: fc.array(tie('json'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
  object: fc
    .uniqueArray(fc.tuple(key, tie('json'), space), { maxLength: 4, selector: ([name]) => name })
    .map((members) => object(members)),
}));

/** A member as text: its name, its value, the white space around both. */
export type Member = readonly [name: string, value: string, space: string];

/** An object of these members, in their order. */
export function object(members: readonly Member[]): string {
  return `{${members.map(([name, value, gap]) => `${gap}${JSON.stringify(name)}:${gap}${value}`).join(',')}}`;
}

/** Members that nobody knows, none of them with the names that the text is about. */
export const unknown = (taken: readonly string[]) =>
  fc
    .uniqueArray(fc.tuple(key, json, space), {
      maxLength: 5,
      selector: ([name]) => name,
    })
    .map((members) => members.filter(([name]) => !taken.includes(name)));

/** Puts members into others, somewhere. */
export function weave(into: readonly Member[], members: readonly Member[], seed: number): Member[] {
  const woven = [...into];
  for (const [index, member] of members.entries()) {
    woven.splice((seed + index * 7) % (woven.length + 1), 0, member);
  }
  return woven;
}
