import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutQuerySql } from '../../src/lib/datasets/v2-source.js';
import { ask } from '../../src/lib/duckdb/ask.js';
import { openDatabase } from '../../src/lib/duckdb/database.js';
import { quoteText } from '../../src/lib/duckdb/quote.js';
import { withoutQuery } from '../../src/lib/model/reference-text.js';

test('a reference is looked up as it was written down, whatever is in it', async () => {
  const database = await openDatabase([]);
  const connection = await database.connect();
  const words = ['https:', '//', 'HTTPS://x/', 'raw/', 'a b', '?', '#', '%3F', '%3f', 'sig', 'SIG'];
  const word = fc.constantFrom(...words, '=', '%3D', '%26', '&', 'design', '\n', 'é', '1', '.');
  const texts = fc.array(
    fc.array(word).map((each) => each.join('')),
    { minLength: 1 },
  );
  await fc.assert(
    fc.asyncProperty(texts, async (references) => {
      const values = references.map((text, at) => `(${at}, ${quoteText(text)})`).join();
      const rows = await ask(
        connection,
        `SELECT ${withoutQuerySql('text')} AS text FROM (VALUES ${values}) v(place, text) ORDER BY place`,
      );
      expect(rows.map(({ text }) => text)).toEqual(references.map(withoutQuery));
    }),
    { numRuns: 60 },
  );
  database.close();
});
