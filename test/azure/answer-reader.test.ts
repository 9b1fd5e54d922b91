import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openAnswer } from '../../src/lib/azure/query/answer-reader.js';
import { readCell } from '../../src/lib/azure/query/cells.js';
import type { Table } from '../../src/lib/model/table.js';
import { collectItems } from './collect-items.js';

/** Pieces of a text in UTF-8, cut at any bytes. */
async function* cut(text: string, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  const places = cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b);
  let from = 0;
  for (const to of [...places, bytes.length]) {
    // A copy: whoever keeps what was used again is found out.
    const piece = Buffer.from(bytes.subarray(from, to));
    yield piece;
    piece.fill(0);
    from = to;
  }
}

async function readAll(text: string, cuts: readonly number[], by: (table: Table) => unknown) {
  const answer = await openAnswer(cut(text, cuts), 1);
  const tables = [];
  for await (const table of answer.tables) tables.push([table.columns, await by(table)]);
  return { tables, frame: answer.frame() };
}

const byRow = ({ rows }: Table) => collectItems(rows);
async function byBatch({ columns, batches }: Table) {
  const rows = [];
  for await (const { rowCount, cell } of batches ?? []) {
    for (let row = 0; row < rowCount; row++) rows.push(columns.map((_, at) => cell(row, at)));
  }
  return rows;
}

const tricky = fc.oneof(
  fc.constantFrom('"rows":[', ']', '[', '\\', '"', '},{"rows":[[', '😀', '\\\\"', 'a "rows":[ b'),
  fc.string({ unit: 'binary' }),
);
const lexeme = fc.oneof(
  tricky.map((text) => JSON.stringify(text)),
  tricky.map((text) => `"${[...text].map(escaped).join('')}"`),
  fc.constantFrom('null', '1.0', '-1e5', 'true', '12345678901234567890', '{"a":[1,"]"]}', '[]'),
);
const blanks = fc.stringMatching(/^[ \n\r\t]{0,3}$/);

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
}

/** An answer as a service may lay it out, with what it means. */
const answer = fc
  .record({
    tables: fc.array(
      fc.record({
        names: fc.array(tricky, { minLength: 1, maxLength: 3 }),
        rows: fc.array(fc.array(lexeme, { maxLength: 4 }), { maxLength: 5 }),
        columnsLast: fc.boolean(),
        rowsKey: fc.constantFrom('"rows"', '"\\u0072ows"'),
      }),
      { maxLength: 3 },
    ),
    head: fc.constantFrom('', '"render":{"rows":[[1]]},', '"x":"\\"tables\\":[{\\"rows\\":[",'),
    tail: fc.constantFrom(
      '',
      ',"error":{"code":"PartialError","details":[{"innererror":{"code":"-2133196797"}}]}',
      ',"statistics":{"tables":[{"rows":[1,2]}],"query":{"rows":[[]]}},"error":null',
    ),
    gap: blanks,
  })
  .map(({ tables, head, tail, gap }) => {
    const list = (items: readonly string[]) => `[${gap}${items.join(`${gap},${gap}`)}${gap}]`;
    const printed = (withRows: boolean) => {
      const texts = tables.map(({ names, rows, columnsLast, rowsKey }) => {
        const columns = names.map((name) => ({ name, type: 'dynamic' }));
        const rowsText = `${rowsKey}${gap}:${gap}${withRows ? list(rows.map(list)) : '[]'}`;
        const parts = [rowsText, `"columns":${gap}${JSON.stringify(columns)}`];
        return `{"name":"T",${(columnsLast ? parts : parts.toReversed()).join(`${gap},`)}}`;
      });
      return `${gap}{${head}"tables"${gap}:${list(texts)}${tail}}${gap}`;
    };
    return {
      text: printed(true),
      frame: JSON.parse(printed(false)),
      tables: tables.map(({ names, rows }) => [
        names.map((name) => ({ name, type: 'dynamic' })),
        rows.map((cells) => names.map((_, at) => readCell(cells[at] ?? 'null', 'dynamic'))),
      ]),
    };
  });

test('an answer is the same however it is laid out, and wherever its bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      answer,
      fc.array(fc.nat(), { maxLength: 40 }),
      fc.constantFrom(byRow, byBatch),
      async ({ text, frame, tables }, cuts, by) => {
        expect(await readAll(text, cuts, by)).toEqual({ tables, frame });
      },
    ),
    { numRuns: 400 },
  );
});

test('each byte may come alone', async () => {
  const text =
    '{"tables":[{"columns":[{"name":"ä\\"","type":"string"}],"rows":[["😀\\\\\\""],["é"]]}]}';
  const cuts = [...Array(200).keys()];
  expect(await readAll(text, cuts, byBatch)).toMatchObject({
    tables: [[[{ name: 'ä"' }], [['😀\\"'], ['é']]]],
  });
});

test('an answer that ends too soon is an error that says how many rows came, never a shorter answer', async () => {
  const text = '{"tables":[{"columns":[{"name":"a","type":"string"}],"rows":[["b"],["c"]]}]}';
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: text.length - 1 }),
      fc.array(fc.nat()),
      async (length, cuts) => {
        const rows: unknown[] = [];
        const read = readAll(text.slice(0, length), cuts, async (table) => {
          for await (const row of table.rows) rows.push(row);
        });
        const error = await read.then(
          () => undefined,
          (error: unknown) => error,
        );
        expect(error).toBeInstanceOf(Error);
        const isOpen = length >= text.indexOf('"rows":[') + '"rows":['.length;
        if (!isOpen) expect(error).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
        else {
          const came = rows.length === 1 ? '1 row' : `${rows.length} rows`;
          expect(error).toMatchObject({
            kind: 'service',
            message: `The answer of Log Analytics broke off after ${came}.`,
          });
        }
      },
    ),
  );
});

test('bytes that are no UTF-8 become U+FFFD', async () => {
  async function* bytes() {
    yield Buffer.from(
      '{"tables":[{"columns":[{"name":"a","type":"string"}],"rows":[["x"],["\xff"]',
    );
    yield Buffer.from([0x2c, 0x5b, 0x22, 0xff, 0x22, 0x5d]);
    yield Buffer.from(',["y"]]}]}');
  }
  const { tables } = await openAnswer(bytes(), 1);
  for await (const table of tables) {
    expect(await byBatch(table)).toEqual([['x'], ['ÿ'], ['\ufffd'], ['y']]);
  }
});

test('rows that are left give the stream up; rows that are passed over do not', async () => {
  const table = '{"columns":[{"name":"a","type":"string"}],"rows":[["b"],["c"]]}';
  let isOpen = true;
  async function* bytes() {
    try {
      yield* cut(`{"tables":[${table},${table}]}`, [...Array(150).keys()]);
    } finally {
      isOpen = false;
    }
  }
  const first = await openAnswer(bytes(), 1);
  const rows = [];
  for await (const table of first.tables)
    for await (const row of table.rows) {
      rows.push(row);
      break;
    }
  expect({ rows, isOpen }).toEqual({ rows: [['b']], isOpen: false });

  isOpen = true;
  const second = await openAnswer(bytes(), 1);
  let count = 0;
  for await (const _ of second.tables) count += 1;
  expect({ count, isOpen }).toEqual({ count: 2, isOpen: false });
  expect(second.frame()).toMatchObject({ tables: [{ rows: [] }, { rows: [] }] });
});
