/** Ticks of an hour. */
const HOUR = 36_000_000_000n;
const MATCHING = `contains(lower(customDimensions), 'input')`;
const MISSING = `contains(lower(customDimensions), 'no-such-word')`;
const BEFORE = '(^|[^\\p{L}\\p{N}])';
const AFTER = '($|[^\\p{L}\\p{N}])';

/** A query of KQL and the ways to write it by hand for DuckDB, on views of the same names. */
export const CASES = [
  {
    name: 'contains',
    kql: 'traces | where message contains "input" | count',
    sql: [`SELECT count(*) FROM traces WHERE contains(lower(message), 'input')`],
  },
  {
    name: 'has',
    kql: 'traces | where message has "input" | count',
    sql: [
      `SELECT count(*) FROM traces WHERE contains(lower(message), 'input')
         AND regexp_matches(lower(message), '${BEFORE}input${AFTER}')`,
    ],
  },
  {
    name: 'summarize count() by bin(timestamp, 1h)',
    kql: 'traces | summarize count() by bin(timestamp, 1h)',
    sql: [
      `SELECT timestamp - timestamp % ${HOUR}, count(*) FROM traces GROUP BY 1`,
      `SELECT timestamp // ${HOUR} * ${HOUR}, count(*) FROM traces GROUP BY 1`,
    ],
  },
  {
    name: 'top 10 by timestamp',
    kql: 'traces | top 10 by timestamp',
    sql: ['SELECT * FROM traces ORDER BY timestamp DESC LIMIT 10'],
    isOrdered: true,
  },
  {
    name: 'customDimensions contains, limit 10',
    kql: 'traces | where customDimensions contains "input" | limit 10',
    sql: [`SELECT * FROM traces WHERE ${MATCHING} LIMIT 10`],
  },
  {
    name: 'customDimensions contains, limit 10, no match',
    kql: 'traces | where customDimensions contains "no-such-word" | limit 10',
    sql: [`SELECT * FROM traces WHERE ${MISSING} LIMIT 10`],
  },
  {
    name: 'customDimensions contains, count',
    kql: 'traces | where customDimensions contains "input" | count',
    sql: [`SELECT count(*) FROM traces WHERE ${MATCHING}`],
  },
  {
    name: 'tostring(customDimensions["Service Name"])',
    kql: 'traces | summarize count() by tostring(customDimensions["Service Name"])',
    sql: [
      `SELECT customDimensions ->> '$."Service Name"', count(*) FROM traces GROUP BY 1`,
      `SELECT json_extract_string(customDimensions, '$."Service Name"'), count(*) FROM traces GROUP BY 1`,
    ],
  },
  {
    name: 'join of two filtered halves, inner',
    kql: `traces | where message contains "input"
      | join kind=inner (traces | where message contains "scored") on operation_Id
      | summarize count(), max(timestamp1)`,
    sql: [
      `SELECT count(*), max(r.timestamp) FROM traces l JOIN traces r USING (operation_Id)
         WHERE contains(lower(l.message), 'input') AND contains(lower(r.message), 'scored')`,
      `SELECT count(*), max(r.timestamp)
         FROM (FROM traces WHERE contains(lower(message), 'input')) l
         JOIN (FROM traces WHERE contains(lower(message), 'scored')) r USING (operation_Id)`,
    ],
  },
  {
    name: 'join of two filtered halves, innerunique',
    kql: `traces | where message contains "input"
      | join (traces | where message contains "scored") on operation_Id
      | summarize count(), max(timestamp1)`,
    sql: [
      `SELECT count(*), max(r.timestamp)
         FROM (SELECT DISTINCT operation_Id FROM traces WHERE contains(lower(message), 'input')) l
         JOIN (FROM traces WHERE contains(lower(message), 'scored')) r USING (operation_Id)`,
    ],
  },
  {
    name: 'one day of ten, ticks',
    kql: `traces | where timestamp > ago(1d) and message contains "input" | count`,
    sql: [
      `SELECT count(*) FROM traces
         WHERE timestamp > 639166464000000000 AND contains(lower(message), 'input')`,
    ],
  },
  {
    name: 'one day of ten, TIMESTAMP',
    kql: `stamped | where timestamp > ago(1d) and message contains "input" | count`,
    sql: [
      `SELECT count(*) FROM stamped
         WHERE timestamp > TIMESTAMP '2026-06-10' AND contains(lower(message), 'input')`,
    ],
  },
];
