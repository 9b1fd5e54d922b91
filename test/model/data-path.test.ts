import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDataPath, parseSpan } from '../../src/lib/model/data-path.js';

const two = (number: number) => String(number).padStart(2, '0');

test('folders of time name the span that they hold, in UTC, however deep they go', () => {
  const instants = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31') });
  fc.assert(
    fc.property(instants, fc.integer({ min: 1, max: 5 }), (at, depth) => {
      fc.pre(!Number.isNaN(at.getTime()));
      const folders = at.toISOString().split(/[-T:]/).slice(0, depth);
      const span = parseSpan(folders);
      expect(span && span.from <= at && at < span.to).toBe(true);
      const next = span && parseSpan(span.to.toISOString().split(/[-T:]/).slice(0, depth));
      expect(next?.from).toEqual(span?.to);
    }),
  );
});

test.each([
  '2026/02/29',
  '2026/13',
  '2026/00',
  '2026/11/20/24',
  '2026/11/20/08/60',
  '26/11',
  'x',
  '',
])('%s is no time', (path) => {
  expect(parseSpan(path.split('/'))).toBeNull();
});

test('a path is read from both ends: levels, time, file; anything else is none', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[^/]+$/), { maxLength: 3 }),
      fc.stringMatching(/^[^/]+$/),
      (levels, file) => {
        const path = [...levels, '2026', two(11), two(5), file].join('/');
        const parsed = parseDataPath(path, levels.length);
        expect(parsed).toMatchObject({ levels, file, span: { from: new Date('2026-11-05') } });
      },
    ),
  );
  expect(parseDataPath('blue/request/x.jsonl', 2)).toBeNull();
  expect(parseDataPath('blue/2026/11/05/x.jsonl', 2)).toBeNull();
  expect(parseDataPath('2026/11/05/', 0)).toBeNull();
  expect(parseDataPath('2026/11/05/08/30/15/x.jsonl', 0)).toBeNull();
});
