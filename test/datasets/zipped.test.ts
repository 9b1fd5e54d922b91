import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { datasets, filesOf, rowsOf } from './opened.js';

/** Rows that do not shrink much. */
const numbers = Array.from({ length: 60_000 }, (_, at) => (at * 2_654_435_761) % 4_294_967_291);
const texts = {
  csv: ['n', ...numbers].join('\n'),
  jsonl: numbers.map((n) => JSON.stringify({ n })).join('\n'),
} as const;

test.each(['csv', 'jsonl'] as const)(
  '%s: a zipped file that is cut off or damaged is an error that names it, whatever its size',
  async (format) => {
    const large = gzipSync(texts[format]);
    const small = gzipSync(texts[format].slice(0, 5000));
    const bad = {
      large: [large.subarray(0, large.length - 50_000), 'cut off'],
      end: [large.subarray(0, large.length - 4), 'cut off'],
      small: [small.subarray(0, small.length - 50), 'cut off'],
      text: [Buffer.from(texts[format].slice(0, 100)), 'no gzip'],
      empty: [Buffer.alloc(0), 'cut off'],
    } as const;
    for (const [name, [content, why]] of Object.entries(bad)) {
      const files = await filesOf({ [`${name}.${format}.gz`]: content });
      const error = {
        kind: 'usage',
        message: expect.stringMatching(new RegExp(`${name}\\.${format}\\.gz" is ${why}`)),
      };
      const find = () => datasets.find([`${name}.${format}.gz`], dirname(files[0] ?? ''));
      await expect(datasets.open({ format, files })).rejects.toMatchObject(error);
      if (name === 'text' || name === 'small') await expect(find()).rejects.toMatchObject(error);
    }
    const whole = await datasets.open({
      format,
      files: await filesOf({ [`whole.${format}.gz`]: large }),
    });
    expect((await rowsOf(whole)).map(([n]) => Number(n))).toEqual(numbers);
  },
);
