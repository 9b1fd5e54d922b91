import type { Host } from '../host.js';
import type { Column, Row, RowBatch, Table } from '../model/table.js';
import type { Presentation } from '../settings.js';
import { escapeControls, escapeControlsInJson } from './escape.js';
import { firstRounded } from './json-text.js';
import { noteText } from './report.js';
import { heading, isTable, type Source, tableSource, uniqueNames, valueSource } from './source.js';
import { createStyle } from './style.js';
import { textLines } from './text-lines.js';
import type { View, ViewSpace } from './view.js';

export interface PrintOptions {
  /** Each item is shown as it comes: nothing waits for more rows. For results that do not end. */
  readonly live?: boolean;
  /** How people read the rows of a table; undefined: under its columns. */
  readonly rowView?: View<Row> | undefined;
}

type Streams = Pick<Host, 'stdout' | 'stderr'>;

/** Text is written in pieces of about this many characters. */
const PIECE = 65_536;

/**
 * Prints a result to stdout in the format that holds: one value, an array, items as they come, or a table.
 * The view is how people read it; every other format shows the result itself. Stops quietly when the reader has gone.
 */
export async function print<T>(
  host: Streams,
  settings: Presentation,
  result: T | readonly T[] | AsyncIterable<T> | Table,
  view?: View<T>,
  options: PrintOptions = {},
): Promise<void> {
  const style = createStyle(settings.color.stdout);
  const width = host.stdout.isTty ? host.stdout.columns() : undefined;
  const job = {
    host,
    settings,
    space: { style, width, unicode: settings.unicode },
    live: options.live === true,
  };
  try {
    if (!isTable(result)) await printSource(job, valueSource(result), view);
    else if (result.batches && mayCopy(job)) {
      await printBatches(job, result.columns, result.batches);
    } else await printSource(job, tableSource(result), options.rowView);
  } catch (error) {
    // The rest may have been called off because nobody reads it.
    if (!host.stdout.closed.aborted) throw error;
  }
}

interface Job {
  readonly host: Streams;
  readonly settings: Presentation;
  readonly space: ViewSpace;
  readonly live: boolean;
}

/** Whether the rows of an answer go to a program as they are, many at a time. */
function mayCopy({ host, settings, live }: Job): boolean {
  const { format, jmesPath } = settings;
  const isCopied = format === 'jsonl' || format === 'csv';
  return isCopied && jmesPath === undefined && !live && !host.stdout.isTty;
}

async function printBatches(
  { host: { stdout }, settings }: Job,
  columns: readonly Column[],
  batches: AsyncIterable<RowBatch>,
): Promise<void> {
  const { csvPrinter, jsonlPrinter } = await import('./batch/batch-printer.js');
  const { csvRecord } = await import('./delimited.js');
  const names = uniqueNames(columns);
  const isCsv = settings.format === 'csv';
  if (isCsv) await stdout.write(csvRecord(names.map(heading)));
  const bytesOf = isCsv ? csvPrinter(columns) : jsonlPrinter(columns, names);
  for await (const batch of batches) {
    if (stdout.closed.aborted) return;
    await stdout.write(bytesOf(batch));
  }
}

async function printSource<T>(job: Job, source: Source<T>, view?: View<T>): Promise<void> {
  const { host, settings, live } = job;
  if (settings.jmesPath !== undefined) return printSelected(job, source, settings.jmesPath);
  const lines = formatLines(job, source, view);
  const safe = host.stdout.isTty ? forTerminal(settings.format) : (text: string) => text;
  let piece = '';
  try {
    for await (const line of lines) {
      if (host.stdout.closed.aborted) return;
      piece += line;
      if (!live && piece.length < PIECE) continue;
      await host.stdout.write(safe(piece));
      piece = '';
    }
  } finally {
    // Of an answer that breaks off, too, what came.
    if (piece !== '') await host.stdout.write(safe(piece));
  }
}

/** Text has lost its control characters already, and has colors; the other formats carry a result as it is. */
function forTerminal(format: Presentation['format']): (text: string) => string {
  if (format === 'text') return (text) => text;
  if (format === 'json' || format === 'jsonl') return escapeControlsInJson;
  return (text) => escapeControls(text, 'newlines');
}

async function sayNote({ host, settings }: Job, note: string): Promise<void> {
  if (settings.verbosity === 'errors') return;
  await host.stderr.write(`${noteText(note, createStyle(settings.color.stderr))}\n`);
}

/** JMESPath works on JavaScript numbers, so it needs the whole result and may round: that is said. */
async function printSelected<T>(job: Job, source: Source<T>, jmesPath: string): Promise<void> {
  const { selectByJmesPath } = await import('./jmespath.js');
  const items = [];
  for await (const item of source.items) items.push(source.json(item, 0));
  const json = source.isOne ? (items[0] ?? 'null') : `[${items.join(',')}]`;
  const rounded = firstRounded(json);
  if (rounded !== undefined) {
    const note = `--query rounds numbers of more than 15 digits, such as ${rounded}.`;
    await sayNote(job, note);
  }
  const selected: unknown = selectByJmesPath(json, jmesPath);
  const { jmesPath: _, ...settings } = job.settings;
  await printSource(
    { ...job, settings: { ...settings, jmesPath: undefined } },
    valueSource(selected),
  );
}

/** The text of the result piece by piece, line feeds included. */
async function* formatLines<T>(
  job: Job,
  source: Source<T>,
  view?: View<T>,
): AsyncGenerator<string> {
  switch (job.settings.format) {
    case 'json':
      return yield* jsonLines(source);
    case 'jsonl':
      for await (const item of source.items) yield `${source.json(item, 0)}\n`;
      return;
    case 'csv':
    case 'tsv':
      return yield* delimitedLines(source, job.settings.format);
    case 'yaml':
      return yield* yamlLines(source);
    case 'text':
      return yield* textLines(source, view, { ...job, note: (message) => sayNote(job, message) });
    case 'none':
      for await (const _ of source.items) {
        // Read to its end, where a result says whether it is whole.
      }
  }
}

/** The whole text at once: half a JSON document is of no use to anybody. */
async function* jsonLines<T>(source: Source<T>): AsyncGenerator<string> {
  const depth = source.isOne ? 0 : 1;
  const items = [];
  for await (const item of source.items) items.push(source.json(item, 2, depth));
  if (source.isOne) yield `${items[0]}\n`;
  else if (items.length === 0) yield '[]\n';
  else {
    yield '[';
    for (const [index, item] of items.entries()) yield `${index === 0 ? '' : ','}\n  ${item}`;
    yield '\n]\n';
  }
}

async function* delimitedLines<T>(
  source: Source<T>,
  format: 'csv' | 'tsv',
): AsyncGenerator<string> {
  const { csvRecord, tsvLine } = await import('./delimited.js');
  const record = format === 'csv' ? csvRecord : tsvLine;
  const headings = (names: readonly string[] | undefined) =>
    names && format === 'csv' ? record(names.map(heading)) : '';
  let names: readonly string[] | undefined;
  let isFirst = true;
  for await (const item of source.items) {
    if (isFirst) {
      names = source.fieldNames(item);
      yield headings(names);
    }
    isFirst = false;
    yield record(source.fields(item, names ?? []));
  }
  if (isFirst) yield headings(source.fieldNames(undefined));
}

async function* yamlLines<T>(source: Source<T>): AsyncGenerator<string> {
  const { yamlText } = await import('./yaml-text.js');
  let isEmpty = true;
  for await (const item of source.items) {
    isEmpty = false;
    yield yamlText(source.json(item, 0), source.isOne ? 'value' : 'item');
  }
  if (isEmpty) yield '[]\n';
}
