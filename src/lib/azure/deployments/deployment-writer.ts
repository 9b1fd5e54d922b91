import { CliError } from '../../errors.js';
import type { Clock } from '../../host.js';
import { type Target, targetName } from '../../model/target.js';
import { BUSY_TIMEOUT_MS, busyForTooLong, isLastingConflict, POLL_MS } from '../busy.js';
import type { Change, ChangeOptions, CollectionChange, WriteRequest } from '../gateways.js';
import { type JsonText, lexemeAt, withValue } from '../json-text.js';
import { followChange } from '../long-running.js';
import { readNumber, readString } from '../payload.js';
import type { Answer, AzureHttp } from '../wire/http.js';
import { toCliError } from '../wire/service-error.js';
import { type AddressOptions, createAddresses } from './addresses.js';
import { changeCollection, newCollections } from './data-collector.js';
import { putBody, readDeploymentText } from './deployment-text.js';

export interface DeploymentWriterOptions extends AddressOptions {
  readonly http: AzureHttp;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface DeploymentWriter {
  setInsights(target: Target, insights: boolean, options: ChangeOptions): Promise<Change>;
  setCollection(target: Target, change: CollectionChange, options: ChangeOptions): Promise<Change>;
}

interface Edit {
  readonly apply: (deployment: JsonText) => JsonText;
  /** Writes that have to come first, for the deployment as it is. */
  readonly before: (deployment: JsonText) => readonly WriteRequest[];
}

const UPDATE_TIMEOUT_MS = 30 * 60_000;
const INSIGHTS = ['properties', 'appInsightsEnabled'];
const IDLE = new Set(['succeeded', 'failed', 'canceled']);
const JSON_TYPE = 'application/json';

/**
 * Changes one setting of a deployment. PATCH refuses settings, so it is a read and a PUT of the whole:
 * the text of the read, edited.
 *
 * Contract: onlineEndpoints/deployments, PUT: 200 or 201 with `Azure-AsyncOperation`; 409 while the endpoint
 * or the deployment is changing. There is no ETag: the read comes right before the PUT.
 * Known from: recorded update of azure-ai-ml 1.26.0; documented, "Troubleshoot online endpoints".
 */
export function createDeploymentWriter(options: DeploymentWriterOptions): DeploymentWriter {
  const { http, cloud, workspace, apiVersion, clock, signal } = options;
  const addresses = createAddresses({ cloud, workspace, apiVersion });

  async function read(target: Target): Promise<{ deployment: JsonText; answer: Answer }> {
    const answer = await http.send('GET', addresses.deployment(target), { allow: [404] });
    if (answer.status === 404) {
      throw new CliError('not-found', `There is no deployment "${targetName(target)}" any more.`);
    }
    return { deployment: readDeploymentText(answer.text), answer };
  }

  /** What keeps the target from being changed now, as a sentence's end; undefined if nothing. */
  async function busyWith(target: Target, deployment: unknown): Promise<string | undefined> {
    const own = stateOf(deployment);
    if (!IDLE.has(own.toLowerCase())) return `the deployment is ${own}`;
    const { body } = await http.send('GET', addresses.endpoint(target.service));
    const endpoint = stateOf(body);
    return IDLE.has(endpoint.toLowerCase()) ? undefined : `the endpoint is ${endpoint}`;
  }

  async function change(target: Target, edit: Edit, choice: ChangeOptions): Promise<Change> {
    const deadline = clock.now().getTime() + BUSY_TIMEOUT_MS;
    const sent: WriteRequest[] = [];
    for (let waited = false; ; waited = true) {
      const { deployment, answer } = await read(target);
      if (edit.apply(deployment).text === deployment.text) {
        return { changed: false, applied: true, requests: [], before: null };
      }
      if (choice.dryRun) {
        const requests = [...edit.before(deployment), putOf(target, edit, deployment)];
        return { changed: true, applied: false, requests, before: putBody(deployment) };
      }
      let refusal: Answer | undefined;
      let busy = await busyWith(target, answer.body);
      if (busy === undefined) {
        for (const request of edit.before(deployment)) {
          if (!sent.some(({ url }) => url === request.url)) sent.push(await register(request));
        }
        const latest = await read(target);
        if (edit.apply(latest.deployment).text === latest.deployment.text) {
          return { changed: false, applied: true, requests: sent, before: null };
        }
        sayCapacity(target, latest.answer.body, choice);
        const put = putOf(target, edit, latest.deployment);
        const { contentType, body } = put;
        const accepted = await http.send('PUT', put.url, { contentType, body, allow: [400, 409] });
        if (accepted.status < 400) {
          if (choice.wait) await follow(target, put.url, accepted);
          const before = putBody(latest.deployment);
          return { changed: true, applied: choice.wait, requests: [...sent, put], before };
        }
        if (isLastingConflict(accepted)) throw toCliError(accepted);
        refusal = accepted;
        // Only the Kubernetes documentation promises 409 for a busy endpoint: ask what it is doing.
        busy = await busyWith(target, (await read(target)).answer.body);
        if (accepted.status !== 409 && busy === undefined) throw toCliError(accepted);
      }
      const reason = busy ?? 'another change is under way';
      if (!choice.wait) throw refusal ? toCliError(refusal) : busyNow(target, reason);
      if (clock.now().getTime() >= deadline) {
        throw busyForTooLong(targetName(target), refusal && toCliError(refusal));
      }
      if (!waited) choice.onNote(`"${targetName(target)}" is busy, ${reason}; waiting for it.`);
      await clock.sleep(POLL_MS, signal);
    }
  }

  function putOf(target: Target, edit: Edit, deployment: JsonText): WriteRequest {
    const body = putBody(edit.apply(deployment));
    return { method: 'PUT', url: addresses.deployment(target), contentType: JSON_TYPE, body };
  }

  /** Makes a data asset; one that exists already is as good. */
  async function register(request: WriteRequest): Promise<WriteRequest> {
    const { url, contentType, body } = request;
    const answer = await http.send('PUT', url, { contentType, body, allow: [400, 409] });
    if (answer.status >= 400) {
      const existing = await http.send('GET', url, { allow: [404] });
      if (existing.status === 404) throw toCliError(answer);
    }
    return request;
  }

  function follow(target: Target, url: string, accepted: Answer): Promise<void> {
    const what = `The update of "${targetName(target)}"`;
    const choice = { http, clock, signal, timeoutMs: UPDATE_TIMEOUT_MS, what };
    return followChange(url, accepted, choice);
  }

  function registrationOf(target: Target, collection: string): WriteRequest {
    const dataUri = addresses.dataUri(target, collection);
    const body = JSON.stringify({ properties: { dataType: 'uri_folder', dataUri } });
    const url = addresses.resource(addresses.dataAssetId(target, collection));
    return { method: 'PUT', url, contentType: JSON_TYPE, body };
  }

  return {
    setInsights: (target, insights, choice) =>
      change(
        target,
        { apply: (deployment) => withInsights(deployment, insights), before: () => [] },
        choice,
      ),
    setCollection: (target, collection, choice) =>
      change(
        target,
        {
          apply: (deployment) =>
            changeCollection(deployment, collection, (name) => addresses.dataAssetId(target, name)),
          before: (deployment) =>
            newCollections(deployment, collection).map((name) => registrationOf(target, name)),
        },
        choice,
      ),
  };
}

function withInsights(deployment: JsonText, insights: boolean): JsonText {
  const lexeme = lexemeAt(deployment, INSIGHTS) ?? 'null';
  // Absent and null mean off.
  const isOn = lexeme === 'true';
  return isOn === insights ? deployment : withValue(deployment, INSIGHTS, insights);
}

function stateOf(resource: unknown): string {
  return readString(resource, 'properties.provisioningState', { ifAbsent: 'Succeeded' });
}

/** The PUT states a capacity. If it is not the one that was seen before, somebody is scaling. */
function sayCapacity(target: Target, deployment: unknown, { onNote }: ChangeOptions): void {
  const capacity = readNumber(deployment, 'sku.capacity', { ifAbsent: null });
  if (target.replicas === null || capacity === null || capacity === target.replicas) return;
  const was = `from ${target.replicas} to ${capacity}`;
  onNote(`"${targetName(target)}" was scaled ${was} meanwhile; it stays at ${capacity}.`);
}

function busyNow(target: Target, reason: string): CliError {
  return new CliError('service', `"${targetName(target)}" is busy: ${reason}.`, {
    code: 'Conflict',
    hint: 'Leave out --no-wait to wait for it.',
  });
}
