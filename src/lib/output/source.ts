import type { Cell, Column, KustoType, Row, Table } from '../model/table.js';
import { cellJson, cellText } from './cell.js';
import { toJson } from './json-text.js';

/** A result as every format takes it: one value or many, of which each can be had as JSON and as fields. */
export interface Source<Item> {
  /** A value that stands alone is not an array in json. */
  readonly isOne: boolean;
  readonly items: AsyncIterable<Item>;
  readonly json: (item: Item, indent: 0 | 2, depth?: number) => string;
  /** The names of the fields, once the first item is known; undefined if the items have none. */
  readonly fieldNames: (first: Item | undefined) => readonly string[] | undefined;
  readonly fields: (item: Item, names: readonly string[]) => readonly Field[];
}

export interface Field {
  readonly text: string;
  /** Free text, which may be cut where space is short. */
  readonly isText: boolean;
  readonly isNumber: boolean;
}

const NUMBERS: readonly KustoType[] = ['int', 'long', 'real', 'decimal'];

export function isNumberColumn({ type }: Column): boolean {
  return NUMBERS.includes(type);
}

export function isTable(result: unknown): result is Table {
  return (
    isRecord(result) &&
    Array.isArray(result.columns) &&
    isRecord(result.rows) &&
    Symbol.asyncIterator in result.rows
  );
}

export function isAsyncIterable(result: unknown): result is AsyncIterable<unknown> {
  return isRecord(result) && Symbol.asyncIterator in result;
}

/** The rows of a table: objects with its columns as members. */
export function tableSource({ columns, rows }: Table): Source<Row> {
  const keys = uniqueNames(columns).map((name) => JSON.stringify(name));
  const names = uniqueNames(columns);
  return {
    isOne: false,
    items: rows,
    json: (row, indent, depth = 0) => {
      const colon = indent === 0 ? ':' : ': ';
      const members = columns.map(
        (column, index) => keys[index] + colon + cellJson(row[index] ?? null, column),
      );
      if (indent === 0) return `{${members.join(',')}}`;
      const blank = `\n${' '.repeat(indent * (depth + 1))}`;
      return `{${members.map((member) => blank + member).join(',')}\n${' '.repeat(indent * depth)}}`;
    },
    fieldNames: () => names,
    fields: (row) => columns.map((column, index) => cellField(row[index] ?? null, column)),
  };
}

function cellField(cell: Cell, column: Column): Field {
  const isText = column.type === 'string' || column.type === 'dynamic';
  return { text: cellText(cell, column), isText, isNumber: isNumberColumn(column) };
}

/** The name of a column as a field. */
export function heading(text: string): Field {
  return { text, isText: false, isNumber: false };
}

/** Kusto allows columns of one name; members of an object must differ. */
export function uniqueNames(columns: readonly Column[]): readonly string[] {
  const taken = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name;
    for (let number = 1; taken.has(unique); number++) unique = `${name}_${number}`;
    taken.add(unique);
    return unique;
  });
}

/** Values of our own. Of an array, every member that any of its objects has is a field. */
export function valueSource<T>(result: T | readonly T[] | AsyncIterable<T>): Source<T> {
  const shared = {
    json: (item: T, indent: 0 | 2, depth = 0) => toJson(item, indent, depth),
    fields: (item: T, names: readonly string[]) =>
      isRecord(item) && !Array.isArray(item)
        ? names.map((name) => valueField(item[name]))
        : [valueField(item)],
  };
  if (isAsyncIterable(result)) {
    return { ...shared, isOne: false, items: result, fieldNames: (first) => memberNames([first]) };
  }
  if (isArray(result)) {
    return { ...shared, isOne: false, items: each(result), fieldNames: () => memberNames(result) };
  }
  return { ...shared, isOne: true, items: each([result]), fieldNames: () => memberNames([result]) };
}

function isArray<T>(result: T | readonly T[] | AsyncIterable<T>): result is readonly T[] {
  return Array.isArray(result);
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

function memberNames(items: readonly unknown[]): readonly string[] | undefined {
  const objects = items.filter((item) => isRecord(item) && !Array.isArray(item));
  if (objects.length === 0) return undefined;
  return [...new Set(objects.flatMap((item) => Object.keys(item ?? {})))];
}

function valueField(value: unknown): Field {
  if (value === null || value === undefined) return { text: '', isText: true, isNumber: false };
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  if (isNumber || typeof value === 'boolean') {
    return { text: String(value), isText: false, isNumber };
  }
  return {
    text: typeof value === 'string' ? value : toJson(value, 0),
    isText: true,
    isNumber: false,
  };
}

function isRecord(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === 'object' && value !== null;
}
