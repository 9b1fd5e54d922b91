/**
 * What this engine will not do, with the reason as the end of "X, which …". What it merely does not do yet
 * stands nowhere. Messages and docs/kql-support.md say the same.
 */
export interface Refused {
  /** By the word of KQL: `externaldata`. */
  readonly operators: Readonly<Record<string, string>>;
  readonly functions: Readonly<Record<string, string>>;
  readonly aggregates: Readonly<Record<string, string>>;
  readonly plugins: Readonly<Record<string, string>>;
}

const CLUSTER = 'asks the cluster';
const STORAGE = 'looks at how the cluster stores its rows';
const CALLS_OUT = 'calls out to a service';
const RUNS_CODE = 'runs code of another language';
const SKETCH = 'is an approximation whose digits are those of its cluster';
const UNDOCUMENTED = 'follows rules that are not documented';
const SCORES = 'scores by a scale that is not documented';
const SEVERAL = 'answers with several tables';

export const REFUSED: Refused = {
  operators: {
    'execute-and-cache': CLUSTER,
    externaldata: CALLS_OUT,
    facet: SEVERAL,
    fork: SEVERAL,
    'graph-mark-components': 'numbers components as its cluster meets them',
    'inline-external-table': CALLS_OUT,
    'macro-expand': CLUSTER,
    reduce: UNDOCUMENTED,
  },
  functions: {
    ...all(
      [
        'cluster',
        'current_cluster_endpoint',
        'current_database',
        'current_principal',
        'current_principal_details',
        'current_principal_is_member_of',
        'database',
        'entity_group',
        'external_table',
        'graph',
        'materialized_view',
        'stored_query_result',
      ],
      CLUSTER,
    ),
    ...all(
      [
        'cursor_after',
        'cursor_before_or_at',
        'cursor_current',
        'extent_id',
        'extent_tags',
        'extentid',
        'row_id',
      ],
      STORAGE,
    ),
    ...all(['hll_isvalid', 'tdigest_isvalid'], SKETCH),
    ...all(['series_periods_detect', 'series_periods_validate'], SCORES),
    ...all(['series_decompose_anomalies', 'series_outliers'], SCORES),
    ...all(
      ['series_fit_2lines', 'series_fit_2lines_dynamic'],
      'counts the places of its second line in a way that is not documented',
    ),
    ...all(['current_cursor', 'current_node_id', 'rowstore_ordinal_range'], CLUSTER),
    ...all(['hash_combine', 'hash_many'], UNDOCUMENTED),
    ...all(
      [
        'geo_intersection_2lines',
        'geo_intersection_2polygons',
        'geo_intersection_line_with_polygon',
        'geo_line_buffer',
        'geo_line_simplify',
        'geo_line_to_s2cells',
        'geo_point_buffer',
        'geo_polygon_buffer',
        'geo_polygon_simplify',
        'geo_polygon_to_h3cells',
        'geo_polygon_to_s2cells',
        'geo_simplify_polygons_array',
        'geo_union_lines_array',
        'geo_union_polygons_array',
      ],
      'draws shapes whose corners only the library of the cluster knows',
    ),
    datetime_list_timezones: 'lists what the cluster has',
    geo_info_from_ip_address: 'needs a map of addresses',
    parse_user_agent: 'needs a list of browsers',
    gzip_compress_to_base64_string: 'depends on how the cluster compresses',
    zlib_compress_to_base64_string: 'depends on how the cluster compresses',
  },
  aggregates: {
    passthrough: UNDOCUMENTED,
  },
  plugins: {
    ...all(
      [
        'ai_chat_completion',
        'ai_chat_completion_prompt',
        'ai_embed_text',
        'ai_embeddings',
        'azure_digital_twins_query_request',
        'cosmosdb_sql_request',
        'dax_request',
        'http_request',
        'http_request_post',
        'mysql_request',
        'postgresql_request',
        'sql_request',
      ],
      CALLS_OUT,
    ),
    ...all(['csharp', 'python', 'r'], RUNS_CODE),
    ...all(
      [
        'estimate_rows_count',
        'execute_query',
        'execute_show_command',
        'external_datatable',
        'infer_storage_schema',
        'infer_storage_schema_with_suggestions',
      ],
      CLUSTER,
    ),
    ...all(['autocluster', 'basket', 'diffpatterns'], UNDOCUMENTED),
    ...all(['funnel_sequence', 'preview'], SEVERAL),
    ...all(
      ['activity_engagement', 'funnel_sequence_completion', 'sequence_detect', 'session_count'],
      UNDOCUMENTED,
    ),
  },
};

/** What runs in the local cloud only, with the reason why not on files. */
export const CLOUD_FUNCTIONS: Readonly<Record<string, string>> = {
  estimate_data_size: STORAGE,
  ingestion_time: STORAGE,
};

/** `cursor_current()` with the reason, if there is one: how a message names what is refused. */
export function withReason(what: string, reasons: Readonly<Record<string, string>>): string {
  const name = what.replace(/^evaluate |\(\)$/g, '');
  return Object.hasOwn(reasons, name) ? `${what}, which ${reasons[name]},` : what;
}

function all(names: readonly string[], reason: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, reason]));
}
