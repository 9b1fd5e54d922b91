import { expect, test } from 'vitest';
import { parseSize, sizeText } from '../../src/lib/model/size.js';

test.each([
  ['512MB', 512_000_000],
  ['1.5 gb', 1_500_000_000],
  ['2GiB', 2 ** 31],
  ['64kib', 65_536],
])('%s is a size', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(['512', 'MB', '-1GB', '0MB', '1e3MB', '2 G', '9999999TB'])('%s is none', (text) => {
  expect(() => parseSize(text)).toThrow(`"${text}" is not a size.`);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1234, '1.2 kB'],
  [64_000_000, '64 MB'],
  [2.5e15, '2500 TB'],
])('%d bytes are shown as %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
