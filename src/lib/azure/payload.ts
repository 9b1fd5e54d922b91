import { CliError } from '../errors.js';

/** What a reader answers where a payload has no such member, or null there. Without it, that is an error. */
export interface ReadOptions<T> {
  readonly ifAbsent?: T;
}

/**
 * Reads a member of an answer.
 *
 * @param path names of the members on the way, joined by dots
 * @throws {CliError} `service` if it is absent without `ifAbsent`, or of another type
 */
export function readString<T = string>(
  payload: unknown,
  path: string,
  options: ReadOptions<T> = {},
): string | T {
  return read(payload, path, options, 'a string', isString);
}

/** As `readString`. */
export function readBoolean<T = boolean>(
  payload: unknown,
  path: string,
  options: ReadOptions<T> = {},
): boolean | T {
  return read(payload, path, options, 'true or false', isBoolean);
}

/** As `readString`. */
export function readNumber<T = number>(
  payload: unknown,
  path: string,
  options: ReadOptions<T> = {},
): number | T {
  return read(payload, path, options, 'a number', isNumber);
}

/** As `readString`. */
export function readObject<T = Readonly<Record<string, unknown>>>(
  payload: unknown,
  path: string,
  options: ReadOptions<T> = {},
): Readonly<Record<string, unknown>> | T {
  return read(payload, path, options, 'an object', isObject);
}

/** As `readString`. */
export function readArray<T = readonly unknown[]>(
  payload: unknown,
  path: string,
  options: ReadOptions<T> = {},
): readonly unknown[] | T {
  return read(payload, path, options, 'an array', isArray);
}

/** The member at a path, undefined if there is none. Any type. */
export function readAny(payload: unknown, path: string): unknown {
  let value = payload;
  for (const name of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isString = (value: unknown): value is string => typeof value === 'string';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);

function read<V, T>(
  payload: unknown,
  path: string,
  options: ReadOptions<T>,
  wanted: string,
  isWanted: (value: unknown) => value is V,
): V | T {
  const value = readAny(payload, path);
  if (isWanted(value)) return value;
  if ((value === undefined || value === null) && options.ifAbsent !== undefined) {
    return options.ifAbsent;
  }
  const found = value === undefined ? 'nothing' : value === null ? 'null' : `a ${typeof value}`;
  throw new CliError(
    'service',
    `Azure's answer has ${found} at "${path}", where ${wanted} belongs.`,
  );
}
