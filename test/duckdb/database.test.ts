import { env } from 'node:process';
import { expect, test } from 'vitest';
import { ask } from '../../src/lib/duckdb/ask.js';
import { openDatabase } from '../../src/lib/duckdb/database.js';
import { quoteText } from '../../src/lib/duckdb/quote.js';

test('every connection takes times for UTC, wherever this machine is', async () => {
  env.TZ = 'Asia/Tokyo';
  const database = await openDatabase([]);
  for (const connection of [await database.connect(), await database.connect()]) {
    expect(await ask(connection, `SELECT current_setting('TimeZone') AS zone`)).toEqual([
      { zone: 'UTC' },
    ]);
  }
  database.close();
});

test('a text with quotes and NULs is itself in SQL', async () => {
  const database = await openDatabase([]);
  const text = "\0it's\0\0'a'\0";
  const [row] = await ask(await database.connect(), `SELECT ${quoteText(text)} AS text`);
  expect(row).toEqual({ text });
  database.close();
});
