import { expect, test } from 'vitest';
import type { QueryAnswer, QueryOptions } from '../../src/lib/azure/gateways.js';
import { CliError } from '../../src/lib/errors.js';
import type { MetricTable } from '../../src/lib/use-cases/metrics/build-metrics.js';
import { readMetrics, reportEndings } from '../../src/lib/use-cases/metrics/read-metrics.js';
import { fakeAnswer, fakeGateways } from '../support/fake-gateways.js';
import { fakeReport } from '../support/fake-report.js';

const now = new Date('2026-11-22T10:00:00Z');
const COLUMNS = [
  { name: 'Span', type: 'string' },
  { name: 'Key', type: 'string' },
  { name: 'Count', type: 'long' },
  { name: 'Stored', type: 'long' },
] as const;

const some = () => fakeAnswer(COLUMNS, [['range', '', 3n, 3n]]);
const denied = (table: string) => fakeAnswer([], [], { deniedTables: [table] });

function read(
  answers: Partial<
    Record<MetricTable, (options: QueryOptions) => QueryAnswer | Promise<QueryAnswer>>
  >,
) {
  const asked: QueryOptions[] = [];
  const query = async (_: string, kql: string, options: QueryOptions = {}) => {
    asked.push(options);
    const [, answer] = Object.entries(answers).find(([table]) => kql.includes(table)) ?? [];
    if (!answer) throw new Error(`Nobody asked for ${kql}.`);
    return answer(options);
  };
  const tables = ['requests', 'exceptions'] as const;
  const time = { from: new Date(now.getTime() - 3_600_000), to: now };
  const wish = { schema: 'classic', time, binMs: 600_000, tables, now } as const;
  const gateways = fakeGateways({ logsQuery: { query } });
  return { asked, metrics: readMetrics(gateways, { ...wish, withPermissions: true }) };
}

test('a table that may not be read is said, after one query, and what others tell is incomplete', async () => {
  const { asked, metrics } = read({ requests: some, exceptions: () => denied('AppExceptions') });
  const { report } = fakeReport();
  const shown = await metrics;
  expect(asked.map(({ includePermissions }) => includePermissions)).toEqual([true, true]);
  expect(shown.series[0]?.total.count).toBe(3n);
  expect(() => reportEndings(shown, { allowPartial: false, report })).toThrow(
    expect.objectContaining({
      kind: 'incomplete',
      message: expect.stringContaining('AppExceptions'),
    }),
  );
});

test('tables none of which may be read are a matter of rights', async () => {
  const { metrics } = read({
    requests: () => denied('AppRequests'),
    exceptions: () => denied('AppExceptions'),
  });
  const shown = await metrics;
  const { report } = fakeReport();
  expect(() => reportEndings(shown, { allowPartial: false, report })).toThrow(
    expect.objectContaining({ kind: 'auth' }),
  );
});

test('a query that fails ends the others', async () => {
  let ended: unknown;
  const { metrics } = read({
    requests: () => {
      throw new CliError('service', 'Azure refused.');
    },
    exceptions: ({ signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          ended = signal.reason;
          reject(signal.reason);
        });
      }),
  });
  await expect(metrics).rejects.toThrow('Azure refused.');
  await new Promise(setImmediate);
  expect(ended).toMatchObject({ message: 'Azure refused.' });
});
