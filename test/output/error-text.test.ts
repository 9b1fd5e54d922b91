import { expect, test } from 'vitest';
import { CliError, Interrupted } from '../../src/lib/errors.js';
import { errorJson, errorText } from '../../src/lib/output/error-text.js';
import { createStyle } from '../../src/lib/output/style.js';

const plain = createStyle(0);

function kqlError(text: string, word: string, length = word.length) {
  const start = text.indexOf(word);
  return new CliError('usage', 'The KQL is wrong.', {
    kql: { text, span: { start, end: start + length } },
  });
}

test('an error is one sentence, then its details, its ids and the next step', () => {
  const error = new CliError('service', 'Azure refused the update of "fraud/blue".', {
    hint: 'Wait until it is done.',
    code: 'Conflict',
    status: 409,
    correlationId: 'c-1',
    details: [{ code: 'EndpointBusy', message: 'It is Updating.' }],
  });
  expect(errorText(error, plain)).toBe(
    [
      'ERROR: Azure refused the update of "fraud/blue".',
      '  EndpointBusy: It is Updating.',
      '  (code Conflict, HTTP 409, correlation id c-1)',
      'Wait until it is done.',
    ].join('\n'),
  );
  expect(errorText(error, createStyle(1))).toContain('\x1b[31m\x1b[1mERROR:');
});

test('as json it has all that Azure said, where the sentence has a line of it', () => {
  const original = 'It crashed.\nLook at the logs.';
  const error = new CliError('service', 'It crashed.', { original });
  expect(JSON.parse(errorJson(error)).error.original).toBe(original);
  expect(errorText(error, plain)).toBe('ERROR: It crashed.');
});

test('as json it is one object with members that are always there', () => {
  const error = new CliError('not-found', 'There is no service "x".', { hint: 'Did you mean y?' });
  expect(JSON.parse(errorJson(error))).toEqual({
    error: {
      kind: 'not-found',
      message: 'There is no service "x".',
      hint: 'Did you mean y?',
      code: null,
      correlationId: null,
      status: null,
      details: [],
    },
  });
  expect(errorJson(error)).not.toContain('\n');
});

test('an error in KQL shows its line and a caret under the word', () => {
  const error = kqlError('requests\n| where nmae == 1\n| take 5', 'nmae');
  expect(errorText(error, plain)).toBe(
    ['ERROR: The KQL is wrong.', '  2 | | where nmae == 1', '    |         ^^^^'].join('\n'),
  );
  expect(JSON.parse(errorJson(error)).error.position).toEqual({ line: 2, column: 9 });
});

test('the caret stays under the word behind wide characters and tabs', () => {
  const lines = errorText(kqlError('\t"日本👍" | foo', 'foo'), plain).split('\n');
  expect(lines.slice(1)).toEqual(['  1 |   "日本👍" | foo', '    |              ^^^']);
});

test('a place over several lines is marked to the end of the first, one at the end with one caret', () => {
  const over = errorText(kqlError('print (1\n+ 2', '(1', 6), plain).split('\n');
  expect(over.slice(1)).toEqual(['  1 | print (1', '    |       ^^']);
  const text = 'traces | take';
  const atEnd = new CliError('usage', 'x', { kql: { text, span: { start: 13, end: 13 } } });
  expect(errorText(atEnd, plain).split('\n').slice(1)).toEqual([
    '  1 | traces | take',
    '    |              ^',
  ]);
});

test('a line that is longer than the terminal is cut around the place', () => {
  const text = `${'a'.repeat(100)} here ${'b'.repeat(100)}`;
  const lines = errorText(kqlError(text, 'here'), plain, 40).split('\n').slice(1);
  expect(lines.every((line) => line.length <= 40)).toBe(true);
  const caret = lines[1]?.indexOf('^') ?? 0;
  expect(lines[0]?.slice(caret, caret + 4)).toBe('here');
});

test('what came from a service cannot drive the terminal', () => {
  const error = new CliError('service', 'No \x1b[2J', {
    details: [{ code: 'a\x07', message: '\x9b' }],
  });
  expect(errorText(error, plain)).toBe('ERROR: No \\x1b[2J\n  a\\x07: \\x9b');
});

test('a bug shows its stack and its causes', () => {
  const error = new Error('outer', { cause: new Error('inner') });
  const text = errorText(error, plain);
  expect(text).toContain('BUG: Error: outer');
  expect(text).toContain('error-text.test.ts');
  expect(text).toContain('Caused by: Error: inner');
});

test('an interruption is its sentence', () => {
  expect(errorText(new Interrupted(130, 'Interrupted: changed a.'), plain)).toBe(
    'Interrupted: changed a.',
  );
  expect(JSON.parse(errorJson(new Interrupted(143))).error).toMatchObject({
    kind: 'interrupted',
    message: 'Interrupted.',
  });
});
