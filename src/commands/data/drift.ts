import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { CliError } from '../../lib/errors.js';
import type { Host, Report } from '../../lib/host.js';
import {
  type FeatureDrift,
  type FeatureKind,
  judgementOf,
  METRICS,
  type Metric,
} from '../../lib/model/drift.js';
import { dataDriftView } from '../../lib/output/data-drift-view.js';
import { print } from '../../lib/output/print.js';
import { createReport } from '../../lib/output/report.js';
import { resolveSettings } from '../../lib/settings.js';
import { type Alarm, assertNoAlarm, compareData } from '../../lib/use-cases/data/compare-data.js';
import { openFiles } from '../../lib/use-cases/data/open-files.js';
import { parseCount } from '../count-argument.js';
import { examples, exitStatuses, type SharedCommand } from '../shared-options.js';
import { collect } from './repeated.js';
import { STATISTICS_LIMITS } from './statistics-limits.js';

const WHAT = 'What:';
const BASELINE = 'Baseline:';
const CHECK = 'Check:';
const ALARMS = ['drift', 'quality', ...METRICS] as const;

export function define(command: SharedCommand, host: Host): void {
  command
    .description(
      'Show how far each feature of collected data has moved from a baseline, the worst first, by the metrics of Azure ' +
        "ML's model monitoring.",
    )
    .optionsGroup(WHAT)
    .option(
      '--files <glob>',
      'Parquet, JSON lines or CSV of this machine; by name, folder or pattern, again for more',
      collect,
    )
    .option('--column <name>', 'this feature; again for more (default: every one)', collect)
    .option('--categorical <column>', 'compare its values as categories; again for more', collect)
    .option('--numerical <column>', 'compare its values as numbers; again for more', collect)
    .optionsGroup(BASELINE)
    .option('--baseline <glob>', 'files, such as the training data; again for more', collect)
    .optionsGroup(CHECK)
    .addOption(
      new Option('--metric <name>', 'decides about drift instead of the usual one; again for more')
        .choices(METRICS)
        .argParser(parseMetric),
    )
    .addOption(
      new Option(
        '--threshold <metric=value>',
        'from where on a metric counts; again for more',
      ).argParser(parseThreshold),
    )
    .addOption(
      new Option('--fail-on <what>', 'exit status 9 if there is any; again for more')
        .choices(ALARMS)
        .argParser(parseAlarm),
    )
    .addOption(new Option('--top <n>', 'only the first features').argParser(parseCount))
    .addHelpText(
      'after',
      examples(
        "data drift --files 'inputs/*.parquet' --baseline training.csv",
        'data drift --files today.csv --baseline training.csv --threshold population_stability_index=0.25 --fail-on drift',
      ),
    )
    .addHelpText('after', exitStatuses('not-found', 'unsupported', 'incomplete', 'check-failed'))
    .action(async (options) => {
      const { files: patterns, baseline: baselinePatterns, column: columns = [] } = options;
      const { metric = [], threshold = {}, failOn = [], top } = options;
      const kinds = kindsOf(options.categorical, options.numerical);
      const settings = await resolveSettings(options, host);
      const report = createReport(host, settings);
      if (patterns === undefined) throw new CliError('usage', 'Give --files.');
      if (baselinePatterns === undefined) throw new CliError('usage', 'Give --baseline.');
      const judgement = judgementOf({
        metrics: metric,
        thresholds: threshold,
        checked: METRICS.filter((each) => failOn.includes(each)),
      });
      const datasets = await host.openDatasets(STATISTICS_LIMITS);
      const { cwd, signal } = host;
      const ports = { datasets, cwd, signal, report };
      try {
        const baseline = { dataset: await openFiles(baselinePatterns, ports) };
        const target = { dataset: await openFiles(patterns, ports) };
        const request = { baseline, target, columns, kinds, judgement };
        const features = await compareData(request, ports);
        const sides = { baseline: baselinePatterns.join(', '), target: patterns.join(', ') };
        await print(host, settings, topOf(features, top, report), dataDriftView(sides));
        assertNoAlarm(features, failOn);
      } finally {
        await datasets.close();
      }
    });
}

function topOf(
  features: readonly FeatureDrift[],
  top: number | undefined,
  report: Report,
): readonly FeatureDrift[] {
  if (top === undefined || features.length <= top) return features;
  const rest = features.length - top;
  const which = rest === 1 ? '1 feature that differs' : `${rest} features that differ`;
  report.note(`${which} less ${rest === 1 ? 'is' : 'are'} not shown.`);
  return features.slice(0, top);
}

function kindsOf(
  categorical: readonly string[] = [],
  numerical: readonly string[] = [],
): ReadonlyMap<string, FeatureKind> {
  const both = categorical.find((name) => numerical.includes(name));
  if (both !== undefined) {
    throw new CliError('usage', `"${both}" is compared either as categories or as numbers.`);
  }
  return new Map([
    ...categorical.map((name) => [name, 'categorical'] as const),
    ...numerical.map((name) => [name, 'numerical'] as const),
  ]);
}

function metricNamed(text: string): Metric {
  const known = METRICS.find((metric) => metric === text);
  if (known) return known;
  throw new InvalidArgumentError(`Metrics: ${METRICS.join(', ')}.`);
}

function parseMetric(text: string, before: readonly Metric[] = []): readonly Metric[] {
  return [...before, metricNamed(text)];
}

function parseThreshold(
  text: string,
  before: Readonly<Partial<Record<Metric, number>>> = {},
): Readonly<Partial<Record<Metric, number>>> {
  const at = text.indexOf('=');
  const value = text.slice(at + 1).trim();
  if (at < 0 || value === '' || !(Number(value) >= 0)) {
    throw new InvalidArgumentError(
      'Give a metric and a number, such as jensen_shannon_distance=0.2.',
    );
  }
  return { ...before, [metricNamed(text.slice(0, at).trim())]: Number(value) };
}

function parseAlarm(text: string, before: readonly Alarm[] = []): readonly Alarm[] {
  const known = ALARMS.find((alarm) => alarm === text);
  if (known) return [...before, known];
  throw new InvalidArgumentError(`It may fail on ${ALARMS.join(', ')}.`);
}
