import { expect, test } from 'vitest';
import type { QueryAnswer, QueryOptions } from '../../src/lib/azure/gateways.js';
import type { Column, Row } from '../../src/lib/model/table.js';
import { planQuery, readKql } from '../../src/lib/use-cases/plan-query.js';
import { withContent } from '../../src/lib/use-cases/printed-content.js';
import { reportEnding, runQuery } from '../../src/lib/use-cases/run-query.js';
import { COMPONENT, fakeAnswer, fakeGateways } from '../support/fake-gateways.js';
import { fakeReport } from '../support/fake-report.js';
import { memoryInput, realFiles, temporaryFolder } from '../support/host.js';

const now = new Date('2026-11-22T10:00:00Z');
const TRACES: readonly Column[] = [
  { name: 'message', type: 'string' },
  { name: 'customDimensions', type: 'dynamic' },
];

/** Runs KQL whose answers are given; tells what was shown, said, thrown and asked. */
async function run(
  answers: readonly QueryAnswer[],
  {
    kql = 'traces',
    allowPartial = false,
    time,
  }: { kql?: string; allowPartial?: boolean; time?: { sinceMs: number } } = {},
) {
  const queue = [...answers];
  const asked: { resourceId: string; kql: string; options?: QueryOptions | undefined }[] = [];
  const query = async (resourceId: string, text: string, options?: QueryOptions) => {
    asked.push({ resourceId, kql: text, options });
    const answer = queue.shift();
    if (!answer) throw new Error('One question too many.');
    return answer;
  };
  const { report, said } = fakeReport();
  const request = { kql, time, now, explainEmpty: true };
  const { table, ending } = await runQuery(fakeGateways({ logsQuery: { query } }), request);
  const rows: Row[] = [];
  for await (const row of table.rows) rows.push(row);
  let thrown: unknown;
  try {
    reportEnding(await ending(), { kql, allowPartial, report });
  } catch (error) {
    thrown = error;
  }
  return { rows, said, thrown, asked };
}

test('raw KQL is sent as it is, without a time range that nobody asked for', async () => {
  const answer = () => fakeAnswer(TRACES, [['hello', null]]);
  expect(await run([answer()])).toMatchObject({
    rows: [['hello', null]],
    said: [],
    thrown: undefined,
    asked: [{ resourceId: COMPONENT, kql: 'traces', options: {} }],
  });
  const { asked } = await run([answer()], { time: { sinceMs: 3_600_000 } });
  expect(asked).toMatchObject([{ options: { timespan: 'PT3600S' } }]);
});

test('an answer that Azure cut is shown and fails, unless that is allowed', async () => {
  const partialError = { code: '-2133196797', message: 'Query result set has exceeded the limit' };
  const cut = () => fakeAnswer(TRACES, [['hello', null]], { partialError });
  const refused = await run([cut()]);
  expect(refused.rows).toHaveLength(1);
  expect(refused.thrown).toMatchObject({
    kind: 'incomplete',
    message: 'Azure cut the answer after 1 row: it is larger than what Azure sends.',
    facts: { code: '-2133196797' },
  });
  const allowed = await run([cut()], { allowPartial: true });
  expect(allowed.thrown).toBeUndefined();
  expect(allowed.said).toEqual([
    'WARNING: Azure cut the answer after 1 row: it is larger than what Azure sends.',
  ]);
});

test('an empty answer asks once more who may read what', async () => {
  const empty = () => fakeAnswer(TRACES, []);
  const denied = (...deniedTables: string[]) => fakeAnswer(TRACES, [], { deniedTables });
  const silent = await run([empty(), denied()]);
  expect(silent.asked[1]?.options).toEqual({ includePermissions: true });
  expect([silent.said, silent.thrown]).toEqual([[], undefined]);

  const asked = await run([empty(), denied('AppTraces')]);
  expect(asked.thrown).toMatchObject({
    kind: 'auth',
    message: 'The answer is empty because you may not read AppTraces.',
  });
  const other = await run([empty(), denied('AppRequests')]);
  expect(other.thrown).toBeUndefined();
  expect(other.said).toEqual(['note: You may not read these tables: AppRequests.']);
});

test('an answer of nothing at all is a table without rows', async () => {
  async function* none() {}
  const ending = () => ({ partialError: null, deniedTables: [], render: null, statistics: null });
  const nothing = () => ({ tables: none(), ending });
  expect(await run([nothing(), nothing()])).toMatchObject({
    rows: [],
    said: [],
    thrown: undefined,
  });
});

test('texts that Application Insights has cut are counted', async () => {
  const long = 'x'.repeat(8192);
  const { said } = await run([
    fakeAnswer(TRACES, [
      ['y'.repeat(32_768), null],
      ['STDOUT', JSON.stringify({ Content: long, Other: `${long}x` })],
      ['y'.repeat(32_767), JSON.stringify({ Content: `${long}`.slice(1) })],
    ]),
  ]);
  expect(said).toEqual([
    expect.stringMatching(/^WARNING: 2 texts are exactly as long as Application Insights keeps/),
  ]);
});

test('results behind the first are said', async () => {
  const both = fakeAnswer(TRACES, [['first', null]]);
  async function* tables() {
    yield* both.tables;
    yield* fakeAnswer(TRACES, [['second', null]]).tables;
  }
  const { rows, said } = await run([{ ...both, tables: tables() }]);
  expect(rows).toEqual([['first', null]]);
  expect(said).toEqual(['WARNING: The query has 2 results; only the first is shown.']);
});

test('what a script printed is there parsed, whichever generation of server wrote the row', async () => {
  const rows: readonly Row[] = [
    ['STDOUT', '{"Content":"{\\"input\\":[1]}"}'],
    ['STDOUT', '{"Contents":"[12345678901234567890]"}'],
    ['{"input":[2]}', '{"module":"print_log_hook"}'],
    ['00000000-0000-0000-0000-000000000000,{"input":[3]}', null],
    ['hello', '{"Content":""}'],
    ['{"cut":"of', null],
    ['42', null],
  ];
  const answer = fakeAnswer(TRACES, rows);
  const contents: unknown[] = [];
  for await (const table of answer.tables) {
    for await (const row of withContent(table).rows) contents.push(row.at(-1));
  }
  expect(contents).toEqual([
    '{"input":[1]}',
    '[12345678901234567890]',
    '{"input":[2]}',
    '{"input":[3]}',
    null,
    null,
    null,
  ]);
});

test('KQL comes from the argument, a file or stdin, and from one of them only', async () => {
  const cwd = await temporaryFolder();
  await realFiles.write(`${cwd}/q.kql`, '\ufefftraces\r\n| take 1');
  const host = { cwd, files: realFiles, stdin: memoryInput('requests') };
  expect(await readKql(undefined, undefined, host)).toBeUndefined();
  expect(await readKql('traces', undefined, host)).toBe('traces');
  expect(await readKql('-', undefined, host)).toBe('requests');
  expect(await readKql(undefined, '-', host)).toBe('requests');
  expect(await readKql(undefined, 'q.kql', host)).toBe('traces\r\n| take 1');
  for (const [argument, file] of [
    ['traces', 'q.kql'],
    [' ', undefined],
    [undefined, 'none.kql'],
    [undefined, '.'],
  ]) {
    await expect(readKql(argument, file, host)).rejects.toMatchObject({ kind: 'usage' });
  }
});

test('flags that build a query are refused beside KQL', () => {
  for (const flags of [
    { contains: 'x' },
    { limit: 1 },
    { table: 'requests' as const },
    { loose: true },
  ]) {
    const [name] = Object.keys(flags);
    expect(() => planQuery('traces', flags, now)).toThrow(`--${name} builds a query`);
  }
  expect(planQuery('traces', { since: '1h' }, now)).toMatchObject({ time: { sinceMs: 3_600_000 } });
  expect(() => planQuery(undefined, { loose: true }, now)).toThrow('--service');
  expect(() => planQuery(undefined, { service: 'fraud/blue' }, now)).toThrow('not the deployment');
});
