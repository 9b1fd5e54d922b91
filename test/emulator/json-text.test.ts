import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyPatch, PatchError } from '../../src/lib/emulator/resources/json-patch.js';
import {
  memberText,
  memberTexts,
  removeMember,
  setMember,
} from '../../src/lib/emulator/resources/json-text.js';

/** JSON text with odd spacing, strings full of brackets, and numbers as nobody would print them. */
const space = fc.constantFrom('', ' ', '\n  ', '\t\r\n');
const jsonText = fc.letrec<{ value: string; object: string }>((tie) => ({
  object: fc
    .tuple(
      fc.uniqueArray(fc.tuple(fc.string(), tie('value')), {
        selector: ([name]) => name,
        maxLength: 4,
      }),
      space,
    )
    .map(
      ([members, gap]) =>
        `{${gap}${members.map(([name, text]) => `${JSON.stringify(name)}${gap}:${gap}${text}`).join(`${gap},${gap}`)}${gap}}`,
    ),
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      '1.0',
      '-0',
      '12345678901234567890',
      '1e5',
      'null',
      'true',
      '[ ]',
      '"\\\\"',
      '"\\"}"',
    ),
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
    fc
      .tuple(fc.array(tie('value'), { maxLength: 3 }), space)
      .map(([items, gap]) => `[${gap}${items.join(`,${gap}`)}${gap}]`),
    tie('object'),
  ),
}));

test('an object falls into its members as they stand, in their order', () => {
  fc.assert(
    fc.property(jsonText.object, (text) => {
      const members = memberTexts(text);
      const parsed: object = JSON.parse(text);
      expect(new Set(members.map(([name]) => name))).toEqual(new Set(Object.keys(parsed)));
      for (const [name, value] of members) {
        expect(JSON.parse(value)).toEqual(Reflect.get(parsed, name));
        expect(text).toContain(value);
      }
    }),
  );
});

test('setting a member changes that member; removing it again leaves the rest', () => {
  fc.assert(
    fc.property(jsonText.object, jsonText.value, fc.string(), (text, value, name) => {
      const before = new Map(memberTexts(text));
      const after = new Map(memberTexts(setMember(text, [name], value)));
      expect(after.get(name)).toBe(value);
      expect(new Map([...after].filter(([one]) => one !== name))).toEqual(
        new Map([...before].filter(([one]) => one !== name)),
      );
      const removed = removeMember(setMember(text, [name], value), [name]);
      expect(memberText(removed, [name])).toBeUndefined();
      expect(() => JSON.parse(removed)).not.toThrow();
    }),
  );
});

test('a patch adds, replaces, removes and tests members, escaped names too', () => {
  const text = '{"a/b":{"~":1.0},"list":[1],"keep": 12345678901234567890}';
  const step = (op: string, path: string, value?: unknown) =>
    applyPatch(text, [{ op, path, value }]);
  expect(step('replace', '/a~1b/~0', 2)).toBe(text.replace('1.0', '2'));
  expect(step('add', '/new', null)).toBe(text.replace(/}$/, ',"new":null}'));
  expect(step('remove', '/list')).toBe(text.replace('"list":[1],', ''));
  expect(step('test', '/list', [1])).toBe(text);
  expect(() => step('test', '/list', [2])).toThrow(PatchError);
  expect(() => step('replace', '/none', 1)).toThrow(PatchError);
  expect(() => step('move', '/list', 1)).toThrow(PatchError);
});
