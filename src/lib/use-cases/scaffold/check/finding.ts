import type { PythonNode } from '../../../python/tree.js';

export type Severity = 'error' | 'warning' | 'info';

/** What may be found, and how bad it is. The names are a public contract: docs/commands/scaffold.md has them all. */
export const FINDINGS = {
  'app-insights-off': 'warning',
  'collect-not-dataframe': 'error',
  'collection-disabled': 'info',
  'collection-off': 'warning',
  'collection-without-collector': 'warning',
  'collector-arguments': 'error',
  'collector-disabled': 'warning',
  'collector-in-run': 'warning',
  'collector-local': 'error',
  'collector-module': 'error',
  'collector-not-in-deployment': 'error',
  'collector-unused': 'warning',
  'collectors-too-many': 'error',
  'compute-cannot-collect': 'warning',
  'designation-unknown': 'error',
  'enabled-not-text': 'warning',
  'error-hidden': 'warning',
  'logging-unseen': 'warning',
  'model-name-unknown': 'warning',
  'no-add-correlations': 'warning',
  'no-collector': 'info',
  'no-context': 'warning',
  'no-feature-names': 'warning',
  'no-init': 'error',
  'no-on-error': 'warning',
  'no-print': 'info',
  'no-run': 'error',
  'package-missing': 'error',
  'print-outside-run': 'info',
  'print-payload': 'warning',
  'print-to-stderr': 'warning',
  'rolling-rate': 'error',
  'run-signature': 'error',
  'sampling-rate': 'error',
  'stdout-write': 'warning',
  'unknown-field': 'warning',
  unreadable: 'warning',
  'wrong-generation': 'error',
} as const satisfies Readonly<Record<string, Severity>>;

export type FindingId = keyof typeof FINDINGS;

/** Something in a file that is not logged or collected as its author may think. */
export interface Finding {
  readonly id: FindingId;
  readonly severity: Severity;
  readonly file: string;
  /** From 1; a column is one UTF-16 unit. */
  readonly line: number;
  readonly column: number;
  /** Behind the last character; on another line than the first: behind the end of that. */
  readonly endColumn: number;
  /** The line as it is in the file. */
  readonly source: string;
  readonly message: string;
  readonly fix: string;
}

/** A place in a file, and what is to be said about it. */
export interface Remark {
  readonly id: FindingId;
  readonly at: Pick<PythonNode, 'start' | 'end'>;
  readonly message: string;
  readonly fix: string;
}

/** The remarks as findings, in the order of the file, each once. */
export function toFindings(
  file: string,
  text: string,
  remarks: readonly Remark[],
): readonly Finding[] {
  const starts = lineStarts(text);
  const known = new Set<string>();
  return [...remarks]
    .sort((a, b) => a.at.start - b.at.start)
    .flatMap(({ id, at, message, fix }): Finding[] => {
      const key = `${id} ${at.start} ${message}`;
      if (known.has(key)) return [];
      known.add(key);
      const line = starts.findLastIndex((start) => start <= at.start) + 1;
      const start = starts[line - 1] ?? 0;
      const source = /^[^\r\n]*/.exec(text.slice(start))?.[0] ?? '';
      const column = Math.min(at.start - start, source.length) + 1;
      const endColumn = Math.max(column + 1, Math.min(at.end - start, source.length) + 1);
      const severity = FINDINGS[id];
      return [{ id, severity, file, line, column, endColumn, source, message, fix }];
    });
}

function lineStarts(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((end) => end.index + end[0].length)];
}

/** The start of the file: what is about all of it. */
export const WHOLE_FILE = { start: 0, end: 0 } as const;
