import { type Document, isMap, isScalar, type Node } from 'yaml';
import { CliError } from '../../../errors.js';
import type { Deployed } from './deployed.js';
import { type Finding, type Remark, toFindings, WHOLE_FILE } from './finding.js';
import { readYaml } from './read-yaml.js';

const ROLLING_RATES = ['year', 'month', 'day', 'hour', 'minute'];

/** Known from: SDK source (azure-ai-ml, data_collector_schema.py, deployment_collection_schema.py). */
const COLLECTOR_FIELDS = ['collections', 'request_logging', 'rolling_rate', 'sampling_rate'];
const COLLECTION_FIELDS = ['client_id', 'data', 'enabled'];

/** What is filled in before the file is used, in the ways of several tools: nobody knows what it will be. */
const TEMPLATE = /\$[({]|\{\{|#\{|<%|__\w+__/;

/** Fields that tell the YAML of an online deployment from any other. */
const OWN_FIELDS = [
  'endpoint_name',
  'app_insights_enabled',
  'data_collector',
  'code_configuration',
];

interface DeploymentFile {
  readonly values: Readonly<Record<string, unknown>>;
  /** Where the value of a field is, or as much of the way to it as there is. */
  readonly place: (...path: readonly string[]) => Remark['at'];
}

/** The deployment that a file of `az ml online-deployment` describes. @throws {CliError} `usage` if it is no such file */
export function deployedFile(file: string, text: string): Deployed {
  const { values } = readDeployment(file, text);
  const collections = Object.entries(record(record(values.data_collector).collections)).map(
    ([name, collection]) => ({ name, enabled: isOn(record(collection).enabled) }),
  );
  return {
    name: `"${file}"`,
    api: 'v2',
    insights: isOn(values.app_insights_enabled),
    collection: collections.some(({ enabled }) => enabled),
    collections,
    models: undefined,
  };
}

/**
 * What a v2 deployment will not log or collect.
 *
 * @throws {CliError} `usage` if the file is no YAML of a deployment
 */
export function checkDeployment(file: string, text: string): readonly Finding[] {
  const { values, place } = readDeployment(file, text);
  const remarks: Remark[] = [];
  if (!isOn(values.app_insights_enabled)) {
    remarks.push({
      id: 'app-insights-off',
      at: place('app_insights_enabled'),
      message: 'Application Insights is off: it gets no traces, requests and exceptions.',
      fix: 'Add app_insights_enabled: true.',
    });
  }
  const collector = record(values.data_collector);
  const collections = Object.entries(record(collector.collections));
  const isLeftOpen = isTemplate(values.data_collector) || isTemplate(collector.collections);
  if (collections.length === 0 && !isLeftOpen) {
    remarks.push({
      id: 'collection-off',
      at: place('data_collector', 'collections'),
      message: 'No model data is collected.',
      fix: 'Add data_collector with collections, as scaffold deployment.yml does.',
    });
  }
  for (const [name, collection] of collections) {
    const { enabled } = record(collection);
    const at = place('data_collector', 'collections', name, 'enabled');
    if (!isTemplate(enabled) && (typeof enabled !== 'string' || !/^(true|false)$/i.test(enabled))) {
      remarks.push({
        id: 'enabled-not-text',
        at,
        message: `az takes enabled of "${name}" as a text alone, 'True' or 'False'.`,
        fix: isFalse(enabled) ? "Write enabled: 'False'." : "Write enabled: 'True'.",
      });
    }
    if (isFalse(enabled)) {
      remarks.push({
        id: 'collection-disabled',
        at,
        message: `"${name}" is disabled: it is not collected.`,
        fix: "Write enabled: 'True' to collect it.",
      });
    }
    if (record(collection).sampling_rate !== undefined) {
      remarks.push({
        id: 'sampling-rate',
        at: place('data_collector', 'collections', name, 'sampling_rate'),
        message: 'A collection has no sampling_rate of its own.',
        fix: 'Write it below data_collector, where it holds for every collection.',
      });
    }
  }
  const unknown = [
    ...unknownRemarks(collector, COLLECTOR_FIELDS, ['data_collector'], place),
    ...collections.flatMap(([name, collection]) => {
      // Of a sampling rate there is more to say.
      const known = [...COLLECTION_FIELDS, 'sampling_rate'];
      return unknownRemarks(
        record(collection),
        known,
        ['data_collector', 'collections', name],
        place,
      );
    }),
  ];
  return toFindings(file, text, [...remarks, ...unknown, ...rateRemarks(collector, place)]);
}

function unknownRemarks(
  values: Readonly<Record<string, unknown>>,
  known: readonly string[],
  path: readonly string[],
  place: DeploymentFile['place'],
): readonly Remark[] {
  return Object.keys(values)
    .filter((name) => !known.includes(name) && !isTemplate(name))
    .map((name): Remark => {
      return {
        id: 'unknown-field',
        at: place(...path, name),
        message: `"${path.at(-1)}" has no field "${name}".`,
        fix: `It has ${known.filter((each) => path.length === 1 || each !== 'sampling_rate').join(', ')}.`,
      };
    });
}

function rateRemarks(
  { sampling_rate: sampling, rolling_rate: rolling }: Readonly<Record<string, unknown>>,
  place: DeploymentFile['place'],
): readonly Remark[] {
  const remarks: Remark[] = [];
  if (
    sampling !== undefined &&
    !isTemplate(sampling) &&
    !(Number(sampling) >= 0 && Number(sampling) <= 1)
  ) {
    remarks.push({
      id: 'sampling-rate',
      at: place('data_collector', 'sampling_rate'),
      message: 'sampling_rate is a share of the requests, from 0 to 1.',
      fix: 'Write 1.0 for all of them, 0.1 for one in ten.',
    });
  }
  if (
    rolling !== undefined &&
    !isTemplate(rolling) &&
    !ROLLING_RATES.includes(String(rolling).toLowerCase())
  ) {
    remarks.push({
      id: 'rolling-rate',
      at: place('data_collector', 'rolling_rate'),
      message: `rolling_rate is one of ${ROLLING_RATES.join(', ')}.`,
      fix: 'Write rolling_rate: hour.',
    });
  }
  return remarks;
}

function readDeployment(file: string, text: string): DeploymentFile {
  const document = readYaml(file, text);
  const values = valuesOf(file, document);
  if (!OWN_FIELDS.some((name) => name in values)) {
    throw new CliError('usage', `"${file}" is no online deployment.`, {
      hint: `It has none of ${OWN_FIELDS.join(', ')}.`,
    });
  }
  return {
    values,
    place: (...path) => {
      let node: unknown = document.contents;
      let at: Remark['at'] = WHOLE_FILE;
      for (const name of path) {
        if (!isMap(node)) break;
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
        if (!pair) break;
        at = span(pair.key, pair.value);
        node = pair.value;
      }
      return at;
    },
  };
}

/** What YAML means, with merged keys and aliases; few of these, since a handful can mean gigabytes. */
function valuesOf(file: string, document: Document.Parsed): Readonly<Record<string, unknown>> {
  try {
    return record(document.toJS({ maxAliasCount: 100 }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError('usage', `"${file}" cannot be read: ${reason}.`, {}, error);
  }
}

/** A key and a plain value behind it; a key alone in front of more lines. */
function span(key: unknown, value: unknown): Remark['at'] {
  const start = rangeOf(key)?.[0] ?? 0;
  const end = isScalar(value) ? rangeOf(value)?.[1] : undefined;
  return { start, end: end ?? rangeOf(key)?.[1] ?? start };
}

function rangeOf(node: unknown): Node['range'] {
  return isScalar(node) ? node.range : undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

/** Whether `az` takes it for true, or it is still to be filled in. */
function isOn(value: unknown): boolean {
  return isTemplate(value) || /^(true|t|yes|y|on|1)$/i.test(String(value));
}

function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && TEMPLATE.test(value);
}

function isFalse(value: unknown): boolean {
  return /^false$/i.test(String(value));
}
