import { expect, test } from 'vitest';
import { downloadText, downloadView } from '../../src/lib/output/download-view.js';
import { createStyle } from '../../src/lib/output/style.js';
import type { Downloaded } from '../../src/lib/use-cases/data/download.js';

const HALF = {
  listed: 1200,
  listedBytes: 240_000_000,
  isAllListed: true,
  files: 420,
  bytes: 120_000_000,
  came: 100_000_000,
  since: 0,
};
const BAR = `${'█'.repeat(8)}${'░'.repeat(8)}`;

test.each([
  [undefined, '50 %  420 of 1,200 files  120 MB of 240 MB  10 MB/s  12 s left'],
  [157, `${BAR}  50 %  420 of 1,200 files  120 MB of 240 MB  10 MB/s  12 s left`],
  [77, `${BAR}  50 %  420 of 1,200 files  120 MB of 240 MB  12 s left`],
  [57, `${BAR}  50 %  420 of 1,200 files  12 s left`],
])('in %s columns the rest of the time is shown, whatever makes room for it', (width, text) => {
  expect(downloadText(HALF, 10_000, width)).toBe(text);
});

test('while files are still listed, it does not say how much is left', () => {
  const early = { ...HALF, isAllListed: false };
  expect(downloadText(early, 10_000, 77)).toBe('420 of more than 1,200 files  120 MB  10 MB/s');
  expect(downloadText(early, 10_000, 30)).toBe('420 of more than 1,200 files');
});

const NOTHING: Downloaded = {
  service: 'fraud',
  folder: '/work/fraud-data',
  files: { fetched: 0, grown: 0, kept: 0, failed: 0 },
  references: { fetched: 0, kept: 0, failed: 0, refused: 0 },
  bytes: 0,
  renamed: 0,
  failures: [],
  dryRun: false,
  tables: [],
};

test.each<[string, Partial<Downloaded>]>([
  [
    'fraud: fetched 1,204 files, what 1 file has grown by and 3 that they refer to, 84 MB, into /work/fraud-data; 2 files were there already.',
    {
      files: { fetched: 1204, grown: 1, kept: 2, failed: 0 },
      references: { ...NOTHING.references, fetched: 3 },
      bytes: 84_000_000,
    },
  ],
  [
    'fraud: would fetch 1 file, 2 kB, into /work/fraud-data.',
    { files: { ...NOTHING.files, fetched: 1 }, bytes: 2000, dryRun: true },
  ],
  [
    'fraud: 1 file was there already, in /work/fraud-data.',
    { files: { ...NOTHING.files, kept: 1 } },
  ],
  ['fraud: nothing came.', { files: { ...NOTHING.files, failed: 1 } }],
])('%s', (sentence, downloaded) => {
  const space = { style: createStyle(0), width: undefined, unicode: true };
  expect(downloadView.text({ ...NOTHING, ...downloaded }, space.style, space)).toBe(sentence);
});
