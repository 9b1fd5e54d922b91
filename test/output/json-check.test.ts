import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJsonValue } from '../../src/lib/output/batch/json-check.js';

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isJson(text: string): boolean {
  const bytes = Buffer.from(`x${text}x`);
  return isJsonValue(bytes, 1, bytes.length - 1);
}

test('what is JSON is what JSON.parse takes', () => {
  const piece = fc.constantFrom(
    ...'{}[]",:\\/ \t\n\r\u000b\u0001\u00a0+-.0123eEbfnrtuaxä',
    '"',
    '"',
  );
  const token = fc.constantFrom(
    'true',
    'fals',
    'null',
    '"\\u00e9"',
    '"\\u12g4"',
    '-0.5e+3',
    '01',
    '[]',
  );
  const near = fc
    .tuple(
      fc.json({ maxDepth: 3 }),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 2 }), fc.oneof(piece, token))),
    )
    .map(([json, edits]) =>
      edits.reduce((text, [at, length, put]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + put + text.slice(place + length);
      }, json),
    );
  const text = fc.oneof(
    fc.json(),
    near,
    fc.array(fc.oneof(piece, token)).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (json) => {
      expect(isJson(json)).toBe(parses(json));
    }),
    { numRuns: 3000 },
  );
});

test('the edges of the grammar', () => {
  for (const text of [
    '',
    ' ',
    '"a\tb"',
    '"\u007f"',
    '1.',
    '.5',
    '-',
    '1e',
    '1e+',
    '+1',
    '0x1',
    '[1,]',
  ]) {
    expect(isJson(text), JSON.stringify(text)).toBe(parses(text));
  }
  for (const text of [
    '{"a":1,}',
    '{a:1}',
    '{"a" 1}',
    '[1 2]',
    '"\\u12"',
    '"\\',
    '\ufeff1',
    ' {} ',
    '-0',
  ]) {
    expect(isJson(text), JSON.stringify(text)).toBe(parses(text));
  }
  expect(isJson('['.repeat(200) + ']'.repeat(200))).toBe(false);
});
