import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { CliError } from '../lib/errors.js';
import { CHART_KINDS, type ChartKind } from '../lib/output/chart/chart-wish.js';

/** `--chart [KIND]`; true: the kind that the result suggests. */
export const chartOption = new Option(
  '--chart [kind]',
  'draw the result on a terminal: line, bar or column; else what the KQL’s render or the result suggests',
).argParser((text: string): ChartKind | true => {
  const kind = CHART_KINDS.find((each) => each === text);
  if (kind) return kind;
  const kinds = CHART_KINDS.join(', ');
  throw new InvalidArgumentError(`Allowed choices are ${kinds}; the query stands before --chart.`);
});

/** @throws {CliError} `usage`: what goes on for ever is never drawn */
export function assertNoChart(chart: ChartKind | true | undefined): void {
  if (chart === undefined) return;
  throw new CliError('usage', '--chart draws a whole result, and --follow has none.');
}
