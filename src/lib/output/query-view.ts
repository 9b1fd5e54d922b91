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
import type { TableView, TextView, ViewColumn } from './view.js';

const empty = 'No rows.';

/**
 * How people read the rows of a table of Application Insights, which have some forty columns; undefined for
 * tables that have no such view. Every other format shows all columns.
 */
export function telemetryView(
  table: TelemetryTable,
  columns: readonly Column[],
): TextView<Row> | TableView<Row> | undefined {
  const fields = fieldsOf(columns);
  const { time, level, service, result, duration, response } = viewColumns(fields);
  const plain = (heading: string, name = heading): ViewColumn<Row> => ({
    heading,
    cell: (row) => fields.text(row, name),
  });
  switch (table) {
    case 'traces':
      return { empty, text: (row, style) => traceLine(row, fields, style) };
    case 'requests':
      return { empty, columns: [time, service, plain('name'), result, duration, response] };
    case 'exceptions':
      return {
        empty,
        columns: [time, level, service, plain('type'), plain('message', 'outerMessage')],
      };
    case 'dependencies':
      return {
        empty,
        columns: [time, service, plain('name'), plain('target'), result, duration, plain('data')],
      };
    default:
      return undefined;
  }
}

type Dimensions = Readonly<Record<string, unknown>>;

/** The fields of a row by the names of its columns; what a row lacks is empty. */
interface Fields {
  readonly text: (row: Row, name: string) => string;
  readonly dimensions: (row: Row) => Dimensions;
  /** The custom dimension of that name, else the column: newer servers fill only the former as they should. */
  readonly dimensionOr: (row: Row, name: string) => string;
  readonly service: (row: Row) => string;
}

function fieldsOf(columns: readonly Column[]): Fields {
  const places = new Map(columns.map((column, index) => [column.name, { column, index }]));
  const text = (row: Row, name: string) => {
    const place = places.get(name);
    return place ? cellText(row[place.index] ?? null, place.column) : '';
  };
  const dimensions = (row: Row) => readDimensions(text(row, 'customDimensions'));
  return {
    text,
    dimensions,
    dimensionOr: (row, name) => String(dimensions(row)[name] || text(row, name)),
    service: (row) => serviceOf(dimensions(row), text(row, 'cloud_RoleName')),
  };
}

/** The columns that several tables share. */
function viewColumns({ text, dimensions, dimensionOr, service }: Fields) {
  return {
    time: {
      heading: 'time',
      cell: (row) => toSecond(text(row, 'timestamp')),
      paint: (shown, _, style) => style.dim(shown),
    },
    level: {
      heading: 'level',
      cell: (row) => levelName(text(row, 'severityLevel')),
      paint: (shown, _, style) => paintLevel(shown, style),
    },
    service: { heading: 'service', cell: service, paint: (shown, _, style) => style.cyan(shown) },
    result: {
      heading: 'result',
      cell: (row) => dimensionOr(row, 'resultCode'),
      paint: (shown, row, style) =>
        dimensionOr(row, 'success').toLowerCase() === 'false'
          ? style.red(shown)
          : style.green(shown),
    },
    duration: {
      heading: 'ms',
      align: 'right',
      cell: (row) => milliseconds(dimensionOr(row, 'duration')),
    },
    response: { heading: 'response', cell: (row) => decoded(dimensions(row)['Response Value']) },
  } as const satisfies Readonly<Record<string, ViewColumn<Row>>>;
}

function traceLine(row: Row, { text, dimensions, service }: Fields, style: Style): string {
  return [
    style.dim(toMillisecond(text(row, 'timestamp'))),
    paintLevel(levelName(text(row, 'severityLevel')).padEnd('critical'.length), style),
    style.cyan(escapeControls(service(row) || '-')),
    escapeControls(describe(text(row, 'message'), dimensions(row))),
  ].join('  ');
}

/** What a scoring script printed; of model data, what went in and what came out. */
function describe(message: string, dimensions: Dimensions): string {
  if (message !== 'model_data_collection') return printedText(message, dimensions);
  const { Input = '', Prediction = '' } = dimensions;
  return `${message}  input ${String(Input)}  prediction ${String(Prediction)}`;
}

function toSecond(datetime: string): string {
  return datetime.replace(/\.\d+Z$/, 'Z');
}

function toMillisecond(datetime: string): string {
  return datetime.replace(/(\.\d{3})\d*Z$/, '$1Z');
}

/** Of milliseconds, or of Python's `hh:mm:ss.ffffff`. */
function milliseconds(duration: string): string {
  const [clock, hours, minutes, seconds] = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(duration) ?? [];
  const ms = clock
    ? (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
    : Number(duration || Number.NaN);
  return Number.isNaN(ms) ? duration : ms.toFixed(1);
}

/** The body of a response, which the servers write as a JSON text. */
function decoded(value: unknown): string {
  if (typeof value !== 'string') return '';
  try {
    const body: unknown = JSON.parse(value);
    return typeof body === 'string' ? body : value;
  } catch {
    return value;
  }
}

function levelName(severity: string): string {
  const name = LEVELS[Number(severity || Number.NaN)] ?? severity;
  return name === 'information' ? 'info' : name;
}

function paintLevel(level: string, style: Style): string {
  const name = level.trim();
  if (name === 'error' || name === 'critical') return style.red(level);
  return name === 'warning' ? style.yellow(level) : style.dim(level);
}
