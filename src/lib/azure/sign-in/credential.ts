import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import { CliError } from '../../errors.js';
import type { AuthKind } from '../../settings.js';
import { untilAborted } from '../until-aborted.js';
import { readClaims } from './claims.js';
import {
  type CredentialOptions,
  findSaved,
  isFresh,
  type Source,
  sourceOf,
} from './credential-sources.js';

/** Gives tokens to every client of this process. */
export interface AzureCredential extends TokenCredential {
  /** @throws {CliError} `auth` */
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken>;
  /** How the last token was got: `service-principal`, `device-code`, `az`, … */
  kind(): string;
  /** Forgets the tokens that are known: a service refused one before its time. Nobody is asked to sign in again. */
  forget(): void;
}

interface Chosen {
  readonly kind: string;
  readonly getToken: Source;
}

/**
 * One chain of our own, not `DefaultAzureCredential`: no probing of hosts that are not there, one error.
 * `@azure/identity` is loaded, and anything asked, with the first token.
 */
export function createCredential(options: CredentialOptions): AzureCredential {
  const { settings, clock, signal } = options;
  const tokens = new Map<string, Promise<AccessToken>>();
  let chosen: Promise<Chosen> | undefined;
  let kind: string = settings.auth;
  let ignoreSaved = false;

  async function fetchToken(scopes: string[], tokenOptions: GetTokenOptions): Promise<AccessToken> {
    chosen ??= choose({ ...options, ignoreSaved });
    const source = await chosen;
    const token = await source.getToken(scopes, { ...tokenOptions, enableCae: true });
    kind = source.kind;
    if (token === null) throw new CliError('auth', 'The sign-in gave no token.');
    assertTenant(token, settings, source.kind);
    return token;
  }

  return {
    kind: () => kind,
    forget() {
      tokens.clear();
      ignoreSaved = true;
      // What it gave is remembered below it, too; the sign-in of a person is not begun again.
      if (kind !== 'interactive' && kind !== 'device-code') chosen = undefined;
    },
    async getToken(scopes, tokenOptions = {}) {
      const asked = Array.isArray(scopes) ? scopes : [scopes];
      const key = asked.join(' ');
      // Looked up without a pause, so that two who ask at once share one request.
      const pending = tokenOptions.claims === undefined ? tokens.get(key) : undefined;
      const known = pending && (await untilAborted(pending, signal));
      if (known && isFresh(known, clock.now())) return known;
      const token = fetchToken(asked, tokenOptions);
      tokens.set(key, token);
      token.catch(() => tokens.delete(key));
      return untilAborted(token, signal);
    },
  };
}

/** Of `auto`: what the environment was set up for, then what is remembered, then az, then a question. */
async function choose(options: CredentialOptions): Promise<Chosen> {
  const { env, settings, report } = options;
  const use = async (kind: Exclude<AuthKind, 'auto'>, why: string): Promise<Chosen> => {
    report.verbose(`Signing in by ${kind} (${why}).`);
    return { kind, getToken: await sourceOf(kind, options) };
  };
  if (settings.auth !== 'auto') return use(settings.auth, '--auth');
  if (env.AZURE_CLIENT_ID && (env.AZURE_CLIENT_SECRET || env.AZURE_CLIENT_CERTIFICATE_PATH)) {
    return use('service-principal', 'AZURE_CLIENT_ID');
  }
  if (env.AZURE_FEDERATED_TOKEN_FILE) return use('workload-identity', 'AZURE_FEDERATED_TOKEN_FILE');
  if (env.IDENTITY_ENDPOINT || env.MSI_ENDPOINT) {
    return use('managed-identity', env.IDENTITY_ENDPOINT ? 'IDENTITY_ENDPOINT' : 'MSI_ENDPOINT');
  }
  const saved = await findSaved(options);
  if (saved) return use(saved.method, 'remembered by aml-monitor login');
  return azOrAsk(options);
}

async function azOrAsk(options: CredentialOptions): Promise<Chosen> {
  const az = await sourceOf('az', options);
  let followUp: Source | undefined;
  const chosen = { kind: 'az' };
  const getToken: Source = async (scopes, tokenOptions) => {
    if (followUp) return followUp(scopes, tokenOptions);
    try {
      return await az(scopes, tokenOptions);
    } catch (error) {
      if (!(error instanceof CliError) || error.kind !== 'auth') throw error;
      if (tokenOptions.claims !== undefined) throw error;
      if (!options.settings.mayPrompt) throw noSignIn(error, options.settings.tenantId);
      followUp = await sourceOf('interactive', options);
      chosen.kind = 'interactive';
      return followUp(scopes, tokenOptions);
    }
  };
  return {
    get kind() {
      return chosen.kind;
    },
    getToken,
  };
}

function noSignIn(az: CliError, tenantId: string | undefined): CliError {
  const ways = [
    `aml-monitor login${tenantId === undefined ? '' : ` --tenant ${tenantId}`}`,
    'az login',
    'AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET of a service principal',
    'a managed or workload identity (--auth)',
  ];
  const facts = az.facts.code === undefined ? {} : { code: az.facts.code };
  return new CliError(
    'auth',
    `There is no sign-in to ${tenantId === undefined ? 'Azure' : `tenant ${tenantId}`}.`,
    { ...facts, hint: `Ways to sign in: ${ways.join('; ')}.` },
    az,
  );
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A tenant that was asked for by id has to be the token's. */
function assertTenant(
  { token }: AccessToken,
  { tenantId }: CredentialOptions['settings'],
  kind: string,
): void {
  const actual = readClaims(token).tenantId;
  if (!tenantId || !actual || !GUID.test(tenantId)) return;
  if (actual.toLowerCase() === tenantId.toLowerCase()) return;
  throw new CliError('auth', `The sign-in by ${kind} is for tenant ${actual}, not ${tenantId}.`, {
    hint: `Sign in to that tenant, aml-monitor login --tenant ${tenantId}, or leave --tenant out.`,
  });
}
