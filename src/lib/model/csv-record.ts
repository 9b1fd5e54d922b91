/** The columns that v1's collector puts behind the features, in this order. */
export const V1_MARKS = [
  '$aml_dc_correlation_id',
  '$aml_dc_scoring_timestamp',
  '$aml_dc_boundary',
  '$aml_workspace',
  '$aml_service_name',
  '$aml_model_name',
  '$aml_model_version',
  '$aml_request_id',
] as const;

/** How the rows of a CSV file are laid out. */
export interface CsvLayout {
  readonly delimiter: string;
  /** The first record has the names of the columns. */
  readonly hasHeader: boolean;
  readonly names: readonly string[];
}

/** The values of a record; blanks around quotes are none of them. */
export function splitRecord(record: string, delimiter: string): readonly string[] {
  const values: string[] = [];
  const quoted = / *"((?:[^"]|"")*)"/y;
  for (let at = 0; at <= record.length; at++) {
    quoted.lastIndex = at;
    const match = quoted.exec(record);
    const end = record.indexOf(delimiter, match ? quoted.lastIndex : at);
    const stop = end < 0 ? record.length : end;
    values.push(match ? (match[1] ?? '').replaceAll('""', '"') : record.slice(at, stop));
    at = stop;
  }
  return values;
}

/**
 * What v1's collector writes: it has no headings where the script gave lists or arrays without names. A record with
 * numbers, times or nothing in it is none, unless the numbers count the columns as a frame does.
 *
 * Known from: SDK source (azureml-monitoring, `modeldatacollector.py`).
 */
export function v1Layout(record: string): CsvLayout {
  const values = splitRecord(record, ',');
  const hasMarks = values.length >= V1_MARKS.length && endsInMarks(values);
  const isCounted = values.length > 1 && values.every((value, index) => value === String(index));
  const isNamed =
    values.includes(V1_MARKS[0]) ||
    isCounted ||
    (!hasMarks && !values.some(isValue) && new Set(values).size === values.length);
  if (isNamed) return { delimiter: ',', hasHeader: true, names: distinctNames(values) };
  const features = hasMarks ? values.length - V1_MARKS.length : values.length;
  const names = values.map((_, index) => V1_MARKS[index - features] ?? `c${index}`);
  return { delimiter: ',', hasHeader: false, names };
}

/** Whether a line has the marks of v1's collector, by their names or their shape. */
export function isCollectedRecord(line: string): boolean {
  if (line.includes(V1_MARKS[0])) return true;
  const values = splitRecord(line, ',');
  return values.length >= V1_MARKS.length && endsInMarks(values);
}

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}|$)/;

/** The eight marks tell themselves: guid, time, minutes of the boundary, `subscription/group/workspace`, … */
function endsInMarks(values: readonly string[]): boolean {
  const [correlation = '', time = '', boundary = '', workspace = ''] = values.slice(
    -V1_MARKS.length,
  );
  return (
    GUID.test(correlation) &&
    TIME.test(time) &&
    /^(1440|60)$/.test(boundary) &&
    workspace.split('/').length === 3
  );
}

/** No name of a column. */
function isValue(text: string): boolean {
  return (
    text.trim() === '' ||
    !Number.isNaN(Number(text)) ||
    TIME.test(text) ||
    GUID.test(text) ||
    /^([-+]?inf(inity)?|nan|none|null|true|false|[[{].*)$/is.test(text)
  );
}

/** A column without a name is called by its place; of two with one name the later gets a number. */
export function distinctNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((given, index) => {
    const name = given === '' ? `c${index}` : given;
    let distinct = name;
    for (let number = 1; taken.has(distinct); number++) distinct = `${name}_${number}`;
    taken.add(distinct);
    return distinct;
  });
}
