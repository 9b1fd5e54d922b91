import { expect, test } from 'vitest';
import { findRowSource } from '../../src/lib/kql/row-source.js';

test.each([
  ['traces', 6],
  ['traces // all of them\n| where a == "|" | project b;', 6],
  ["set notruncation; let least = 3;\n['my table']\n| where a > least", 45],
  ['requests | extend b = 1 | project-away c | sort by b asc | render table', 8],
  ['requests | parse name with * "x" y | mv-expand z | where id in (traces | project id)', 8],
])('every row of %j is one of a table', async (kql, offset) => {
  expect(await findRowSource(kql)).toMatchObject({
    isOneTable: true,
    offset,
    isVolatile: false,
  });
});

test.each([
  ['traces | where timestamp > ago(1h)', false],
  ['traces | extend age = now() - timestamp', true],
  ['let n = rand(); traces | project n', true],
])('%j: whether a row may change is %s', async (kql, isVolatile) => {
  expect(await findRowSource(kql)).toMatchObject({ isOneTable: true, isVolatile });
});

test.each([
  ['traces | summarize count() by itemId', 'has summarize, which is not about single rows'],
  ['traces | top-nested 3 of name by count()', 'has top-nested, which is not about single rows'],
  ['traces | join (requests) on operation_Id', 'has join, which is not about single rows'],
  ['traces | take 3', 'has take, which is not about single rows'],
  ['union traces, requests', 'does not begin with a table'],
  ['let t = traces; t | where a == 1', 'has a meaning of its own for t'],
  ['traces | sort by t | extend n = row_number()', 'has row_number, which looks at other rows'],
  ['print 1', 'does not begin with a table'],
  ['traces | wher', 'is wrong'],
])('the rows of %j are not', async (kql, why) => {
  expect(await findRowSource(kql)).toEqual({ isOneTable: false, why });
});
