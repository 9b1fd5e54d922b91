import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../src/lib/engine/duckdb-engine.js';
import type { Engine } from '../../src/lib/engine/engine.js';
import { quoteString } from '../../src/lib/kql/quote.js';
import { runKql } from '../engine/run-kql.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

/** What an expression over `s` makes of each of some texts. */
async function each(expression: string, texts: readonly string[]): Promise<readonly unknown[]> {
  const rows = texts.map((text) => quoteString(text).kql).join(', ');
  const kql = `datatable(s: string)[${rows}] | project v = ${expression}`;
  return (await runKql(engine, kql)).map((row) => Object.values(row)[0]);
}

const some = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { minLength: 1, maxLength: 20 });
const text = fc.string({ unit: 'binary', maxLength: 12 }).filter((it) => !it.includes('\0'));
const bounded = { numRuns: 30 };

test.each([
  'url_decode(url_encode(s))',
  'url_decode(url_encode_component(s))',
  'base64_decode_tostring(base64_encode_tostring(s))',
  'unicode_codepoints_to_string(unicode_codepoints_from_string(s))',
  'tostring(parse_json(tostring(pack_array(s)))[0])',
  'reverse(reverse(s))',
  'strcat_array(split(s, "a"), "a")',
])('%s is s', async (expression) => {
  await fc.assert(
    fc.asyncProperty(some(text), async (texts) => {
      expect(await each(expression, texts)).toEqual(texts);
    }),
    bounded,
  );
});

test('url_encode_component escapes as the web platform does, with small digits, and more', async () => {
  await fc.assert(
    fc.asyncProperty(some(text), async (texts) => {
      const escaped = texts.map((it) =>
        encodeURIComponent(it)
          .replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`)
          .replaceAll(/%[\dA-F]{2}/g, (code) => code.toLowerCase()),
      );
      expect(await each('url_encode_component(s)', texts)).toEqual(escaped);
    }),
    bounded,
  );
});

test('a record of CSV falls into its fields', async () => {
  const field = fc.string({ unit: fc.constantFrom('a', ',', '"', ' ', '\n', 'é'), maxLength: 6 });
  const record = fc.array(field, { minLength: 2, maxLength: 4 });
  const write = (fields: readonly string[]) =>
    fields.map((it) => (/[",\n]/.test(it) ? `"${it.replaceAll('"', '""')}"` : it)).join(',');
  await fc.assert(
    fc.asyncProperty(some(record), async (records) => {
      expect(await each('parse_csv(s)', records.map(write))).toEqual(records);
    }),
    bounded,
  );
});

test('an address is the number that it spells, and comes back from it', async () => {
  const octets = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(some(octets), async (all) => {
      const texts = all.map((it) => it.join('.'));
      const numbers = all.map((it) => it.reduce((sum, octet) => sum * 256 + octet, 0));
      expect(await each('parse_ipv4(s)', texts)).toEqual(numbers);
      expect(await each('format_ipv4(parse_ipv4(s))', texts)).toEqual(texts);
    }),
    bounded,
  );
});

test('a time is written as it was read, to the tick', async () => {
  const date = fc.date({
    min: new Date('0001-01-01'),
    max: new Date('9999-12-31'),
    noInvalidDate: true,
  });
  const time = fc
    .tuple(date, fc.integer({ min: 0, max: 9999 }))
    .map(([it, ticks]) => it.toISOString().replace('Z', `${String(ticks).padStart(4, '0')}Z`));
  await fc.assert(
    fc.asyncProperty(some(time), async (times) => {
      expect(await each('todatetime(s)', times)).toEqual(times);
      const shown = times.map((it) => it.replace('T', ' ').slice(0, -1));
      expect(
        await each("format_datetime(todatetime(s), 'yyyy-MM-dd HH:mm:ss.fffffff')", times),
      ).toEqual(shown);
    }),
    bounded,
  );
});

test('a length of time is written as it was read', async () => {
  const span = fc.bigInt({ min: 0n, max: 864_000_000_000n * 10_000n });
  const write = (ticks: bigint) => {
    const pad = (value: bigint, size = 2) => String(value).padStart(size, '0');
    const days = ticks / 864_000_000_000n;
    const clock = [
      (ticks / 36_000_000_000n) % 24n,
      (ticks / 600_000_000n) % 60n,
      (ticks / 10_000_000n) % 60n,
    ];
    const rest = ticks % 10_000_000n;
    return `${days > 0n ? `${days}.` : ''}${clock.map((it) => pad(it)).join(':')}${rest > 0n ? `.${pad(rest, 7)}` : ''}`;
  };
  await fc.assert(
    fc.asyncProperty(some(span), async (spans) => {
      const texts = spans.map(write);
      expect(await each('tostring(totimespan(s))', texts)).toEqual(texts);
    }),
    bounded,
  );
});
