import type { AzureMachineLearningWorkspaces } from '@azure/arm-machinelearning';
import type { HttpClient, PipelineRequest } from '@azure/core-rest-pipeline';
import type { Cloud } from './cloud.js';
import type { AzureCredential } from './sign-in/credential.js';
import type { RequestKind } from './wire/retry.js';
import { fromSdk } from './wire/sdk-error.js';
import type { WorkspaceName } from './workspace-path.js';

/** The SDK's typed client, for reads alone: what it writes lacks what it does not know. */
export interface MlClient {
  /** Runs a call of the SDK; its errors become `CliError`. */
  readonly call: <T>(
    run: (client: AzureMachineLearningWorkspaces, workspace: WorkspaceName) => Promise<T>,
  ) => Promise<T>;
  /** Items of a list, over all pages. */
  readonly list: <T>(
    run: (client: AzureMachineLearningWorkspaces, workspace: WorkspaceName) => AsyncIterable<T>,
  ) => AsyncGenerator<T>;
}

export interface MlClientOptions {
  readonly cloud: Cloud;
  readonly workspace: WorkspaceName;
  readonly apiVersion: string;
  readonly credential: AzureCredential;
  readonly client: HttpClient;
}

/** Loads the SDK with its first call. */
export function createMlClient(options: MlClientOptions): MlClient {
  const { cloud, workspace, apiVersion, credential, client: httpClient } = options;
  let loaded: Promise<AzureMachineLearningWorkspaces> | undefined;

  function load(): Promise<AzureMachineLearningWorkspaces> {
    loaded ??= create().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  }

  async function create(): Promise<AzureMachineLearningWorkspaces> {
    // The sign-in goes first: its request does not wait for a third of a megabyte of SDK.
    await credential.getToken(cloud.armScope);
    const sdk = await import('@azure/arm-machinelearning');
    return new sdk.AzureMachineLearningWorkspaces(credential, workspace.subscriptionId, {
      endpoint: cloud.armEndpoint,
      credentialScopes: [cloud.armScope],
      apiVersion,
      httpClient,
      retryOptions: { maxRetries: 0 },
    });
  }

  return {
    async call(run) {
      try {
        return await run(await load(), workspace);
      } catch (error) {
        throw fromSdk(error);
      }
    },
    async *list(run) {
      try {
        yield* run(await load(), workspace);
      } catch (error) {
        throw fromSdk(error);
      }
    },
  };
}

/** Some POST, but change nothing. */
export function armRequestKind({ method, url }: PipelineRequest): RequestKind {
  if (method === 'GET' || method === 'HEAD') return 'read';
  const isRead =
    method === 'POST' && /\/(getLogs|listKeys|listSecrets)$/.test(new URL(url).pathname);
  return isRead ? 'read' : 'write';
}
