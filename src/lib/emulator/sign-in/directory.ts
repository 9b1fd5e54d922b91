import { createHash, randomUUID } from 'node:crypto';
import { json, Refusal } from '../answers.js';
import { LOCAL_CONNECTION } from '../connection.js';
import type { Call } from '../router.js';
import type { Application, Facts } from '../state/state.js';

/** An OAuth error as Microsoft Entra ID answers it. */
export function entraFault(
  call: Call,
  fault: {
    readonly status: number;
    readonly error: string;
    readonly number: number;
    readonly message: string;
  },
): Refusal {
  const { status, error, number, message } = fault;
  const trace = randomUUID();
  const correlation = call.request.headers.get('client-request-id') ?? randomUUID();
  const timestamp = `${call.now.toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const ids = `Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`;
  return new Refusal(
    json(
      {
        error,
        error_description: `AADSTS${number}: ${message} ${ids}`,
        error_codes: [number],
        timestamp,
        trace_id: trace,
        correlation_id: correlation,
        error_uri: `${call.origin}/error?code=${number}`,
      },
      { status, headers: { 'cache-control': 'no-store' } },
    ),
  );
}

/** The directory that a path means: by id or domain; `common`, `organizations` and `adfs` mean the subscription's. */
export function findTenant(call: Call, facts: Facts, name: string): string {
  const wanted = name.toLowerCase();
  if (['common', 'organizations', 'adfs'].includes(wanted)) return LOCAL_CONNECTION.tenantId;
  const tenant = facts.directory.tenants.find(
    ({ id, domains }) => id.toLowerCase() === wanted || domains.includes(wanted),
  );
  if (tenant) return tenant.id;
  throw entraFault(call, {
    status: 400,
    error: 'invalid_request',
    number: 90002,
    message: `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  });
}

export function findApplication(facts: Facts, appId: string): Application | undefined {
  return facts.directory.applications.find((one) => one.appId === appId.toLowerCase());
}

/** Refuses an application id that the directory does not know. */
export function assertClient(call: Call, facts: Facts, clientId: string, tenantId: string): void {
  if (findApplication(facts, clientId) || facts.directory.publicClients.includes(clientId)) return;
  throw entraFault(call, {
    status: 400,
    error: 'unauthorized_client',
    number: 700016,
    message: `Application with identifier '${clientId}' was not found in the directory '${tenantId}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  });
}

const OPEN_ID = new Set(['openid', 'profile', 'offline_access', 'email']);
const GRAPH = 'https://graph.microsoft.com';

/** The audience that `scope` (v2) or `resource` (v1) asks for; Microsoft Graph if neither names one. */
export function audienceOf(call: Call, scope: string, resource: string): string {
  const name = scope.split(' ').find((one) => one !== '' && !OPEN_ID.has(one));
  const audience = resource || name?.replace(/\/[^/]*$/, '') || GRAPH;
  if (isKnownAudience(audience)) return audience;
  throw entraFault(call, {
    status: 400,
    error: 'invalid_resource',
    number: 500011,
    message: `The resource principal named ${audience} was not found in the tenant. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
  });
}

function isKnownAudience(audience: string): boolean {
  if (!URL.canParse(audience)) return false;
  const { protocol, hostname } = new URL(audience);
  const names =
    /(^|\.)(localhost|azure\.com|windows\.net|microsoft\.com|loganalytics\.io|azure\.net)$/;
  return protocol === 'https:' && (hostname === '127.0.0.1' || names.test(hostname));
}

export function sameSecret(a: string, b: string): boolean {
  return sha256(a).equals(sha256(b));
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
