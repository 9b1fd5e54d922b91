import { expect, test } from 'vitest';
import { arrivalsOf } from '../../src/lib/use-cases/arrivals.js';

const WITHIN_5_MIN = (time: string) =>
  `where ${time} > ago(4325m) and (ingestion_time() > ago(5m) or isnull(ingestion_time()) and ${time} > ago(15m))`;

async function asked(kql: string): Promise<string> {
  const arrivals = await arrivalsOf(kql);
  return 'within' in arrivals ? arrivals.within(300_000) : arrivals.missing;
}

test('the condition goes right behind the table, before comments', async () => {
  expect(await asked('traces // newest\n| where message has "x"')).toBe(
    `traces | ${WITHIN_5_MIN('timestamp')} // newest\n| where message has "x"`,
  );
});

test('tables of a workspace have their own name for the time', async () => {
  expect(await asked('AppTraces')).toBe(`AppTraces | ${WITHIN_5_MIN('TimeGenerated')}`);
});

test('KQL that cannot take it says why', async () => {
  expect(await asked('traces | count')).toBe('the KQL has count, which is not about single rows');
  expect(await asked('('.repeat(1000))).toContain('too large');
});
