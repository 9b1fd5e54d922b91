import { json } from '../answers.js';
import { type Call, type Route, route } from '../router.js';

/**
 * Where a workspace's services are. Asked without a token.
 *
 * Contract: `properties.discoveryUrl` of the ML workspace; a flat object of base URLs.
 * Known from: documented (how-to-manage-rest), SDK source (azureml-core `service_discovery.py`).
 */
export const discoveryRoutes: readonly Route[] = [
  route('GET', '/discovery', bases),
  route('GET', '/discovery/{rest*}', bases),
];

const SERVICES = ['api', 'modelmanagement', 'history', 'experimentation', 'pipelines', 'studio'];

function bases({ origin }: Call): Response {
  return json(Object.fromEntries(SERVICES.map((name) => [name, origin])));
}
