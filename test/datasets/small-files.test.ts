import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gatherFiles } from '../../src/lib/datasets/gather-files.js';
import { temporaryFolder } from '../support/host.js';
import { datasets, filesOf, rowsOf } from './opened.js';

const eventOf = (rows: readonly object[]) =>
  JSON.stringify({ time: '2024-03-01T08:00:05Z', correlationid: 'r', data: rows });

const row = fc.dictionary(
  fc.constantFrom('a', 'A', 'b c', 'é'),
  fc.oneof(fc.integer(), fc.string()),
  {
    noNullPrototype: true,
  },
);
const lines = {
  v2: fc.oneof(
    { weight: 3, arbitrary: fc.array(row, { maxLength: 3 }).map(eventOf) },
    { weight: 1, arbitrary: fc.constantFrom('', '  ', '{"data":', '[1]', '{}') },
    { weight: 1, arbitrary: fc.constant(Buffer.from('{"data":[{"a":"\xff"}]}', 'latin1')) },
  ),
  jsonl: fc.oneof(
    { weight: 3, arbitrary: row.map((one) => JSON.stringify(one)) },
    { weight: 1, arbitrary: fc.constantFrom('', '{"a":', '7') },
    { weight: 1, arbitrary: fc.constant(Buffer.from('{"a":"\xff"}', 'latin1')) },
  ),
} as const;

interface Part {
  readonly lines: readonly (string | Uint8Array)[];
  readonly end: '\n' | '\r\n';
  readonly isEnded: boolean;
  readonly hasMark: boolean;
  readonly isZipped: boolean;
  readonly isLarge: boolean;
}

const partOf = (line: fc.Arbitrary<string | Uint8Array>): fc.Arbitrary<Part> =>
  fc.record({
    lines: fc.array(line, { maxLength: 5 }),
    end: fc.constantFrom('\n', '\r\n'),
    isEnded: fc.boolean(),
    hasMark: fc.boolean(),
    isZipped: fc.boolean(),
    isLarge: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.boolean()),
  });

/** More than a small file has, in a line that says nothing. */
const BLANKS = ' '.repeat(300_000);

function contentOf({ lines: own, end, isEnded, hasMark, isZipped, isLarge }: Part): Uint8Array {
  const all = isLarge ? [...own, BLANKS] : own;
  const bytes = all.flatMap((line, at) => [
    Buffer.from(line),
    Buffer.from(isEnded || at < all.length - 1 ? end : ''),
  ]);
  const content = Buffer.concat([Buffer.from(hasMark ? '\ufeff' : ''), ...bytes]);
  return isZipped ? gzipSync(content) : content;
}

test.each(['v2', 'jsonl'] as const)(
  '%s: whatever files lines are in, rows and what is none come out as of one file, with file and line',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(partOf(lines[format]), { minLength: 1, maxLength: 6 }),
        async (parts) => {
          const named = parts.map(
            (part, at) => [`${at}.jsonl${part.isZipped ? '.gz' : ''}`, part] as const,
          );
          const all = parts.flatMap((part) => part.lines);
          const whole = Buffer.concat(
            all.flatMap((line) => [Buffer.from(line), Buffer.from('\n')]),
          );
          const [single = ''] = await filesOf({ 'all.jsonl': whole });
          const one = await datasets.open({ format, files: [single] });
          const many = await datasets.open({
            format,
            files: await filesOf(
              Object.fromEntries(named.map(([name, part]) => [name, contentOf(part)])),
            ),
          });

          expect(many.columns).toEqual(one.columns);
          expect(many.counts).toEqual(one.counts);
          expect(await rowsOf(many)).toEqual(await rowsOf(one));
          const places = named.flatMap(([name, part]) =>
            part.lines.map((_, at) => [name, BigInt(at + 1)] as const),
          );
          const expected = (await foundIn(one)).map(([, line, ...others]) => [
            ...(places[Number(line) - 1] ?? []),
            ...others,
          ]);
          expect(await foundIn(many)).toEqual(expected);
        },
      ),
      { numRuns: 30, seed: 20261122 },
    );
  },
  120_000,
);

async function foundIn(dataset: Awaited<ReturnType<typeof datasets.open>>) {
  const found: (readonly unknown[])[] = [];
  for await (const [file, ...others] of (await dataset.rejected()).rows) {
    found.push([basename(String(file)), ...others]);
  }
  return found;
}

const cells = fc.constantFrom('a', '', 'two\nlines', 'two\r\nlines', '"', 'x, y', ' b ', '""\n"');
const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const day = fc.record({
  part: partOf(fc.constant('')),
  records: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.tuple(cells, cells) },
      fc.constantFrom(['1'], ['1', '2', '3']),
    ),
    { maxLength: 5 },
  ),
  isTorn: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.boolean()),
});

test('v1: whatever files records are in, rows and what is none come out, with file and line', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(day, { minLength: 1, maxLength: 6 }), async (days) => {
      const files = days.map(({ part, records, isTorn }, at) => {
        const large = part.isLarge ? [['large', BLANKS]] : [];
        const all = [...large, ...records];
        const lines = [['p', 'q'], ...all].map((record) => record.map(quoted).join(','));
        const torn = isTorn ? ['x,"half'] : [];
        const isEnded = part.isEnded && !isTorn;
        const content = contentOf({ ...part, lines: [...lines, ...torn], isEnded, isLarge: false });
        const lineOf = (index: number) => {
          const before = lines.slice(0, index + 1).join('\n');
          return BigInt(before.split(/\r\n?|\n/).length + 1);
        };
        const rejected = all.flatMap((record, index) =>
          record.length === 2 ? [] : [[lineOf(index), reasonOf(record), record.join(',')]],
        );
        if (isTorn) rejected.push([lineOf(all.length), 'a quote is not closed', 'x,"half']);
        return { name: `${at}.csv${part.isZipped ? '.gz' : ''}`, content, all, rejected };
      });
      const dataset = await datasets.open({
        format: 'v1',
        files: await filesOf(Object.fromEntries(files.map(({ name, content }) => [name, content]))),
      });

      const rows = files.flatMap(({ all }) => all.filter((record) => record.length === 2));
      expect(await rowsOf(dataset)).toEqual(rows.map((row) => row.map((cell) => cell || null)));
      const rejected = files.flatMap(({ name, rejected: own }) => own.map((one) => [name, ...one]));
      expect(await foundIn(dataset)).toEqual(rejected);
    }),
    { numRuns: 30, seed: 20261122 },
  );
}, 120_000);

const reasonOf = (record: readonly string[]) =>
  `it has ${record.length < 2 ? 'fewer' : 'more'} values than the first line`;

/** Where scratch files go. */
async function scratch(signal?: AbortSignal) {
  const folder = await temporaryFolder();
  let count = 0;
  const scratchFile = async (ending: string) => join(folder, `${count++}.${ending}`);
  return { folder, workshop: { scratchFile, signal } };
}

test('puts small files one behind the other, leaves a large one as it is, and nothing behind', async () => {
  const small = (from: number) =>
    Array.from({ length: 200 }, (_, at) => [`${from + at}.jsonl`, `${from + at}`] as const);
  const entries = [...small(1000), ['2000.jsonl', BLANKS] as const, ...small(3000)];
  const paths = await filesOf(Object.fromEntries(entries));
  const { folder, workshop } = await scratch();
  const { files, origins, remove } = await gatherFiles(paths, workshop);

  expect(files).toEqual([join(folder, '0.txt'), paths[200], join(folder, '1.txt')]);
  const texts = await Promise.all(files.map((path) => readFile(path, 'utf8')));
  expect(texts.join('')).toBe(
    entries.map(([, text]) => (text === BLANKS ? text : `${text}\n`)).join(''),
  );
  expect(origins[200]).toEqual({ file: files[2], first: 1, path: paths[201] });
  await remove();
  expect(await readdir(folder)).toEqual([]);
});

test('stops between files when it is told to', async () => {
  const { workshop } = await scratch(AbortSignal.abort(new Error('stopped')));
  const paths = await filesOf({ 'a.jsonl': '{}' });
  await expect(gatherFiles(paths, workshop)).rejects.toThrow('stopped');
});
