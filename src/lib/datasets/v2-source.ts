import type { DatasetSource } from './datasets.js';
import { type Mark, openLines } from './json-lines.js';
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
 * Lines of v2's collector: an event each, whose `data` is an array of rows, or the payload of a request or response.
 *
 * Contract: CloudEvents 1.0 with `type` `azureml.inference.{collection}`; the order of the members changes.
 * Known from: documented (how-to-collect-production-data), published sample files.
 */
export function openV2({ files }: DatasetSource, workshop: Workshop): Promise<Source> {
  return openLines({ files, items, marks: MARKS, roleOf: () => 'feature' }, workshop);
}

function mark(
  name: (typeof V2_MARKS)[number],
  sql: string,
  { writing = TEXT, mayLack = false }: { writing?: Writing; mayLack?: boolean } = {},
): Mark {
  return { name, sql, writing, mayLack };
}

const MARKS: readonly Mark[] = [
  mark('mdc_time', 'e.time', { writing: TIME }),
  mark('mdc_id', 'e.id'),
  mark('mdc_correlationid', 'e.correlationid'),
  mark('mdc_xrequestid', 'e.xrequestid'),
  mark('mdc_row', 'i', { writing: COUNT }),
  mark('mdc_deployment', `nullif(regexp_extract(e.source, '/deployments/([^/]+)$', 1), '')`, {
    mayLack: true,
  }),
  mark('mdc_modelversion', 'e.modelversion', { mayLack: true }),
  mark('mdc_path', 'e.path', { mayLack: true }),
  mark('mdc_method', 'e.method', { mayLack: true }),
  mark('mdc_index', 'idx', { mayLack: true }),
  mark('mdc_rest', 'rest', { mayLack: true }),
];

/** A line is an object with data; what is in another file is not here. */
function items(lines: string): string {
  const known = `(SELECT *, json_valid(line) AS isValid FROM ${lines} WHERE trim(line) <> '')`;
  // What follows WHEN is computed alone where it holds: JSON that is none would end the query.
  const events = `(SELECT *, CASE WHEN isValid THEN
      CASE WHEN starts_with(ltrim(line), '{') THEN json_transform(line, '${SHAPE}') END END AS e FROM ${known})`;
  const payloads = `(SELECT *, CASE WHEN e IS NOT NULL THEN
      CASE WHEN e.data IS NULL THEN nullif(json_extract(line, '/data'), 'null') END END AS d FROM ${events})`;
  const checked = `(SELECT *, CASE
      WHEN NOT isValid THEN 'it is no JSON'
      WHEN e IS NULL THEN 'it is no JSON object'
      WHEN lower(e.datainblob) = 'true' OR (e.data IS NULL AND d IS NULL AND e.dataref IS NOT NULL)
        THEN 'its data is in another file'
      WHEN e.data IS NULL AND d IS NULL THEN 'it has no data' END AS reason
    FROM ${payloads})`;
  return itemsOfPayload(checked);
}
