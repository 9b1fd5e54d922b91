import { CliError } from '../errors.js';
import type { ArmGateway } from './gateways.js';
import { readString } from './payload.js';
import type { AzureHttp } from './wire/http.js';
import { assertAccepted } from './wire/transport.js';
import { type WorkspaceName, workspaceId } from './workspace-path.js';

export interface DiscoveryOptions {
  readonly arm: Pick<ArmGateway, 'getWorkspace'>;
  /** Without a token: whoever answers is not known yet. */
  readonly http: AzureHttp;
  /** The hosts that may see a token for model management. */
  readonly accepts: (url: URL) => boolean;
  readonly workspace: () => WorkspaceName;
}

/**
 * Where the model management service has the workspace, asked for once. A discovery that does not name the service
 * is on the host that serves all of them, so that host is taken.
 *
 * Contract: AML service discovery, GET `{discoveryUrl}`: a flat object of base URLs.
 * Known from: SDK source, azureml-core 1.51, `service_discovery.py`; documented, "Manage resources with REST".
 */
export function createDiscovery(options: DiscoveryOptions): () => Promise<string> {
  const { arm, http, accepts, workspace } = options;
  let found: Promise<string> | undefined;

  async function discover(): Promise<string> {
    const { discoveryUrl } = await arm.getWorkspace();
    if (discoveryUrl === null || !URL.canParse(discoveryUrl)) {
      throw new CliError('service', 'The workspace does not say where its v1 services are.');
    }
    const { status, body } = await http.send('GET', discoveryUrl, { allow: [400, 401, 403, 404] });
    const named = status >= 400 ? {} : body;
    const base =
      readString(named, 'modelmanagement', { ifAbsent: '' }) ||
      readString(named, 'api', { ifAbsent: '' }) ||
      new URL(discoveryUrl).origin;
    assertAccepted(base, discoveryUrl, accepts);
    return `${base.replace(/\/+$/, '')}/modelmanagement/v1.0${workspaceId(workspace())}`;
  }

  return () => {
    found ??= discover().catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}
