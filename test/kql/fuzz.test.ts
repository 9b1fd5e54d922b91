import { env } from 'node:process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CliError } from '../../src/lib/errors.js';
import { NOW, openSample } from '../engine/sample-tables.js';
import { readCaseFiles } from './case-file.js';
import { HUGE, mutationOf, randomQuery } from './random-kql.js';

/** With `FUZZ_SECONDS=600 npm run fuzz` each property looks that long, for other queries each time. */
const SECONDS = Number(env.FUZZ_SECONDS ?? 0);
const LIMITS = SECONDS
  ? { numRuns: 1_000_000, interruptAfterTimeLimit: SECONDS * 1000 }
  : { numRuns: 250, interruptAfterTimeLimit: 10_000, seed: 42 };
const TIMEOUT_MS = SECONDS * 1000 + 60_000;
const QUERY_MS = 5000;

const { engine, tables } = await openSample();

/** What is wrong with how a query ends: undefined for an answer, or for a mistake or refusal with its place. */
async function flawOf(kql: string): Promise<string | undefined> {
  const start = performance.now();
  const signal = AbortSignal.timeout(QUERY_MS);
  let flaw: string | undefined;
  try {
    const { columns, rows } = await engine.run(kql, tables, { now: NOW, signal });
    let count = 0;
    for await (const row of rows) {
      if (row.length !== columns.length) return 'a row of another width than the columns';
      if (++count === 10_000) break;
    }
  } catch (error) {
    flaw = signal.aborted ? undefined : flawOfError(error, kql);
  }
  const took = performance.now() - start;
  return flaw ?? (took > QUERY_MS + 15_000 ? `took ${took} ms, past its limit` : undefined);
}

function flawOfError(error: unknown, kql: string): string | undefined {
  if (!(error instanceof CliError)) return String(error);
  if (error.kind !== 'usage' && error.kind !== 'unsupported')
    return `${error.kind}: ${error.message}`;
  // What DuckDB fails on is a refusal, but one that the SQL should not have come to: the long run says so.
  if (SECONDS && error.cause !== undefined) return String(error.cause);
  const { span } = error.facts.kql ?? {};
  if (!span) return `no place: ${error.message}`;
  const isInside = span.start >= 0 && span.start <= span.end && span.end <= kql.length;
  return isInside ? undefined : `a place outside of the text: ${error.message}`;
}

const cases = await readCaseFiles(new URL('cases', import.meta.url).pathname);

test('a changed query ends with an answer, or with a place in it', { timeout: TIMEOUT_MS }, () =>
  fc.assert(
    fc.asyncProperty(mutationOf(cases.map(({ kql }) => kql)), async (kql) => {
      expect(await flawOf(kql)).toBeUndefined();
    }),
    LIMITS,
  ),
);

test(
  'a random expression ends with an answer, or with a place in it',
  { timeout: TIMEOUT_MS },
  () =>
    fc.assert(
      fc.asyncProperty(randomQuery, async (kql) => {
        expect(await flawOf(kql)).toBeUndefined();
      }),
      LIMITS,
    ),
);

test.each(Object.entries(HUGE))(
  '%s without end are answered or refused',
  { timeout: 60_000 },
  async (_, kql) => {
    expect(await flawOf(kql)).toBeUndefined();
  },
);
