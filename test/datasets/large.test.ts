import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/host.js';
import { datasets } from './opened.js';

/** Text of a length that changes from line to line. */
const pad = (row: number) => 'x'.repeat(40 + ((row * 7919) % 2000));

test.each([
  ['v2', (row: number) => `{"data":[{"n":${row},"pad":"${pad(row)}"}]}\n`, ''],
  ['v1', (row: number) => `${row},"two\nlines, ${pad(row)}"\n`, 'n,pad\n'],
] as const)(
  '%s: has every row of files of many buffers, in order',
  async (format, lineOf, first) => {
    const path = join(await temporaryFolder(), 'a');
    const count = 80_000;
    await pipeline(
      Readable.from(
        (function* () {
          yield first;
          for (let row = 0; row < count; row++) yield lineOf(row);
        })(),
      ),
      createWriteStream(path),
    );
    const { counts, relation } = await datasets.open({ format, files: [path] });
    const { connection, sheets } = await relation();
    const asked = await connection.runAndReadAll(
      `SELECT count(*)::INT AS n, bool_and(c0 = place) AS ordered FROM (SELECT c0, row_number() OVER () - 1 AS place FROM (${sheets[0]?.sql}))`,
    );

    expect(counts).toMatchObject({ rows: count, rejected: 0 });
    expect(asked.getRowObjectsJson()).toEqual([{ n: count, ordered: true }]);
  },
  60_000,
);

test('says so of a line that is too long to be read, and would be lost', async () => {
  const folder = await temporaryFolder();
  const long = `{"data":[{"a":"${'x'.repeat(40_000_000)}"}]}`;
  const short = '{"data":[{"a":"1"}]}\n';
  for (const [name, texts] of Object.entries({
    last: [short, long],
    middle: [short, long, '\n', short],
  })) {
    const path = join(folder, name);
    await pipeline(Readable.from(texts), createWriteStream(path));
    await pipeline(Readable.from(texts), createGzip(), createWriteStream(`${path}.gz`));
    for (const file of [path, `${path}.gz`]) {
      await expect(datasets.open({ format: 'v2', files: [file] })).rejects.toMatchObject({
        kind: 'usage',
        message: `"${file}" has a line that is longer than 8 MB.`,
      });
    }
  }
}, 60_000);
