import { connectGateways, type Surroundings } from '../../src/lib/azure/connect.js';
import type { Gateways } from '../../src/lib/azure/gateways.js';
import { storageSettings } from '../../src/lib/settings/storage-settings.js';
import type { Settings } from '../../src/lib/settings.js';
import { fakeClock, realFiles, temporaryFolder } from '../support/host.js';

export const TENANT = '00000000-0000-0000-0000-0000000000b1';
export const OTHER_TENANT = '00000000-0000-0000-0000-0000000000b9';
export const PRINCIPAL = {
  AZURE_CLIENT_ID: '00000000-0000-0000-0000-0000000000e1',
  AZURE_CLIENT_SECRET: 'canary-client-secret',
};

/** A token that says whose it is; nobody here checks its signature. */
export function tokenFor(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.canary-signature`;
}

/** Answers as Microsoft Entra does, for one tenant: its OpenID configuration, and what `onToken` says. */
export function entra(onToken: (form: URLSearchParams, url: URL) => Response) {
  const requests: string[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    requests.push(`${request.method} ${url.host}${url.pathname}`);
    const tenant = url.pathname.split('/')[1];
    if (url.pathname.endsWith('/.well-known/openid-configuration')) {
      const base = `${url.origin}/${tenant}`;
      return Response.json({
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
        issuer: `${base}/v2.0`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
      });
    }
    return onToken(new URLSearchParams(await request.text()), url);
  };
  return { fetch, requests };
}

export function granted(claims: Readonly<Record<string, unknown>> = {}): Response {
  return Response.json({
    token_type: 'Bearer',
    expires_in: 3599,
    ext_expires_in: 3599,
    access_token: tokenFor({
      tid: TENANT,
      appid: PRINCIPAL.AZURE_CLIENT_ID,
      oid: 'oid-1',
      ...claims,
    }),
  });
}

export function refused(code: number, description: string): Response {
  const body = {
    error: 'invalid_client',
    error_description: `AADSTS${code}: ${description} Trace ID: 0000 Correlation ID: 1111`,
    error_codes: [code],
    correlation_id: '00000000-0000-0000-0000-0000000000f9',
  };
  return Response.json(body, { status: 401 });
}

export interface ConnectOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: Partial<Settings>;
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** The gateways in a home of their own, and what was said beside the result. */
export async function connect({
  env = {},
  settings = {},
  fetch,
}: ConnectOptions): Promise<{ readonly gateways: Gateways; readonly said: readonly string[] }> {
  const said: string[] = [];
  const gateways = await connectGateways(
    settingsFor({ configDir: await temporaryFolder(), ...settings }),
    surroundingsFor({ env, say: (line) => void said.push(line), ...(fetch ? { fetch } : {}) }),
  );
  return { gateways, said };
}

export function settingsFor(settings: Partial<Settings>): Settings {
  return {
    subscriptionId: undefined,
    resourceGroup: undefined,
    workspaceName: undefined,
    tenantId: TENANT,
    service: undefined,
    sources: {},
    cloud: 'AzureCloud',
    auth: 'auto',
    caFile: undefined,
    apiVersion: '2024-10-01',
    storage: storageSettings({}, {}, false),
    local: false,
    localDir: '',
    configDir: '',
    format: 'text',
    jmesPath: undefined,
    color: { stdout: 0, stderr: 0 },
    unicode: true,
    mayPrompt: false,
    verbosity: 'debug',
    ...settings,
  };
}

export function surroundingsFor({
  say = () => {},
  ...parts
}: Partial<Surroundings> & { readonly say?: (line: string) => void }): Surroundings {
  return {
    clock: fakeClock(new Date().toISOString()),
    signal: new AbortController().signal,
    files: realFiles,
    env: {},
    report: {
      note: say,
      warn: say,
      instruct: say,
      verbose: say,
      debug: say,
      progress: () => ({ update: () => {}, done: () => {} }),
    },
    ...parts,
  };
}
