import { expect, test } from 'vitest';
import { CliError } from '../../src/lib/errors.js';
import { bindQuery } from '../../src/lib/kql/bind.js';
import { loadKustoParser } from '../../src/lib/kql/kusto.js';
import { lowerQuery } from '../../src/lib/kql/lower.js';
import { dateToTicks } from '../../src/lib/model/ticks.js';
import { runKql } from '../engine/run-kql.js';
import { NOW, openSample } from '../engine/sample-tables.js';
import { type CaseFile, readCaseFiles } from './case-file.js';

const { engine, tables } = await openSample();

const cases = await readCaseFiles(new URL('cases', import.meta.url).pathname);

test.each(cases.filter(({ sql }) => sql !== undefined))('$name, as SQL', async ({ kql, sql }) => {
  const lines = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
  expect(lines(await translate(kql))).toBe(lines(sql ?? ''));
});

test.each(cases.filter(({ rows }) => rows !== undefined))('$name', async (file) => {
  const rows = await runKql(engine, file.kql, tables);
  expect(inOrder(rows, file)).toEqual(inOrder(file.rows, file));
});

test.each(cases.filter(({ error }) => error !== undefined))('$name', async ({ kql, error }) => {
  expect(await failureOf(() => runKql(engine, kql, tables))).toMatchObject(Object(error));
});

async function translate(text: string): Promise<string> {
  const parser = await loadKustoParser();
  const query = bindQuery(parser.parse(text, tables), { text, tables, now: dateToTicks(NOW) });
  if ('asks' in query) throw new Error('Its columns depend on the rows.');
  return lowerQuery(query.relation, {
    text,
    tableName: (table) => table,
    columnNames: (table) =>
      tables.find(({ name }) => name === table)?.columns.map(({ name }) => name) ?? [],
  }).sql;
}

function inOrder(rows: unknown, { isUnordered }: CaseFile): unknown {
  if (!isUnordered || !Array.isArray(rows)) return rows;
  return rows.map((row) => JSON.stringify(row)).sort();
}

/** What a user would see: kind, code and message of the failure, and the KQL it points at. */
async function failureOf(run: () => Promise<unknown>): Promise<object> {
  try {
    return { rows: await run() };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { code, hint, kql } = error.facts;
    const at = kql?.text.slice(kql.span.start, kql.span.end);
    return { kind: error.kind, message: error.message, code, hint, at };
  }
}
