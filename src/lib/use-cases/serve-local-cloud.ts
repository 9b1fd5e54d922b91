import type { Host } from '../host.js';

type LocalCloud = Awaited<ReturnType<Host['openLocalCloud']>>;
type LocalServer = Awaited<ReturnType<LocalCloud['listen']>>;

/** What a client needs in its environment to use the served cloud. */
export type LocalVariables = Readonly<Record<(typeof VARIABLES)[number], string>>;

const VARIABLES = [
  'ARM_CLOUD_METADATA_URL',
  'NODE_EXTRA_CA_CERTS',
  'AZURE_TENANT_ID',
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
  'AZUREML_ARM_SUBSCRIPTION',
  'AZUREML_ARM_RESOURCEGROUP',
  'AZUREML_ARM_WORKSPACE_NAME',
  'AML_MONITOR_SERVICE',
] as const;

export function localVariables({ connection }: LocalCloud, server: LocalServer): LocalVariables {
  return {
    ARM_CLOUD_METADATA_URL: `${server.origin}/metadata/endpoints?api-version=2022-09-01`,
    NODE_EXTRA_CA_CERTS: server.caFile,
    AZURE_TENANT_ID: connection.tenantId,
    AZURE_CLIENT_ID: connection.clientId,
    AZURE_CLIENT_SECRET: connection.clientSecret,
    AZUREML_ARM_SUBSCRIPTION: connection.subscriptionId,
    AZUREML_ARM_RESOURCEGROUP: connection.resourceGroup,
    AZUREML_ARM_WORKSPACE_NAME: connection.workspaceName,
    AML_MONITOR_SERVICE: connection.service,
  };
}

/** As lines for a shell, `docker --env-file` and their like. */
export function variableLines(variables: LocalVariables): string {
  return VARIABLES.map((name) => `${name}=${variables[name]}\n`).join('');
}

/** Resolves once the signal is aborted. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
