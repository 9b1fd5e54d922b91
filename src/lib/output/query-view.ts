import type { Column, Row } from '../model/table.js';
import {
  LEVELS,
  printedText,
  readDimensions,
  serviceOf,
  type TelemetryTable,
} from '../model/telemetry.js';
import { cellText } from './cell.js';
import { escapeControls } from './escape.js';
import type { Style } from './style.js';
import type { View, ViewColumn } from './view.js';

/**
 * How people read the rows of a table of Application Insights, which have some forty columns; undefined for
 * tables that have no such view. Every other format shows all columns.
 */
export function telemetryView(
  table: TelemetryTable,
  columns: readonly Column[],
): View<Row> | undefined {
  const field = fieldReader(columns);
  const column = (heading: string, name = heading): ViewColumn<Row> => ({
    heading,
    cell: (row) => field(row, name),
  });
  const time: ViewColumn<Row> = {
    heading: 'time',
    cell: (row) => shortTime(field(row, 'timestamp')),
    paint: (text, _, style) => style.dim(text),
  };
  const service: ViewColumn<Row> = { heading: 'service', cell: (row) => serviceIn(row) };
  const serviceIn = (row: Row) => {
    const dimensions = readDimensions(field(row, 'customDimensions'));
    return serviceOf(dimensions, field(row, 'cloud_RoleName'));
  };
  const result: ViewColumn<Row> = {
    heading: 'result',
    cell: (row) => field(row, 'resultCode'),
    paint: (text, row, style) =>
      field(row, 'success').toLowerCase() === 'false' ? style.red(text) : style.green(text),
  };
  const duration: ViewColumn<Row> = {
    heading: 'ms',
    align: 'right',
    cell: (row) => rounded(field(row, 'duration')),
  };
  const level: ViewColumn<Row> = {
    heading: 'level',
    cell: (row) => levelName(field(row, 'severityLevel')),
    paint: (text, _, style) => painted(text, style),
  };
  const empty = 'No rows.';

  switch (table) {
    case 'traces':
      return {
        text(row, style) {
          const message = field(row, 'message');
          const dimensions = readDimensions(field(row, 'customDimensions'));
          const head = [
            style.dim(shortTime(field(row, 'timestamp'))),
            painted(levelName(field(row, 'severityLevel')).padEnd(11), style),
            style.cyan(escapeControls(serviceOf(dimensions, field(row, 'cloud_RoleName')) || '-')),
          ];
          return [...head, escapeControls(describe(message, dimensions))].join('  ').trimEnd();
        },
      };
    case 'requests': {
      const response: ViewColumn<Row> = {
        heading: 'response',
        cell: (row) =>
          String(readDimensions(field(row, 'customDimensions'))['Response Value'] ?? ''),
      };
      return { empty, columns: [time, service, column('name'), result, duration, response] };
    }
    case 'exceptions':
      return {
        empty,
        columns: [time, level, service, column('type'), column('message', 'outerMessage')],
      };
    case 'dependencies':
      return {
        empty,
        columns: [
          time,
          service,
          column('name'),
          column('target'),
          result,
          duration,
          column('data'),
        ],
      };
    default:
      return undefined;
  }
}

/** What a scoring script printed; of model data, what went in and what came out. */
function describe(message: string, dimensions: Readonly<Record<string, unknown>>): string {
  if (message !== 'model_data_collection') return printedText(message, dimensions);
  const { Input = '', Prediction = '' } = dimensions;
  return `${message}  input ${String(Input)}  prediction ${String(Prediction)}`;
}

function fieldReader(columns: readonly Column[]): (row: Row, name: string) => string {
  const places = new Map(columns.map((column, index) => [column.name, { column, index }]));
  return (row, name) => {
    const place = places.get(name);
    return place ? cellText(row[place.index] ?? null, place.column) : '';
  };
}

/** To the millisecond. */
function shortTime(datetime: string): string {
  return datetime.replace(/(\.\d{3})\d*Z$/, '$1Z');
}

function rounded(duration: string): string {
  const value = Number(duration);
  return duration === '' || Number.isNaN(value) ? duration : value.toFixed(1);
}

function levelName(severity: string): string {
  return severity === '' ? '' : (LEVELS[Number(severity)] ?? severity);
}

function painted(level: string, style: Style): string {
  const name = level.trim();
  if (name === 'error' || name === 'critical') return style.red(level);
  return name === 'warning' ? style.yellow(level) : style.dim(level);
}
