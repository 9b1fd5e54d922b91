import { findNodeAtLocation, type JSONPath, type Node } from 'jsonc-parser';
import { CliError } from '../../errors.js';
import type { CollectionChange } from '../gateways.js';
import { type JsonText, withValue } from '../json-text.js';
import { isEnabled } from './collections.js';

const COLLECTOR: JSONPath = ['properties', 'dataCollector'];
const COLLECTIONS: JSONPath = [...COLLECTOR, 'collections'];
/** They need no line in the scoring script. */
const PAYLOAD_COLLECTIONS = ['request', 'response'];

/** The collections that a change would add: each needs a data asset first. */
export function newCollections(
  { root }: JsonText,
  { to, collections }: CollectionChange,
): readonly string[] {
  if (to !== 'on') return [];
  const known = namesIn(findNodeAtLocation(root, [...COLLECTIONS]));
  const wanted = collections ?? (known.length > 0 ? known : PAYLOAD_COLLECTIONS);
  return wanted.filter((name) => !known.includes(name));
}

/**
 * The deployment with its collection switched. Only the members that the change names are touched: what is
 * switched off keeps its settings, so that switching it on again restores the text.
 *
 * Contract: onlineEndpoints/deployments 2024-10-01, `properties.dataCollector`; null switches it off.
 * Known from: documented, "Collect production data from models deployed for real-time inferencing".
 *
 * @param dataId the data asset that a new collection is written to
 * @throws {CliError} `usage` if a collection to switch off does not exist
 */
export function changeCollection(
  deployment: JsonText,
  change: CollectionChange,
  dataId: (collection: string) => string,
): JsonText {
  const collector = findNodeAtLocation(deployment.root, [...COLLECTOR]);
  const isSet = collector !== undefined && collector.type !== 'null';
  if (change.to === 'forget') return isSet ? withValue(deployment, COLLECTOR, null) : deployment;
  if (change.to === 'off' && !isSet) return deployment;

  const existing = findNodeAtLocation(deployment.root, [...COLLECTIONS]);
  const known = namesIn(existing);
  const added = newCollections(deployment, change);
  const touched = change.collections ?? (known.length > 0 ? known : added);
  const missing = touched.find((name) => change.to === 'off' && !known.includes(name));
  if (missing !== undefined) {
    throw new CliError('usage', `There is no collection "${missing}" to switch off.`, {
      hint: known.length > 0 ? `It has ${known.join(', ')}.` : 'It collects nothing.',
    });
  }

  let edited = deployment;
  if (added.length > 0 && existing?.type !== 'object') {
    const fresh = Object.fromEntries(
      added.map((name) => [name, newCollection(name, change, dataId)]),
    );
    edited = isSet
      ? withValue(edited, COLLECTIONS, fresh)
      : withValue(edited, COLLECTOR, { collections: fresh });
  } else {
    for (const name of touched) {
      edited = added.includes(name)
        ? withValue(edited, [...COLLECTIONS, name], newCollection(name, change, dataId))
        : switchCollection(edited, name, change);
    }
  }
  if (change.to === 'off' || change.rollingRate === undefined) return edited;
  return setUnlessSame(edited, [...COLLECTOR, 'rollingRate'], change.rollingRate);
}

function newCollection(
  name: string,
  { samplingRate }: CollectionChange,
  dataId: (collection: string) => string,
) {
  return {
    dataCollectionMode: 'Enabled',
    dataId: dataId(name),
    ...(samplingRate === undefined ? {} : { samplingRate }),
  };
}

function switchCollection(
  deployment: JsonText,
  name: string,
  { to, samplingRate }: CollectionChange,
): JsonText {
  const path = [...COLLECTIONS, name];
  const mode = findNodeAtLocation(deployment.root, [...path, 'dataCollectionMode'])?.value;
  const switched = setMode(
    deployment,
    path,
    typeof mode === 'string' ? mode : undefined,
    to === 'on',
  );
  return samplingRate === undefined || to === 'off'
    ? switched
    : setUnlessSame(switched, [...path, 'samplingRate'], samplingRate);
}

/** Azure reads the mode in any case; the case that it was written in is kept. */
function setMode(
  deployment: JsonText,
  path: JSONPath,
  mode: string | undefined,
  enabled: boolean,
): JsonText {
  if (isEnabled(mode ?? 'Disabled') === enabled) return deployment;
  const word = enabled ? 'Enabled' : 'Disabled';
  const isLower = mode !== undefined && mode === mode.toLowerCase();
  return withValue(
    deployment,
    [...path, 'dataCollectionMode'],
    isLower ? word.toLowerCase() : word,
  );
}

/** Leaves `1.0` alone where 1 is asked for. */
function setUnlessSame(deployment: JsonText, path: JSONPath, value: string | number): JsonText {
  const node = findNodeAtLocation(deployment.root, [...path]);
  return node?.value === value ? deployment : withValue(deployment, path, value);
}

/** The collections that are configured; one that is null is none. */
function namesIn(collections: Node | undefined): readonly string[] {
  if (collections?.type !== 'object') return [];
  return (collections.children ?? []).flatMap(({ children: [name, settings] = [] }) =>
    settings?.type === 'object' ? [String(name?.value)] : [],
  );
}
