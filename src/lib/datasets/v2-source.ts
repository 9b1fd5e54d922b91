import { stat } from 'node:fs/promises';
import { ask } from '../duckdb/ask.js';
import { assertFiles } from '../duckdb/files.js';
import { quotePaths, quoteText } from '../duckdb/quote.js';
import { REFERENCE_PATTERNS } from '../model/reference-text.js';
import type { DatasetSource } from './datasets.js';
import { ELSEWHERE, type LineRows, type Mark, openLines } from './json-lines.js';
import type { V2_MARKS } from './marks.js';
import { itemsOfPayload } from './payload.js';
import type { Source } from './source.js';
import { COUNT, TEXT, TIME, type Writing } from './text-types.js';
import type { Workshop } from './workshop.js';

/** The members of a line that are read, as DuckDB makes them; `data` here only where it is an array of rows. */
const SHAPE = JSON.stringify({
  id: 'VARCHAR',
  time: 'VARCHAR',
  source: 'VARCHAR',
  correlationid: 'VARCHAR',
  xrequestid: 'VARCHAR',
  modelversion: 'VARCHAR',
  path: 'VARCHAR',
  method: 'VARCHAR',
  data: ['JSON'],
  dataref: 'VARCHAR',
  datainblob: 'VARCHAR',
});

/**
 * Lines of v2's collector: an event each, whose `data` is an array of rows, or the payload of a request or response, or
 * the name of a file that holds it.
 *
 * Contract: CloudEvents 1.0 with `type` `azureml.inference.{collection}`; the order of the members changes.
 * Known from: documented (how-to-collect-production-data), published sample files.
 */
export async function openV2(
  { files, references = new Map() }: DatasetSource,
  workshop: Workshop,
): Promise<Source> {
  const rows: Omit<LineRows, 'items'> = { files, marks: MARKS, roleOf: () => 'feature' };
  if (references.size === 0)
    return openLines({ ...rows, items: (lines) => itemsOf(lines) }, workshop);
  const contents = await keepContents(references, workshop);
  // A join keeps no order.
  const numbered = (lines: string) => `(SELECT *, row_number() OVER () AS seq FROM ${lines})`;
  const items = (lines: string) => itemsOf(numbered(lines), contents);
  return openLines({ ...rows, items, order: 'seq, i' }, workshop);
}

function mark(
  name: (typeof V2_MARKS)[number],
  sql: string,
  { writing = TEXT, mayLack = false }: { writing?: Writing; mayLack?: boolean } = {},
): Mark {
  return { name, sql, writing, mayLack };
}

const MARKS: readonly Mark[] = [
  mark('mdc_time', 'time', { writing: TIME }),
  mark('mdc_id', 'id'),
  mark('mdc_correlationid', 'correlationid'),
  mark('mdc_xrequestid', 'xrequestid'),
  mark('mdc_row', 'i', { writing: COUNT }),
  mark('mdc_deployment', `nullif(regexp_extract(source, '/deployments/([^/]+)$', 1), '')`, {
    mayLack: true,
  }),
  mark('mdc_modelversion', 'modelversion', { mayLack: true }),
  mark('mdc_path', 'path', { mayLack: true }),
  mark('mdc_method', 'method', { mayLack: true }),
  mark('mdc_index', 'idx', { mayLack: true }),
  mark('mdc_rest', 'rest', { mayLack: true }),
];

/**
 * SQL of the rows in lines. What follows WHEN is computed alone where it holds: JSON that is none would end the query.
 *
 * @param contents a table of `reference` and `content`, null where that is no text
 */
function itemsOf(lines: string, contents?: string): string {
  const known = `(SELECT *, json_valid(line) AS isValid FROM ${lines} WHERE trim(line) <> '')`;
  const events = `(SELECT *, CASE WHEN isValid THEN
      CASE WHEN starts_with(ltrim(line), '{') THEN json_transform(line, '${SHAPE}') END END AS e FROM ${known})`;
  const inline = `(SELECT *, CASE WHEN e IS NOT NULL THEN
      CASE WHEN e.data IS NULL THEN nullif(json_extract(line, '/data'), 'null') END END AS inline FROM ${events})`;
  const referring = `(SELECT *, CASE WHEN lower(e.datainblob) = 'true' THEN json_extract_string(inline, '$')
      WHEN e.data IS NULL AND inline IS NULL THEN e.dataref END AS name FROM ${inline})`;
  const resolved =
    contents === undefined
      ? `(SELECT *, NULL AS reference, NULL AS content FROM ${referring})`
      : `(SELECT l.*, c.reference, c.content FROM ${referring} l LEFT JOIN ${contents} c ON c.reference = ${withoutQuerySql('l.name')})`;
  // A reference leads to JSON, what is in a blob for its size may be any text.
  const payloads = `(SELECT *, CASE WHEN name IS NULL THEN inline WHEN json_valid(content) THEN json(content)
      WHEN e.dataref IS NULL THEN to_json(content) END AS d FROM ${resolved})`;
  const checked = `(SELECT * EXCLUDE (isValid, inline, name, reference, content), CASE
      WHEN NOT isValid THEN 'it is no JSON'
      WHEN e IS NULL THEN 'it is no JSON object'
      WHEN name IS NOT NULL AND reference IS NULL THEN ${quoteText(ELSEWHERE)}
      WHEN name IS NOT NULL AND content IS NULL THEN 'its data in another file is no text'
      WHEN name IS NOT NULL AND d IS NULL THEN 'its data in another file is no JSON'
      WHEN e.data IS NULL AND d IS NULL THEN 'it has no data' END AS reason
    FROM ${payloads})`;
  return itemsOfPayload(checked);
}

/** `withoutQuery`, as SQL. */
export function withoutQuerySql(name: string): string {
  const { url, query, signature } = REFERENCE_PATTERNS;
  const without = (pattern: string) => `regexp_replace(${name}, ${quoteText(pattern)}, '', 'i')`;
  return `CASE WHEN regexp_matches(${name}, ${quoteText(url)}, 'i') THEN ${without(query)} ELSE ${without(signature)} END`;
}

/** Files are read whole, many at a time. */
const BATCH_BYTES = 64_000_000;

/** What references lead to, as a table. */
async function keepContents(
  references: ReadonlyMap<string, string>,
  { connection, uniqueName }: Workshop,
): Promise<string> {
  const paths = [...new Set(references.values())];
  await assertFiles(paths);
  const [names, contents] = [uniqueName('names'), uniqueName('contents')];
  const listed = (texts: Iterable<string>) => `unnest([${[...texts].map(quoteText).join(', ')}])`;
  await ask(
    connection,
    `CREATE TABLE ${names} AS SELECT ${listed(references.keys())} AS reference, ${listed(references.values())} AS path`,
  );
  await ask(connection, `CREATE TABLE ${contents} (reference VARCHAR, content VARCHAR)`);
  for (const batch of await batches(paths)) {
    await ask(
      connection,
      `INSERT INTO ${contents} SELECT reference, ltrim(try(decode(content)), chr(65279))
       FROM read_blob(${quotePaths(batch)}) JOIN ${names} ON path = filename`,
    );
  }
  return contents;
}

async function batches(paths: readonly string[]): Promise<readonly (readonly string[])[]> {
  const found: string[][] = [];
  let left = 0;
  for (const path of paths) {
    const { size } = await stat(path);
    if (left < size) {
      found.push([]);
      left = BATCH_BYTES;
    }
    found.at(-1)?.push(path);
    left -= size;
  }
  return found;
}
