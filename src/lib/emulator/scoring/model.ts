import { isObject } from '../resources/resources.js';

/**
 * The one model that all sample services serve: a ridge regression of a customer's risk, fitted on
 * standardized features.
 */
export const MODEL = {
  features: ['tenure_months', 'monthly_charges', 'support_calls', 'age'],
  mean: [32.4, 64.8, 1.9, 44.1],
  scale: [24.6, 30.1, 1.6, 15.2],
  coefficients: [-0.118, 0.047, 0.093, -0.012],
  intercept: 0.265,
} as const;

/** Rows as the model takes them. */
export type Rows = readonly (readonly number[])[];

/** What the scoring script raises: the text becomes an exception row and the answer's body. */
export class ScoringError extends Error {
  override readonly name = 'ValueError';
}

/**
 * The rows in a request's body: `{"data":[[…],…]}`, `{"data":[{"tenure_months":…},…]}`, the same under
 * `input_data`, or `{"input_data":{"columns":[…],"data":[[…],…]}}` as MLflow models take it.
 *
 * @throws {ScoringError} if it is none of these, or a row does not fit the model
 */
export function parseInput(body: string): Rows {
  let input: unknown;
  try {
    input = JSON.parse(body);
  } catch {
    throw new ScoringError('the request body is not JSON');
  }
  const data = isObject(input) ? (input.data ?? input.input_data) : undefined;
  const split = isObject(data) ? data : { data };
  if (!Array.isArray(split.data))
    throw new ScoringError('the input has neither "data" nor "input_data"');
  const columns: readonly string[] = Array.isArray(split.columns)
    ? split.columns.map(String)
    : MODEL.features;
  const rows: readonly unknown[] = split.data;
  return rows.map((row): readonly number[] => {
    const cells: readonly unknown[] | null = Array.isArray(row) ? row : null;
    const named = cells
      ? Object.fromEntries(columns.map((name, at): [string, unknown] => [name, cells[at]]))
      : row;
    const width: number = cells ? cells.length : MODEL.features.length;
    if (!isObject(named) || width !== MODEL.features.length) {
      throw new ScoringError(
        `X has ${width} features, but Ridge is expecting ${MODEL.features.length} features as input.`,
      );
    }
    return MODEL.features.map((feature) => {
      const value = named[feature];
      if (typeof value === 'number') return value;
      throw new ScoringError(
        `could not convert ${JSON.stringify(value) ?? 'None'} in column '${feature}' to float`,
      );
    });
  });
}

/** One prediction a row, rounded to 6 digits. */
export function predict(rows: Rows): readonly number[] {
  const { coefficients, intercept, mean, scale } = MODEL;
  return rows.map((row) => {
    const sum = coefficients.reduce<number>((at, coefficient, column) => {
      const standardized = ((row[column] ?? 0) - (mean[column] ?? 0)) / (scale[column] ?? 1);
      return at + coefficient * standardized;
    }, intercept);
    return Math.round(sum * 1e6) / 1e6;
  });
}
