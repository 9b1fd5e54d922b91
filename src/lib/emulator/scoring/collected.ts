import { LOCAL_CONNECTION } from '../connection.js';
import { WORKSPACE_ID } from '../resources/resource-ids.js';
import { isObject, read, valueAt } from '../resources/resources.js';
import type { State } from '../state/state.js';
import type { BlobText } from './blob-texts.js';
import { MODEL } from './model.js';
import { drawsFrom } from './random.js';
import type { Scored } from './scored.js';
import { containerId } from './telemetry.js';

export interface Collected extends BlobText {
  /** Of v2: the collection that it belongs to. */
  readonly collection?: string;
}

/** What one request leaves in Blob Storage, by the settings that its container runs with. */
export function collectedData(scored: Scored, state: State): readonly Collected[] {
  if (scored.error) return [];
  return scored.serving.api === 'v1' ? csvFiles(scored) : jsonlFiles(scored, state);
}

const CORRELATION = [
  ...['$aml_dc_correlation_id', '$aml_dc_scoring_timestamp', '$aml_dc_boundary', '$aml_workspace'],
  ...['$aml_service_name', '$aml_model_name', '$aml_model_version', '$aml_request_id'],
];

/**
 * The files of v1's ModelDataCollector: a day's CSV a model and designation.
 *
 * Known from: SDK source (azureml-monitoring, `modeldatacollector.py`), a recorded row and path.
 */
function csvFiles({ serving, at, requestId, rows, predictions }: Scored): readonly Collected[] {
  if (!serving.storage) return [];
  const { subscriptionId, resourceGroup, workspaceName } = LOCAL_CONNECTION;
  // The collector lower-cases these three, unlike `dataCollectorStoragePath`.
  const scope = [subscriptionId, resourceGroup, workspaceName].map((name) => name.toLowerCase());
  const draws = drawsFrom(`${requestId}/collected`);
  const day = at.toISOString().slice(0, 10).replaceAll('-', '/');
  const time = at.toISOString().replace('Z', '000');
  return serving.models.flatMap(({ name, version }): Collected[] => {
    const ids = rows.map(() => draws.guid());
    const folder = [...scope, serving.service, name, version].join('/');
    const file = (
      designation: string,
      columns: readonly string[],
      values: readonly (readonly number[])[],
    ): Collected => ({
      at,
      container: 'modeldata',
      name: `${folder}/${designation}/${day}/${designation}.csv`,
      header: `${[...columns, ...CORRELATION].join(',')}\n`,
      text: values
        .map(
          (row, index) =>
            `${[...row, ids[index], time, '1440', scope.join('/'), serving.service, name, version, requestId].join(',')}\n`,
        )
        .join(''),
    });
    return [
      file('inputs', MODEL.features, rows),
      file(
        'predictions',
        ['prediction'],
        predictions.map((value) => [value]),
      ),
    ];
  });
}

/**
 * The files of v2's data collector: JSON lines a collection, in a folder for each span of the rolling rate.
 * `request` and `response` hold the payload, `model_inputs` and `model_outputs` what the sample's scoring
 * script hands to its collectors; other names have no collector in the script and stay empty.
 *
 * Known from: documented (how-to-collect-production-data), published sample files.
 */
function jsonlFiles(scored: Scored, state: State): readonly Collected[] {
  const { serving, at, requestId } = scored;
  const collections = valueAt(serving.collector, 'collections');
  const rate = String(valueAt(serving.collector, 'rollingRate') ?? 'Hour').toLowerCase();
  const depth = { year: 1, month: 2, day: 3, hour: 4, minute: 5 }[rate] ?? 4;
  const span = at.toISOString().split(/[-T:]/).slice(0, depth).join('/');
  return Object.entries(isObject(collections) ? collections : {}).flatMap(
    ([name, settings]): Collected[] => {
      if (valueAt(settings, 'dataCollectionMode') !== 'Enabled') return [];
      const sampling = Number(valueAt(settings, 'samplingRate') ?? 1);
      const draws = drawsFrom(`${requestId}/${name}`);
      if (draws.next() >= sampling) return [];
      const payload = payloadOf(scored, name);
      if (!payload) return [];
      const folder = folderOf(scored, name, valueAt(settings, 'dataId'), state);
      const line = { ...common(scored, name, payload.data, draws.guid()), ...payload.extra };
      const file = `${containerId(scored)}.jsonl`;
      return [
        {
          ...folder,
          at,
          collection: name,
          name: `${folder.name}/${span}/${file}`,
          header: '',
          text: `${JSON.stringify(line)}\n`,
        },
      ];
    },
  );
}

function payloadOf({ input, response, rows, predictions }: Scored, collection: string) {
  const payload = { path: '/score', method: 'POST' };
  const frame = {
    modelversion: 'default',
    collectdatatype: 'pandas.core.frame.DataFrame',
    agent: 'azureml-ai-monitoring/0.1.0b4',
  };
  const named = (names: readonly string[], values: readonly (readonly number[])[]) =>
    values.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])));
  switch (collection) {
    case 'request':
      return { data: parse(input), extra: payload };
    case 'response':
      return { data: parse(response), extra: payload };
    case 'model_inputs':
      return { data: named(MODEL.features, rows), extra: frame };
    case 'model_outputs':
      return {
        data: named(
          ['prediction'],
          predictions.map((value) => [value]),
        ),
        extra: frame,
      };
    default:
      return undefined;
  }
}

function parse(text: string): unknown {
  return JSON.parse(text);
}

function common(
  { serving, at, requestId, clientRequestId }: Scored,
  name: string,
  data: unknown,
  id: string,
) {
  const length = Buffer.byteLength(JSON.stringify(data));
  return {
    specversion: '1.0',
    id,
    source: serving.resourceId,
    type: `azureml.inference.${name}`,
    datacontenttype: 'application/json',
    time: `${at.toISOString().slice(0, 19)}Z`,
    data,
    contentrange: `bytes 0-${length - 1}/${length}`,
    correlationid: clientRequestId || requestId,
    xrequestid: requestId,
  };
}

/** Where the data asset of a collection points to; the documented default without one. */
function folderOf({ serving }: Scored, collection: string, dataId: unknown, state: State) {
  const asset =
    typeof dataId === 'string'
      ? state.resources.get(dataId.replace(/^azureml:/, '').toLowerCase())
      : undefined;
  const uri = asset === undefined ? '' : String(read(asset, 'properties', 'dataUri'));
  const [, datastore = 'workspaceblobstore', path = ''] =
    /datastores\/([^/]+)\/paths\/(.+?)\/*$/.exec(uri) ?? [];
  const store = state.resources.get(`${WORKSPACE_ID}/datastores/${datastore}`.toLowerCase());
  return {
    container: store === undefined ? 'azureml' : String(read(store, 'properties', 'containerName')),
    name: path || `modelDataCollector/${serving.service}/${serving.part}/${collection}`,
  };
}
