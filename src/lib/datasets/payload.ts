import { quoteText } from '../duckdb/quote.js';
import { PAYLOAD_PLACES as PLACES } from '../model/payload-places.js';

/** Members of the line that go with each of its rows. */
const KEPT = [
  'time',
  'id',
  'source',
  'correlationid',
  'xrequestid',
  'modelversion',
  'path',
  'method',
] as const;

/**
 * SQL of the rows in payloads: `item`, an object or an array as JSON; `i`, its place; `idx`, its index in a frame;
 * `rest`, what else the payload holds. What has no rows in it is one: a record as it is, anything else as its `data`.
 *
 * @param lines has `e.data`, an array of rows, or else `d`, any JSON, and `reason`, which is not null where neither is
 */
export function itemsOfPayload(lines: string): string {
  const paths = list(PLACES.map(({ path }) => path));
  const part = (name: string) =>
    list(PLACES.map((place) => ('frame' in place ? `${place.frame}/${name}` : '/-')));
  // Without its rows, that is without the member that holds them.
  const patches = list(
    PLACES.map(({ path }) => JSON.stringify({ [path.split('/')[1] ?? '']: null })),
  );
  const placed = `(SELECT *, CASE WHEN json_type(d) = 'OBJECT' THEN list_position(json_type(d, ${paths}), 'ARRAY') END AS place FROM ${lines})`;
  const found = `(SELECT *, CASE
      WHEN reason IS NOT NULL THEN [NULL]
      WHEN e.data IS NOT NULL THEN e.data
      WHEN json_type(d) = 'ARRAY' THEN CAST(d AS JSON[])
      WHEN place > 0 THEN CAST(json_extract(d, ${paths})[place] AS JSON[])
      WHEN json_type(d) = 'OBJECT' AND ${isRecord('d')} THEN [d]
      ELSE [CAST('{"data":' || d || '}' AS JSON)] END AS items,
      CASE WHEN place > 0 THEN CAST(json_extract(d, ${part('columns')})[place] AS VARCHAR[]) END AS names,
      CASE WHEN place > 0 THEN CAST(json_extract(d, ${part('index')})[place] AS JSON[]) END AS ids,
      CASE WHEN place > 0 THEN nullif(CAST(json_merge_patch(d, ${patches}[place]) AS VARCHAR), '{}') END AS rest
    FROM ${placed})`;
  // Each row would have a copy of the whole line.
  const light = `(SELECT * EXCLUDE (line, e, d), CASE WHEN reason IS NOT NULL THEN line END AS line,
    ${KEPT.map((member) => `e.${member} AS ${member}`).join(', ')} FROM ${found})`;
  const rows = `(SELECT * EXCLUDE (items), unnest(items) AS one, unnest(range(len(items))) AS i FROM ${light})`;
  return `(SELECT *, CAST(ids[i + 1] AS VARCHAR) AS idx, ${asRow('one', 'names')} AS item FROM ${rows})`;
}

/** SQL: an object with a value that is neither an object nor an array. */
function isRecord(d: string): string {
  const kind = `json_type(${d}, '/' || replace(replace(k, '~', '~0'), '/', '~1'))`;
  return `len(list_filter(json_keys(${d}), lambda k: ${kind} NOT IN ('OBJECT', 'ARRAY'))) > 0`;
}

/** SQL: arrays with names for their values become objects; a single value is an array of it. */
function asRow(one: string, names: string): string {
  return `CASE WHEN starts_with(${one}, '{') THEN CAST(${one} AS VARCHAR)
    WHEN NOT starts_with(${one}, '[') THEN '[' || ${one} || ']'
    WHEN len(list_distinct(${names})) = json_array_length(${one}) AND len(${names}) = json_array_length(${one})
      THEN CAST(to_json(map(${names}, CAST(${one} AS JSON[]))) AS VARCHAR)
    ELSE CAST(${one} AS VARCHAR) END`;
}

function list(texts: readonly string[]): string {
  return `[${texts.map(quoteText).join(', ')}]`;
}
