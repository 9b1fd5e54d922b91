import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { CliError } from '../../lib/errors.js';
import type { Host, Report } from '../../lib/host.js';
import {
  DRIFT_METRICS,
  type FeatureDrift,
  type FeatureKind,
  judgementOf,
  METRICS,
  type Metric,
} from '../../lib/model/drift.js';
import { dataDriftView } from '../../lib/output/data-drift-view.js';
import { print } from '../../lib/output/print.js';
import { type Alarm, assertNoAlarm, compareData } from '../../lib/use-cases/data/compare-data.js';
import { parseCount } from '../count-argument.js';
import { examples, exitStatuses, type SharedCommand } from '../shared-options.js';
import { takeDataOptions } from './data-options.js';
import { driftSides } from './drift-sides.js';
import { openRows } from './open-rows.js';
import { collect } from './repeated.js';
import { STATISTICS_LIMITS } from './statistics-limits.js';

const WHAT = 'What:';
const BASELINE = 'Baseline:';
const CHECK = 'Check:';
const ALARMS = ['drift', 'quality', ...METRICS] as const;

export function define(command: SharedCommand, host: Host): void {
  takeDataOptions(command, '24h, of files all')
    .description(
      'Show how far each feature of collected data has moved from a baseline, the worst first, by the metrics of Azure ' +
        "ML's model monitoring. By default the last 24 hours are compared with the 7 days before.",
    )
    .optionsGroup(WHAT)
    .option(
      '--files <glob>',
      'of files instead: a downloaded folder, or Parquet, JSON lines, CSV; by name, folder or pattern, again for more',
      collect,
    )
    .option('--column <name>', 'this feature; again for more (default: every one)', collect)
    .option('--categorical <column>', 'compare its values as categories; again for more', collect)
    .option('--numerical <column>', 'compare its values as numbers; again for more', collect)
    .optionsGroup(BASELINE)
    .option('--baseline <glob>', 'files, such as the training data; again for more', collect)
    .option('--baseline-service <name>', 'another service or deployment, SERVICE or SERVICE/PART')
    .option('--baseline-since <duration>', 'how far before the target: 24h, 7d or ISO 8601')
    .option('--baseline-from <time>', 'the first instant: ISO 8601, or before now, such as -30d')
    .option(
      '--baseline-to <time>',
      'the instant behind the last (default: where the target begins)',
    )
    .optionsGroup(CHECK)
    .addOption(
      new Option(
        '--metric <name>',
        `decides about drift instead of the usual one; again for more: ${DRIFT_METRICS.join(', ')}`,
      ).argParser(parseMetric),
    )
    .addOption(
      new Option(
        '--threshold <metric=value>',
        'from where on a metric counts; again for more',
      ).argParser(parseThreshold),
    )
    .addOption(
      new Option(
        '--fail-on <what>',
        'exit status 9 if there is any: drift, quality or a metric; again for more',
      ).argParser(parseAlarm),
    )
    .addOption(new Option('--top <n>', 'only the first features').argParser(parseCount))
    .addHelpText(
      'after',
      examples(
        'data drift my-service',
        'data drift fraud/green --baseline-service fraud/blue --since 2d',
        'data drift churn --baseline training.parquet --fail-on drift',
        "data drift --files 'today/*.csv' --baseline training.csv --threshold null_value_rate=0.01",
      ),
    )
    .addHelpText(
      'after',
      exitStatuses(
        'not-found',
        'auth',
        'service',
        'timeout',
        'unsupported',
        'incomplete',
        'check-failed',
      ),
    )
    .action(async (typed, options) => {
      const { files: patterns, column: columns = [], top, failOn = [] } = options;
      const kinds = kindsOf(options, columns);
      const judgement = judgementOf({
        metrics: options.metric ?? [],
        thresholds: options.threshold ?? {},
        checked: METRICS.filter((each) => failOn.includes(each)),
      });
      const sides = driftSides(options, host.clock.now());
      const datasets = await host.openDatasets(STATISTICS_LIMITS);
      try {
        const source = { typed, patterns, options, datasets };
        const { open, settings, report } = await openRows(source, host);
        for (const note of sides.notes) report.note(note);
        const target = await open(sides.target);
        // Both sides are of one collection and one model, where both have it.
        const baseline = await open({ ...sides.baseline, like: target });
        const { signal } = host;
        const request = { baseline, target, columns, kinds, judgement };
        const features = await compareData(request, { datasets, report, signal });
        const view = dataDriftView({ baseline, target });
        await print(host, settings, topOf(features, top, report), view);
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
  {
    categorical = [],
    numerical = [],
  }: { readonly categorical?: readonly string[]; readonly numerical?: readonly string[] },
  columns: readonly string[],
): ReadonlyMap<string, FeatureKind> {
  const both = categorical.find((name) => numerical.includes(name));
  if (both !== undefined) {
    throw new CliError('usage', `"${both}" is compared either as categories or as numbers.`);
  }
  const idle = [...categorical, ...numerical].find((name) => !columns.includes(name));
  if (columns.length > 0 && idle !== undefined) {
    throw new CliError('usage', `"${idle}" is none of the features that --column names.`, {
      hint: 'Name it with --column too, or do not say what it is compared as.',
    });
  }
  return new Map([
    ...categorical.map((name) => [name, 'categorical'] as const),
    ...numerical.map((name) => [name, 'numerical'] as const),
  ]);
}

function named<Name extends string>(text: string, names: readonly Name[]): Name {
  const known = names.find((name) => name === text);
  if (known) return known;
  throw new InvalidArgumentError(`Give one of ${names.join(', ')}.`);
}

function parseMetric(text: string, before: readonly Metric[] = []): readonly Metric[] {
  return [...before, named(text, DRIFT_METRICS)];
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
  return { ...before, [named(text.slice(0, at).trim(), METRICS)]: Number(value) };
}

function parseAlarm(text: string, before: readonly Alarm[] = []): readonly Alarm[] {
  return [...before, named(text, ALARMS)];
}
