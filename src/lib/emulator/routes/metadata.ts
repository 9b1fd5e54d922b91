import { json } from '../answers.js';
import { LOCAL_CONNECTION } from '../connection.js';
import { type Call, type Route, route } from '../router.js';

/**
 * The cloud's own description, without a token.
 *
 * Contract: ARM, `/metadata/endpoints`; 2022-09-01 answers one cloud, 2019-05-01 a list of them, 2015-01-01
 * the few members that the Azure CLI reads when a cloud is registered.
 * Known from: documented (ARM cloud metadata), SDK source (azure-cli `cloud.py`).
 */
export const metadataRoutes: readonly Route[] = [
  route('GET', '/metadata/endpoints', (call) => {
    const version = call.url.searchParams.get('api-version') ?? '2015-01-01';
    if (version < '2018') return json(oldShape(call));
    return json(version < '2022' ? [cloudOf(call)] : cloudOf(call));
  }),
];

function oldShape({ origin }: Call) {
  return {
    galleryEndpoint: `${origin}/gallery`,
    graphEndpoint: `${origin}/graph`,
    portalEndpoint: `${origin}/portal`,
    // The Azure CLI asks the public cloud about any authority that does not end like this.
    authentication: { loginEndpoint: `${origin}/adfs`, audiences: [`${origin}/`] },
  };
}

function cloudOf({ origin }: Call) {
  return {
    name: 'LocalCloud',
    portal: `${origin}/portal`,
    authentication: {
      loginEndpoint: `${origin}/`,
      audiences: [`${origin}/`, origin],
      tenant: LOCAL_CONNECTION.tenantId,
      identityProvider: 'AAD',
    },
    resourceManager: `${origin}/`,
    logAnalyticsResourceId: origin,
    microsoftGraphResourceId: `${origin}/graph`,
    activeDirectoryDataLake: `${origin}/`,
    graph: `${origin}/graph`,
    graphAudience: `${origin}/graph`,
    gallery: `${origin}/gallery`,
    batch: `${origin}/`,
    media: `${origin}/`,
    sqlManagement: `${origin}/`,
    vmImageAliasDoc: `${origin}/`,
    suffixes: {
      storage: new URL(origin).host,
      keyVaultDns: `vault.${new URL(origin).host}`,
      acrLoginServer: `azurecr.${new URL(origin).host}`,
    },
  };
}
