// Rows of `traces` as a service that prints its inputs and outputs leaves them, in Parquet files that
// are made once and kept. Every value is a function of the row's number: each machine has the same rows.

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';

const CACHE = fileURLToPath(
  new URL('../../node_modules/.cache/aml-monitor/bench', import.meta.url),
);
/** Changes with the rows below, so that no run takes old files for new ones. */
const VERSION = 1;

/** 2026-06-01, in ticks of 100 ns since the year 1. */
const FIRST_TICKS = 639_158_688_000_000_000n;
const TICKS_PER_DAY = 864_000_000_000n;
const DAYS = 10n;
const UNIX_EPOCH_TICKS = 621_355_968_000_000_000n;

/** Kusto's types of the columns that are not strings. */
const TYPES = {
  timestamp: 'datetime',
  severityLevel: 'int',
  itemCount: 'int',
  customDimensions: 'dynamic',
  customMeasurements: 'dynamic',
};
/** DuckDB's types of the columns of `stamped`. */
const STAMPED = {
  timestamp: 'TIMESTAMP',
  message: 'VARCHAR',
  severityLevel: 'INTEGER',
  customDimensions: 'JSON TEXT',
};

/**
 * Tables of the same rows for the engine: `traces` with times as ticks, as the engine keeps them, and `stamped` with a
 * TIMESTAMP, as other writers do, and only the columns that its queries read.
 */
export async function traceTables(rows) {
  mkdirSync(CACHE, { recursive: true });
  const path = (kind) => join(CACHE, `traces-${kind}-${rows}-v${VERSION}.parquet`);
  const [ticks, timestamps] = [path('ticks'), path('timestamps')];
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB' });
  const connection = await instance.connect();
  try {
    await make(connection, ticks, traceRows(BigInt(rows)));
    const instant = `make_timestamp((timestamp - ${UNIX_EPOCH_TICKS}) // 10) AS timestamp`;
    const stamped = Object.keys(STAMPED);
    const selected = stamped.map((name) => (name === 'timestamp' ? instant : name)).join(', ');
    await make(connection, timestamps, `SELECT ${selected} FROM '${ticks}'`);
    const described = await connection.runAndReadAll(`DESCRIBE FROM '${ticks}'`);
    const names = described.getRows().map(([name]) => String(name));
    const stored = stamped.map((name) => [name, { name, type: STAMPED[name] }]);
    return [
      table('traces', names, { format: 'parquet', files: [ticks] }),
      table('stamped', stamped, {
        format: 'parquet',
        files: [timestamps],
        stored: Object.fromEntries(stored),
      }),
    ];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/**
 * The path of a file of such rows, made if it is not there, of which some in the middle have one single instant.
 */
export async function traceFile(rows, { inOneInstant = 0 } = {}) {
  mkdirSync(CACHE, { recursive: true });
  const path = join(CACHE, `traces-${rows}-${inOneInstant}-v${VERSION}.parquet`);
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB' });
  const connection = await instance.connect();
  try {
    await make(connection, path, traceRows(BigInt(rows), BigInt(inOneInstant)));
    return path;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function table(name, columns, rows) {
  const typed = columns.map((column) => ({ name: column, type: TYPES[column] ?? 'string' }));
  return { name, columns: typed, rows: [rows] };
}

async function make(connection, path, rows) {
  if (existsSync(path)) return;
  console.error(`making ${path}`);
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    await connection.run(`COPY (${rows}) TO '${unfinished}' (FORMAT parquet, COMPRESSION zstd)`);
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Each request leaves two rows: what came in and what went out. Rows are in the order of time. */
function traceRows(rows, inOneInstant = 0n) {
  const step = (DAYS * TICKS_PER_DAY) / rows;
  const instant = (rows - inOneInstant) / 2n;
  const place = `CASE WHEN i < ${instant} THEN i ELSE greatest(${instant}, i - ${inOneInstant}) END`;
  const ofItsOwn = `CAST(hash(-i) % ${step} AS BIGINT)`;
  const within =
    inOneInstant === 0n
      ? ofItsOwn
      : `CASE WHEN i BETWEEN ${instant} AND ${instant + inOneInstant - 1n} THEN 0 ELSE ${ofItsOwn} END`;
  return `
    WITH numbers AS (
      SELECT i, i // 2 AS request, i % 2 = 0 AS isInput, hash(i) % 1000 AS dice,
        md5(CAST(i // 2 AS VARCHAR)) AS operation, md5('r' || (i // 2)) AS id, md5('i' || i) AS item
      FROM range(${rows}) AS t(i)
    ), texts AS (
      SELECT *, CASE
        WHEN dice < 20 THEN 'Validating the request'
        WHEN dice < 30 THEN 'Exception while scoring: shape (' || dice || ', 4) does not fit'
        WHEN isInput THEN 'The input of request ' || left(id, 8) || ' has ' || (1 + dice % 9) || ' rows'
        ELSE 'Request ' || left(id, 8) || ' was scored in ' || dice || ' ms' END AS message,
        '{"data":[[' || request % 72 || ',' || dice / 10 || ',' || request % 7 || ']]}' AS content
      FROM numbers
    )
    SELECT
      ${FIRST_TICKS} + (${inOneInstant === 0n ? 'i' : place}) * ${step} + ${within} AS timestamp,
      message,
      CAST(CASE WHEN dice < 20 THEN 0 WHEN dice < 30 THEN 3 ELSE 1 END AS INTEGER) AS severityLevel,
      '{"Container Id":"' || left(md5('c' || request % 3), 12) || '","Content":'
        || to_json(CASE WHEN isInput THEN '{"input":' || content || '}' ELSE content END)
        || ',"Model Name":"churn-' || request % 4 || '","Prediction Hour":"' || i * 240 // ${rows}
        || '","Request Id":"' || left(id, 8) || '-' || substring(id, 9, 4) || '-4' || substring(id, 13, 3)
        || '-a' || substring(id, 16, 3) || '-' || substring(id, 19, 12)
        || '","Service Name":"service-' || hash(request) % 12 || '","Workspace Name":"workspace"}'
        AS customDimensions,
      CAST(NULL AS VARCHAR) AS customMeasurements,
      'POST /score' AS operation_Name,
      operation AS operation_Id,
      left(operation, 16) AS operation_ParentId,
      '' AS operation_SyntheticSource,
      '' AS session_Id,
      '' AS user_Id,
      '' AS user_AuthenticatedId,
      '' AS user_AccountId,
      '' AS application_Version,
      'PC' AS client_Type,
      '' AS client_Model,
      'Linux' AS client_OS,
      '0.0.0.0' AS client_IP,
      'Amsterdam' AS client_City,
      'North Holland' AS client_StateOrProvince,
      'Netherlands' AS client_CountryOrRegion,
      'Other' AS client_Browser,
      'service-' || hash(request) % 12 AS cloud_RoleName,
      'pod-' || request % 6 AS cloud_RoleInstance,
      '00000000-0000-4000-8000-000000000004' AS appId,
      'insights' AS appName,
      '00000000-0000-4000-8000-000000000005' AS iKey,
      'py3:1.1.13' AS sdkVersion,
      item AS itemId,
      'trace' AS itemType,
      CAST(1 AS INTEGER) AS itemCount,
      '/subscriptions/s/resourcegroups/g/providers/microsoft.insights/components/c' AS _ResourceId
    FROM texts`;
}
