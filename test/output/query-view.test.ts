import { expect, test } from 'vitest';
import type { Column, Row } from '../../src/lib/model/table.js';
import type { TelemetryTable } from '../../src/lib/model/telemetry.js';
import { telemetryView } from '../../src/lib/output/query-view.js';
import { createStyle } from '../../src/lib/output/style.js';

const COLUMNS: readonly Column[] = [
  { name: 'timestamp', type: 'datetime' },
  { name: 'message', type: 'string' },
  { name: 'severityLevel', type: 'int' },
  { name: 'success', type: 'string' },
  { name: 'resultCode', type: 'string' },
  { name: 'duration', type: 'real' },
  { name: 'customDimensions', type: 'dynamic' },
  { name: 'cloud_RoleName', type: 'string' },
];

interface Fields {
  readonly message?: string;
  readonly level?: number;
  readonly success?: string;
  readonly resultCode?: string;
  readonly duration?: number;
  readonly dimensions?: object;
  readonly role?: string;
}

function row({
  message = '',
  level,
  success = 'True',
  resultCode = '',
  duration,
  dimensions = {},
  role = '',
}: Fields): Row {
  const at = 639_304_236_001_234_567n;
  return [
    at,
    message,
    level ?? null,
    success,
    resultCode,
    duration ?? null,
    JSON.stringify(dimensions),
    role,
  ];
}

/** What people see of a row: a line, or its cells under their headings. */
function shown(table: TelemetryTable, fields: Fields) {
  const view = telemetryView(table, COLUMNS);
  if (view && 'text' in view) {
    const style = createStyle(0);
    return view.text(row(fields), style, { style, width: 80, unicode: true });
  }
  return Object.fromEntries(
    (view?.columns ?? []).map(({ heading, cell }) => [heading, cell(row(fields))]),
  );
}

test('a trace is a line: when, how bad, which service, what was printed', () => {
  const printed = { 'Service Name': 'churn', Content: '{"input":[1]}\x1b[2J' };
  expect(shown('traces', { message: 'STDOUT', level: 1, dimensions: printed })).toMatch(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.123Z {2}info {6}churn {2}\{"input":\[1\]\}\\x1b\[2J$/,
  );
  expect(shown('traces', { message: 'hello', level: 3, role: 'gunicorn' })).toMatch(
    / {2}error {5}- {2}hello$/,
  );
  const model = { Input: '[[1]]', Prediction: '[2]' };
  expect(shown('traces', { message: 'model_data_collection', dimensions: model })).toMatch(
    / {2}model_data_collection {2}input \[\[1\]\] {2}prediction \[2\]$/,
  );
});

test('a request has the figures of its dimensions, where newer servers leave the columns empty', () => {
  const dimensions = {
    resultCode: '400',
    success: 'False',
    duration: '00:00:01.250000',
    'Response Value': '"[0.25]"',
  };
  const modern = { resultCode: '0', duration: 0.06, dimensions, role: 'fraud' };
  expect(shown('requests', modern)).toMatchObject({
    service: 'fraud',
    result: '400',
    ms: '1250.0',
    response: '[0.25]',
  });
  expect(shown('requests', { resultCode: '200', duration: 17.94 })).toMatchObject({
    service: '',
    result: '200',
    ms: '17.9',
    response: '',
  });
});

test('tables without a view show their columns', () => {
  expect(telemetryView('customEvents', COLUMNS)).toBeUndefined();
});
