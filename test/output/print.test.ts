import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Cell, Column, Table } from '../../src/lib/model/table.js';
import { print } from '../../src/lib/output/print.js';
import type { View } from '../../src/lib/output/view.js';
import type { Format, Presentation } from '../../src/lib/settings.js';
import { memoryOutput } from '../support/host.js';

const PLAIN: Presentation = {
  format: 'text',
  jmesPath: undefined,
  unicode: true,
  color: { stdout: 0, stderr: 0 },
  mayPrompt: false,
  verbosity: 'normal',
};

interface Given {
  readonly format: Format;
  readonly columns?: number;
  readonly jmesPath?: string;
  readonly color?: 0 | 1;
}

async function printed(
  result: unknown,
  { format, columns, jmesPath, color = 0 }: Given,
  view?: View<unknown>,
) {
  const stdout = memoryOutput({ columns });
  const stderr = memoryOutput({ columns });
  const settings = { ...PLAIN, format, jmesPath, color: { stdout: color, stderr: 0 as const } };
  await print({ stdout, stderr }, settings, result, view);
  return { stdout: stdout.text(), stderr: stderr.text() };
}

const COLUMNS: readonly Column[] = [
  { name: 'timestamp', type: 'datetime' },
  { name: 'took', type: 'timespan' },
  { name: 'count', type: 'long' },
  { name: 'price', type: 'decimal' },
  { name: 'ratio', type: 'real' },
  { name: 'message', type: 'string' },
  { name: 'dims', type: 'dynamic' },
];

/** 2026-11-22T15:15:30.1234567Z */
const INSTANT = 639_309_573_301_234_567n;

const ROWS: readonly (readonly Cell[])[] = [
  [INSTANT, 936_015_000_001n, 9007199254740993n, '0.10', 0.5, 'say "hi", ok', '{"a":1.0}'],
  [null, null, null, null, Number.NaN, '=1+1', null],
];

function table(rows: readonly (readonly Cell[])[] = ROWS): Table {
  return {
    columns: COLUMNS,
    rows: (async function* () {
      yield* rows;
    })(),
  };
}

test('json keeps every digit of long and decimal, 7 digits of datetime, and dynamic as it was sent', async () => {
  const { stdout, stderr } = await printed(table(), { format: 'json' });
  expect(stdout).toBe(`[
  {
    "timestamp": "2026-11-22T15:15:30.1234567Z",
    "took": "1.02:00:01.5000001",
    "count": 9007199254740993,
    "price": 0.10,
    "ratio": 0.5,
    "message": "say \\"hi\\", ok",
    "dims": {"a":1.0}
  },
  {
    "timestamp": null,
    "took": null,
    "count": null,
    "price": null,
    "ratio": "NaN",
    "message": "=1+1",
    "dims": null
  }
]
`);
  expect(stderr).toBe('');
});

test('jsonl is the same, a row a line', async () => {
  const json = JSON.parse((await printed(table(), { format: 'json' })).stdout);
  const { stdout } = await printed(table(), { format: 'jsonl' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(json);
  expect(lines[0]).toContain('"count":9007199254740993,"price":0.10,');
});

test('csv quotes what needs it, leaves null empty, and changes no value', async () => {
  const { stdout } = await printed(table(), { format: 'csv' });
  expect(stdout).toBe(
    [
      'timestamp,took,count,price,ratio,message,dims',
      '2026-11-22T15:15:30.1234567Z,1.02:00:01.5000001,9007199254740993,0.10,0.5,"say ""hi"", ok","{""a"":1.0}"',
      ',,,,NaN,=1+1,',
      '',
    ].join('\n'),
  );
  const numbers = [{ change: -5, text: '-5', date: '+44 1', at: '@x' }];
  const plain = await printed(numbers, { format: 'csv' });
  expect(plain.stdout).toBe('change,text,date,at\n-5,-5,+44 1,@x\n');
});

test('tsv has no heading, as in az, and one line a row whatever a value holds', async () => {
  const { stdout } = await printed([{ a: 'x\ty\nz', b: null, c: true }], { format: 'tsv' });
  expect(stdout).toBe('x\\ty\\nz\t\ttrue\n');
});

test('yaml keeps long digits and quotes what would be read as something else', async () => {
  const value = { id: 9007199254740993n, on: 'true', list: [1, { a: '' }], none: null };
  const { stdout } = await printed(value, { format: 'yaml' });
  expect(stdout).toBe('id: 9007199254740993\non: "true"\nlist:\n  - 1\n  - a: ""\nnone: null\n');
  expect((await printed([], { format: 'yaml' })).stdout).toBe('[]\n');
});

test('none prints nothing, but reads the result to its end', async () => {
  let read = 0;
  async function* rows() {
    for (; read < 3; read += 1) yield [];
  }
  const { stdout } = await printed({ columns: [], rows: rows() }, { format: 'none' });
  expect({ stdout, read }).toEqual({ stdout: '', read: 3 });
});

test('--query selects by JMESPath and says when it rounds a number', async () => {
  const exact = await printed([{ a: 1, b: 2 }], { format: 'json', jmesPath: '[].b' });
  expect(exact).toEqual({ stdout: '[\n  2\n]\n', stderr: '' });
  const rounded = await printed(table(), { format: 'tsv', jmesPath: '[0].count' });
  expect(rounded.stdout).toBe('9007199254740992\n');
  expect(rounded.stderr).toContain(
    'rounds numbers of more than 15 digits, such as 9007199254740993',
  );
});

test('a wrong --query is a usage error that repeats it', async () => {
  const problem = printed([], { format: 'json', jmesPath: 'abs(`"x"`)' });
  await expect(problem).rejects.toMatchObject({ kind: 'usage' });
  await expect(problem).rejects.toThrow('--query "abs(');
});

test('text on a pipe shows every value whole, numbers to the right', async () => {
  const { stdout } = await printed(table(), { format: 'text' });
  expect(stdout.split('\n')).toEqual([
    'timestamp                     took                           count  price  ratio  message       dims',
    '2026-11-22T15:15:30.1234567Z  1.02:00:01.5000001  9007199254740993   0.10    0.5  say "hi", ok  {"a":1.0}',
    '                                                                             NaN  =1+1',
    '',
  ]);
});

test('text on a terminal cuts the widest texts until a row fits, and never a number', async () => {
  const rows = [{ name: 'a'.repeat(60), text: 'b'.repeat(90), size: 123456789012 }];
  const { stdout } = await printed(rows, { format: 'text', columns: 60 });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.every((line) => line.length <= 60)).toBe(true);
  expect(lines[1]).toMatch(/^a{20}… {2}b{21}… {2}123456789012$|^a+… {2}b+… {2}123456789012$/);
});

test('a terminal too narrow for a row shows a line for each column', async () => {
  const { stdout } = await printed(table(), { format: 'text', columns: 60 });
  expect(stdout).toMatch(
    /^timestamp {2}2026-11-22T15:15:30.1234567Z\ntook {7}1.02:00:01.5000001\n/,
  );
  expect(stdout).toContain('\n\ntimestamp\n');
});

test('wide characters and emoji keep their columns straight', async () => {
  const rows = [
    { name: '日本', next: 'a' },
    { name: 'e\u0301👩‍👩‍👧x', next: 'b' },
  ];
  const { stdout } = await printed(rows, { format: 'text' });
  expect(stdout).toBe('name  next\n日本  a\ne\u0301👩‍👩‍👧x  b\n');
});

test('text from a service cannot drive the terminal', async () => {
  const evil = 'a\x1b]52;c;aGk=\x07b\x9b31mc\u202ed\r\ne';
  const { stdout } = await printed([{ message: evil }], { format: 'text', columns: 80 });
  expect(stdout).toBe('message\na\\x1b]52;c;aGk=\\x07b\\x9b31mc\\u202ed\\r\\ne\n');
});

test.each(['json', 'jsonl', 'csv', 'yaml'] as const)(
  '%s on a terminal cannot drive it either',
  async (format) => {
    const evil = { text: 'a\x1b[2J\x9b31m\u202e\x7f' };
    const { stdout } = await printed([evil], { format, columns: 80 });
    expect(stdout).not.toMatch(/[\x1b\x9b\x7f\u202e]/);
    if (format.startsWith('json'))
      expect(JSON.parse(stdout.replace(/^\[|\]$/gm, ''))).toEqual(evil);
    const piped = await printed([evil], { format });
    expect(piped.stdout).toContain('\x9b');
  },
);

test('a view decides how people read a result, and no other format', async () => {
  const view: View<unknown> = { text: (item, style) => style.green(`is ${JSON.stringify(item)}`) };
  const colored = await printed([{ a: 1 }], { format: 'text', color: 1 }, view);
  expect(colored.stdout).toBe('\x1b[32mis {"a":1}\x1b[39m\n');
  expect((await printed([{ a: 1 }], { format: 'jsonl' }, view)).stdout).toBe('{"a":1}\n');
});

test('columns of one name stay apart in json', async () => {
  const columns = [
    { name: 'x', type: 'long' },
    { name: 'x', type: 'long' },
  ] as const;
  async function* rows() {
    yield [1n, 2n];
  }
  const { stdout } = await printed({ columns, rows: rows() }, { format: 'jsonl' });
  expect(stdout).toBe('{"x":1,"x_1":2}\n');
});

test('every member that any object of an array has is a column', async () => {
  const { stdout } = await printed([{ a: 1 }, { b: 2 }], { format: 'csv' });
  expect(stdout).toBe('a,b\n1,\n,2\n');
});

test('one object is a list of its members, other values are lines', async () => {
  expect((await printed({ name: 'x', size: 2n }, { format: 'text' })).stdout).toBe(
    'name  x\nsize  2\n',
  );
  expect((await printed(['a', 'b'], { format: 'text' })).stdout).toBe('a\nb\n');
});

test('rows are written as they come, and not read on once the reader has gone', async () => {
  const stdout = memoryOutput();
  let read = 0;
  async function* rows() {
    for (; ; read += 1) {
      if (read === 3) stdout.close();
      yield { read };
    }
  }
  const presentation = { ...PLAIN, format: 'jsonl' as const };
  const streams = { stdout, stderr: memoryOutput() };
  await print(streams, presentation, rows(), undefined, { live: true });
  expect(stdout.text()).toBe('{"read":0}\n{"read":1}\n{"read":2}\n');
  expect(read).toBe(3);
});

test('the digits of any number survive json and jsonl', async () => {
  await fc.assert(
    fc.asyncProperty(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), async (value) => {
      const columns = [{ name: 'x', type: 'long' }] as const;
      async function* rows() {
        yield [value];
      }
      const { stdout } = await printed({ columns, rows: rows() }, { format: 'jsonl' });
      expect(stdout).toBe(`{"x":${value}}\n`);
    }),
  );
});

test('a result that is not read to its end is given back', async () => {
  const stdout = memoryOutput();
  let isGivenBack = false;
  async function* rows() {
    try {
      for (;;) {
        yield [1n];
        stdout.close();
      }
    } finally {
      isGivenBack = true;
    }
  }
  const columns = [{ name: 'x', type: 'long' }] as const;
  await print({ stdout, stderr: memoryOutput() }, PLAIN, { columns, rows: rows() }, undefined, {
    live: true,
  });
  expect(isGivenBack).toBe(true);
});

test('what a view wants whole is not cut; if it does not fit, a row is a block', async () => {
  const view: View<unknown> = {
    columns: [
      { heading: 'NAME', cell: () => 'n'.repeat(40) },
      { heading: 'URI', cell: () => `https://${'u'.repeat(40)}`, whole: true },
    ],
  };
  const wide = await printed([{}], { format: 'text', columns: 70 }, view);
  expect(wide.stdout).toMatch(/^NAME +URI\nn{19}… {2}https:\/\/u{40}\n$/);
  const narrow = await printed([{}], { format: 'text', columns: 55 }, view);
  expect(narrow.stdout).toBe(`NAME  ${'n'.repeat(40)}\nURI   https://${'u'.repeat(40)}\n`);
});

test('a narrow terminal does without what a view can spare; a pipe has everything', async () => {
  const view: View<unknown> = {
    columns: [
      { heading: 'SEEN', cell: () => '2026-11-22 12:38', whole: true, spare: true },
      { heading: 'NAME', cell: () => 'n'.repeat(40), whole: true, paint: (text) => `<${text}>` },
    ],
  };
  const name = 'n'.repeat(40);
  const narrow = await printed([{}], { format: 'text', columns: 50 }, view);
  expect(narrow.stdout).toBe(`NAME\n<${name}>\n`);
  const pipe = await printed([{}], { format: 'text' }, view);
  expect(pipe.stdout).toBe(`SEEN              NAME\n2026-11-22 12:38  <${name}>\n`);
  const tiny = await printed([{}], { format: 'text', columns: 30 }, view);
  expect(tiny.stdout).toBe(`SEEN  2026-11-22 12:38\nNAME  <${name}>\n`);
});

test('a result that was called off because its reader has gone ends quietly', async () => {
  const stdout = memoryOutput();
  async function* rows() {
    yield [1n];
    stdout.close();
    throw new Error('called off');
  }
  const columns = [{ name: 'a', type: 'long' as const }];
  const given = { columns, rows: rows() };
  await print({ stdout, stderr: memoryOutput() }, { ...PLAIN, format: 'jsonl' }, given);

  async function* failing() {
    yield [1n];
    throw new Error('broken');
  }
  const open = memoryOutput();
  const other = { columns, rows: failing() };
  const printing = print({ stdout: open, stderr: open }, { ...PLAIN, format: 'jsonl' }, other);
  await expect(printing).rejects.toThrow('broken');
  expect(open.text()).toBe('{"a":1}\n');
});
