import type { Cloud } from '../cloud.js';
import { findServing, type Serving } from '../scoring/serving.js';
import type { State } from '../state/state.js';
import { containerLines } from './container-log.js';

export interface LogRequest {
  readonly container: 'server' | 'init';
  readonly tail: number;
}

/**
 * The `content` of getLogs: for a managed deployment instance status, events and log in one text, for one
 * on Kubernetes the log alone.
 *
 * Known from: a recording of 2025-11 (managed); documented (a container that is not up yet answers 200).
 */
export async function deploymentLog(
  cloud: Cloud,
  state: State,
  resourceId: string,
  now: Date,
  { container, tail }: LogRequest,
): Promise<string> {
  const serving = findServing(state, resourceId, null, now);
  if (!serving) return 'The container is not running yet. Try again later.';
  const lines =
    container === 'init'
      ? downloadLines(serving).slice(-tail)
      : await containerLines(cloud, serving, now, tail);
  const log = `${lines.join('\n')}\n`;
  if (serving.computeType !== 'Managed') return log;
  return `Instance status:\n${STATUS.join('\n')}\n\nContainer events:\n${events(serving).join('\n')}\n\nContainer logs:\n${log}\n`;
}

const STATUS = [
  'SystemSetup: Succeeded',
  'UserContainerImagePull: Succeeded',
  'ModelDownload: Succeeded',
  'UserContainerStart: Succeeded',
];

function events({ since }: Serving): readonly string[] {
  const event = (name: string, secondsBefore: number, message: string) => {
    const time = new Date(since.getTime() - secondsBefore * 1000)
      .toISOString()
      .replace('Z', '129Z');
    return `Kind: Pod, Name: ${name}, Type: Normal, Time: ${time}, Message: ${message}`;
  };
  return [
    event('Downloading', 90, 'Start downloading models'),
    event('Pulling', 90, 'Start pulling container image'),
    event('Pulled', 19, 'Container image is pulled successfully'),
    event('Downloaded', 19, 'Models are downloaded successfully'),
    event('Created', 19, 'Created container inference-server'),
    event('Started', 19, 'Started container inference-server'),
    event('ContainerReady', 0, 'Container is ready'),
  ];
}

/** The container that fetches the model before the server starts. */
function downloadLines({ since, models }: Serving): readonly string[] {
  const at = (seconds: number) => new Date(since.getTime() - seconds * 1000).toISOString();
  return [
    `${at(90)} Downloading: azureml-models`,
    ...models.map(({ name, version }) => `${at(60)} Downloaded model ${name}:${version}`),
    `${at(20)} Storage initialization finished.`,
  ];
}
