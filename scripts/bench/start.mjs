import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { compareProcesses, launch, untilExit } from './processes.mjs';

/** Start-up: until the process is gone, or until its first connection arrives at a listener here. */
export async function start({ bin, folder, rounds = 31 }) {
  const empty = join(folder, 'empty.cjs');
  writeFileSync(empty, '');
  const listener = await listen();
  const url = `127.0.0.1:${listener.port}`;
  const principal = {
    AZURE_TENANT_ID: '00000000-0000-4000-8000-000000000001',
    AZURE_CLIENT_ID: '00000000-0000-4000-8000-000000000002',
    AZURE_CLIENT_SECRET: 'not-a-secret',
    AZUREML_ARM_SUBSCRIPTION: '00000000-0000-4000-8000-000000000003',
    AZUREML_ARM_RESOURCEGROUP: 'group',
    AZUREML_ARM_WORKSPACE_NAME: 'workspace',
  };
  const azure = { ...principal, HTTPS_PROXY: `http://${url}` };
  const custom = { ...principal, ARM_CLOUD_METADATA_URL: `https://${url}/metadata/endpoints` };
  const requests = [
    ['list', azure, 'list, Azure behind a proxy'],
    ['list', custom, 'list, a cloud of its own'],
    ['whoami', azure, 'whoami'],
    ['logs my-service', azure, 'logs'],
    ['query --contains input', azure, 'query'],
  ];
  const untilRequest = (line, env) =>
    new Promise((resolve, reject) => {
      const started = performance.now();
      let elapsed;
      const child = launch(folder, [bin, ...line.split(' ')], env);
      listener.onConnection = () => {
        elapsed ??= performance.now() - started;
        child.kill('SIGKILL');
      };
      child.once('exit', (status) => {
        if (elapsed !== undefined) resolve(elapsed);
        else reject(new Error(`${line} sent nothing, status ${status}.`));
      });
    });
  const cases = [
    { name: 'an empty script', run: () => untilExit(folder, [empty]), budget: 1 },
    { name: '--version', run: () => untilExit(folder, [bin, '--version']), budget: 1.25 },
    { name: '--help', run: () => untilExit(folder, [bin, '--help']), budget: 1.5 },
    ...requests.map(([line, env, label]) => ({
      name: `first request of ${label}`,
      run: () => untilRequest(line, env),
      budget: 4,
    })),
  ];
  await compareProcesses(cases, rounds);
  listener.close();
}

function listen() {
  return new Promise((resolve) => {
    const listener = { onConnection: () => {} };
    const server = createServer((socket) => {
      listener.onConnection();
      socket.on('error', () => {}).destroy();
    });
    server.listen(0, '127.0.0.1', () => {
      listener.port = server.address().port;
      listener.close = () => server.close();
      resolve(listener);
    });
  });
}
