import { sizeText } from '../model/size.js';
import type { QueryEnding } from '../use-cases/run-query.js';
import { factLines } from './fact-lines.js';
import type { Style } from './style.js';

type Statistics = NonNullable<QueryEnding['statistics']>;

/** What answering a query cost, a line each; what the service does not tell is left out. Ends without a line feed. */
export function statisticsText(statistics: Statistics, style: Style): string {
  const { executionSeconds, cpuTicks, peakMemoryBytes } = statistics;
  const { scannedRows, totalRows, resultRows, resultBytes } = statistics;
  const of = totalRows === null ? '' : ` of ${totalRows}`;
  const facts: readonly (string | null)[][] = [
    ['time', executionSeconds === null ? null : `${executionSeconds} s`],
    ['processor', cpuTicks === null ? null : `${Number(cpuTicks) / 1e7} s, all nodes together`],
    [
      'memory',
      peakMemoryBytes === null ? null : `${sizeText(peakMemoryBytes)} on the fullest node`,
    ],
    ['rows read', scannedRows === null ? null : `${scannedRows}${of}`],
    ['rows sent', resultRows === null ? null : `${resultRows}`],
    ['sent', resultBytes === null ? null : sizeText(resultBytes)],
  ];
  const known = facts.flatMap(([name, text]) =>
    name && text ? [[name, text, null] as const] : [],
  );
  return [style.bold('Statistics'), ...factLines(known, style)].join('\n');
}

/** The same as one line of JSON, as the service sent it. */
export function statisticsJson({ json }: Statistics): string {
  return `{"statistics":${json}}`;
}
