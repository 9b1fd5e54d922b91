import { posix, win32 } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSafePaths } from '../../../src/lib/use-cases/data/safe-paths.js';

const place = (...segments: string[]) => createSafePaths().place(segments, 'blob');

test('an ordinary name stays as it is', () => {
  expect(place('blue', 'model_inputs', '2026', '11', '22', '08', 'host-1.jsonl')).toEqual({
    path: 'blue/model_inputs/2026/11/22/08/host-1.jsonl',
    change: null,
  });
});

describe('what would leave the folder, or mean something to a system, is escaped', () => {
  test.each([
    ['..', '%2E%2E'],
    ['.', '%2E'],
    ['', '_'],
    ['.git', '%2Egit'],
    ['a\\..\\b', 'a%5C..%5Cb'],
    ['C:', 'C%3A'],
    ['/etc/passwd', '%2Fetc%2Fpasswd'],
    ['a\0b\u001b[2Jc\n', 'a%00b%1B%5B2Jc%0A'],
    ['\u202Etxt.exe', '%E2%80%AEtxt.exe'],
    ['half \ud800 a pair', 'half %EF%BF%BD a pair'],
    ['end.', 'end%2E'],
    ['end ', 'end%20'],
    ['NUL.csv', '%4EUL.csv'],
    ['com¹', '%63om¹'],
    ['*?.csv', '%2A%3F.csv'],
  ])('%j is %j', (segment, expected) => {
    expect(place('a', segment, 'x.csv')).toEqual({
      path: `a/${expected}/x.csv`,
      change: 'escaped',
    });
  });
});

describe('names that are one to some file system are told apart', () => {
  test.each([
    ['upper and lower case', 'Inputs.csv', 'inputs.csv'],
    ['composed and decomposed letters', 'caf\u00e9.csv', 'cafe\u0301.csv'],
    ['a character that is not shown', 'in\u200cputs.csv', 'inputs.csv'],
    ['two ways to write sharp s', 'STRASSE.csv', 'straße.csv'],
    ['the same escaped', 'a:b', 'a%3Ab'],
  ])('%s', (_, first, second) => {
    const paths = createSafePaths();
    expect(paths.place(['a', first], '1').path).not.toContain('~');
    const { path, change } = paths.place(['a', second], '2');
    expect({ path, change }).toEqual({
      path: expect.stringMatching(/^a\/[^/]+~[0-9a-f]{8}(\.csv)?$/),
      change: 'told-apart',
    });
  });

  test('a file and a folder', () => {
    const paths = createSafePaths();
    expect(paths.place(['a', 'b'], '1').path).toBe('a/b');
    expect(paths.place(['A', 'B', 'c'], '2').path).toMatch(/^A\/B~[0-9a-f]{8}\/c$/);
    expect(paths.place(['d', 'e'], '3').path).toBe('d/e');
    expect(paths.place(['D'], '4').path).toMatch(/^D~[0-9a-f]{8}$/);
  });
});

test('names too long for a file system keep their ending', () => {
  const { path, change } = place('a', `${'ü'.repeat(300)}.jsonl`);
  expect(change).toBe('shortened');
  expect(Buffer.byteLength(path)).toBeLessThan(255);
  expect(path).toMatch(/^a\/ü+~[0-9a-f]{8}\.jsonl$/);

  const deep = place(...Array.from({ length: 250 }, (_, index) => `folder ${index}`), 'x.csv');
  expect(deep.path).toMatch(/^folder 0\/folder 1\/[0-9a-f]{16}\/x\.csv$/);
});

const segment = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'aAäÄ\u0308./\\:~%2E \0ſsKK\u200dßẞ') }),
  fc.constantFrom('..', '.', '', 'CON', 'con.csv', 'a'.repeat(300)),
);

test('whatever blobs are called: inside the folder, and no two in one place', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(segment, { minLength: 1, maxLength: 5 }), { maxLength: 20 }),
      (names) => {
        const paths = createSafePaths();
        const placed = names.map((name, index) => paths.place(name, String(index)).path);
        for (const path of placed) {
          for (const { resolve, sep } of [posix, win32]) {
            const folder = resolve('/work/dir');
            expect(resolve(folder, path)).toBe([folder, ...path.split('/')].join(sep));
          }
          for (const part of path.split('/')) {
            expect(part).toMatch(
              /^[^.\x00-\x1f\x7f-\x9f\\:*?"<>|][^\x00-\x1f\x7f-\x9f\\:*?"<>|]*(?<![. ])$/,
            );
            expect(part).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
            expect(Buffer.byteLength(part)).toBeLessThanOrEqual(255);
          }
        }
        for (const fold of [
          (text: string) => text.normalize('NFC').toLowerCase(),
          (text: string) => text.toUpperCase().normalize('NFD'),
          (text: string) => text.normalize('NFKD').toUpperCase(),
        ]) {
          const all = placed.map(fold);
          expect(new Set(all).size).toBe(all.length);
          // No file is the folder of another.
          for (const path of all)
            expect(all.filter((other) => other.startsWith(`${path}/`))).toEqual([]);
        }
      },
    ),
  );
});
