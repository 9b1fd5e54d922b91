import type { Serving } from '../scoring/serving.js';
import { commaTime, s6Time } from './log-lines.js';

/** What a scoring server writes until it is ready, in the manner of its generation. */
export function startLines(serving: Serving): readonly string[] {
  switch (serving.server) {
    case 'applicationinsights':
      return s6Lines(serving, (text) => text);
    case 'opencensus':
      return s6Lines(serving, (text, at) => `${commaTime(at)} | root | INFO | ${text}`);
    case 'azmlinfsrv-1.3':
      return inferenceServerLines(serving, '1.3.4');
    case 'azmlinfsrv-1.5':
      return inferenceServerLines(serving, '1.5.1');
  }
}

type LogLine = (text: string, at: Date) => string;

function s6Lines({ since }: Serving, log: LogLine): readonly string[] {
  const started = new Date(since.getTime() - 2_000);
  const s6 = (ms: number, nanos: number, text: string) =>
    `${s6Time(new Date(started.getTime() + ms), nanos)} - ${text}`;
  const root = (text: string) => log(text, new Date(since.getTime() - 500));
  return [
    s6(0, 905_616, 'gunicorn/run '),
    s6(1, 42_511, 'iot-server/run '),
    s6(3, 254_607, 'nginx/run '),
    'EdgeHubConnectionString and IOTEDGE_IOTHUBHOSTNAME are not set. Exiting...',
    s6(77, 354_497, 'iot-server/finish 1 0'),
    s6(78, 465_503, 'Exit code 1 is normal. Not restarting iot-server.'),
    'Starting gunicorn 20.1.0',
    'Listening at: http://127.0.0.1:31311 (71)',
    'Using worker: sync',
    'worker timeout is set to 300',
    'Booting worker with pid: 99',
    'Initializing logger',
    root('Starting up app insights client'),
    root('Starting up request id generator'),
    root('Starting up app insight hooks'),
    root("Invoking user's init function"),
    root("Users's init has completed successfully"),
    root("Skipping middleware: dbg_model_info as it's not enabled."),
    root('Scoring timeout is found from os.environ: 60000 ms'),
  ];
}

function inferenceServerLines({ since, insights }: Serving, version: string): readonly string[] {
  const started = new Date(since.getTime() - 17_000);
  const at = (ms: number) => new Date(started.getTime() + ms);
  const banner = (ms: number, nanos: number, text: string) =>
    `${s6Time(at(ms), nanos)} | gunicorn/run | ${text}`;
  const log = (ms: number, pid: number, logger: string, text: string) =>
    `${commaTime(at(ms))} I [${pid}] ${logger} - ${text}`;
  const rule = '###############################################';
  return [
    banner(21, 671_581, rule),
    banner(461, 759_326, 'AzureML Inference Server'),
    banner(463, 340_170, rule),
    banner(464, 911_414, ''),
    banner(466, 197_850, 'Starting AzureML Inference Server HTTP.'),
    log(
      615,
      13,
      'azmlinfsrv',
      'Loaded logging config from /azureml-envs/azureml_inference_server_http/logging.json',
    ),
    log(638, 13, 'gunicorn.error', 'Starting gunicorn 23.0.0'),
    log(638, 13, 'gunicorn.error', 'Listening at: http://0.0.0.0:31311 (13)'),
    log(638, 13, 'gunicorn.error', 'Using worker: sync'),
    log(646, 78, 'gunicorn.error', 'Booting worker with pid: 78'),
    '',
    `Azure ML Inferencing HTTP server v${version}`,
    '',
    '',
    'Server Settings',
    '---------------',
    'Entry Script Name: /var/azureml-app/onlinescoring/score.py',
    'Model Directory: /var/azureml-app/azureml-models/ridge/3',
    'Config File: None',
    'Worker Count: 1',
    'Worker Timeout (seconds): 300',
    'Server Port: 31311',
    'Health Port: 31311',
    `Application Insights Enabled: ${insights}`,
    `Application Insights Key: ${insights ? '******' : 'None'}`,
    `Inferencing HTTP server version: azmlinfsrv/${version}`,
    'CORS for the specified origins: None',
    'Create dedicated endpoint for health: None',
    '',
    '',
    'Server Routes',
    '---------------',
    'Liveness Probe: GET   127.0.0.1:31311/',
    'Score:          POST  127.0.0.1:31311/score',
    '',
    'Initializing logger',
    log(1_030, 78, 'azmlinfsrv', 'Starting up app insights client'),
    log(
      1_193,
      78,
      'azmlinfsrv.user_script',
      'Found user script at /var/azureml-app/onlinescoring/score.py',
    ),
    log(1_193, 78, 'azmlinfsrv.user_script', "Invoking user's init function"),
    log(1_558, 78, 'azmlinfsrv.user_script', "Users's init has completed successfully"),
    log(1_559, 78, 'azmlinfsrv', 'Scoring timeout is set to 60000'),
    log(1_559, 78, 'azmlinfsrv', 'Worker with pid 78 ready for serving traffic'),
  ];
}
