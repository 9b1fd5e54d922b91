import { expect, test } from 'vitest';
import { cutError } from '../../src/lib/use-cases/cut-answer.js';

const TOO_LARGE = '-2133196797';

test.each([
  [
    TOO_LARGE,
    'Query result set has exceeded the internal record count limit 500000 (E_QUERY_RESULT_SET_TOO_LARGE; see https://aka.ms/kustoquerylimits)',
    'it sends 500000 rows at most',
    'aml-monitor export',
  ],
  [
    TOO_LARGE,
    'The results of this query exceed the set limit of 64000000 bytes, so not all records were returned (E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003).',
    'it sends 64 MB at most',
    'aml-monitor export',
  ],
  [
    '80DA0003',
    'Query result set has exceeded the internal data size limit 67108864 (E_QUERY_RESULT_SET_TOO_LARGE).',
    'it sends 67.1 MB at most',
    'aml-monitor export',
  ],
  [TOO_LARGE, '', 'it is larger than what Azure sends', 'aml-monitor export'],
  [
    '-2133196799',
    'HashJoin operator has exceeded the memory budget during evaluation.',
    'the query used more memory than it may',
    'Filter first',
  ],
  ['0x80DA0007', 'Low memory condition', 'the service ran low on memory', 'Try again'],
  ['E', 'Query execution timed out', 'the query ran longer than it may', 'time range'],
])('%s: the limit that was hit and the next step are named', (code, message, because, hint) => {
  const error = cutError({ code, message }, 7, 'traces');
  expect(error).toMatchObject({ kind: 'incomplete', facts: { code, original: message } });
  expect(error.message).toBe(`Azure cut the answer after 7 rows: ${because}.`);
  expect(error.facts.hint).toContain(hint);
  expect(error.facts.hint).toMatch(/, or accept what came with --allow-partial\.$/);
});

test('a limit that the KQL sets itself is named as that', () => {
  const message = 'Query result set has exceeded the internal record count limit 1 (E_…)';
  const error = cutError({ code: TOO_LARGE, message }, 1, 'set truncationmaxrecords=1; traces');
  expect(error.message).toBe(
    'Azure cut the answer after 1 row: truncationmaxrecords allows 1 row.',
  );
  expect(error.facts.hint).toContain('Raise truncationmaxrecords');
});

test('a reason that nobody knows is told in the words of Azure', () => {
  const { message, facts } = cutError({ code: 'X', message: 'Shard lost.' }, 0, 'traces');
  expect(message).toBe('Azure cut the answer after 0 rows: Shard lost.');
  expect(facts.original).toBeUndefined();
});

test('a saved answer was cut where it was saved', () => {
  const cut = { code: TOO_LARGE, message: 'record count limit 500000', file: 'a.json' };
  const error = cutError(cut, 500_000, 'traces');
  expect(error.message).toBe('Azure cut the answer in "a.json": it sends 500000 rows at most.');
  expect(error.facts.hint).toContain('accept what the file holds');
});
