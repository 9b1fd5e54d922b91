import { CliError, type ErrorKind } from '../../errors.js';

/** The code of a failed connection: Node's, or one of the transport's own. Undefined for any other error. */
export function faultCode(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return undefined;
}

/** Whether nothing of the request can have reached the service. */
export function wasRefused(code: string | undefined): boolean {
  return code === 'ECONNREFUSED';
}

/** Whether the connection broke in a way that another try may not. */
export function mayPass(code: string | undefined): boolean {
  return code !== undefined && (wasRefused(code) || PASSING.has(code));
}

const PASSING = new Set([
  'CONNECT_TIMEOUT',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
  'Z_BUF_ERROR',
]);

const CERTIFICATE = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);

/** Says what went wrong with a connection, as far as the user can do something about it. */
export function connectionError(
  error: unknown,
  {
    url,
    proxy,
    write,
  }: { readonly url: URL; readonly proxy: string | undefined; readonly write: boolean },
): CliError {
  const code = faultCode(error) ?? 'UNKNOWN';
  const through = proxy === undefined ? '' : ` through the proxy ${new URL(proxy).host}`;
  const fail = (kind: ErrorKind, message: string, hint?: string) =>
    new CliError(kind, message, { code, ...(hint === undefined ? {} : { hint }) }, error);

  if (code.startsWith('PROXY_')) {
    const status = code.slice('PROXY_'.length);
    const hint =
      status === '407'
        ? 'It asks for a user and password: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT.'
        : 'Exempt the host with NO_PROXY, or ask whoever runs the proxy.';
    return fail(
      'service',
      `The connection to ${url.host}${through} was refused (${status}).`,
      hint,
    );
  }
  if (CERTIFICATE.has(code)) {
    const hint =
      'If your network or cloud has its own root certificate, name it with --ca-file PEM.';
    return fail('service', `The certificate of ${url.host} is not trusted${through}.`, hint);
  }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return fail('service', `The certificate of ${url.host} has expired.`);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return fail('service', `The certificate of ${url.host} is for another host.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return fail('service', `The host ${url.hostname} cannot be found${through}.`, REACH);
    case 'ECONNREFUSED':
      return fail('service', `The host ${url.host} refuses connections${through}.`, REACH);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return fail('service', `The host ${url.hostname} cannot be reached${through}.`, REACH);
    case 'CONNECT_TIMEOUT':
      return fail('timeout', `The host ${url.hostname} does not answer${through}.`, REACH);
    case 'ANSWER_TIMEOUT':
    case 'ETIMEDOUT': {
      const message = `The host ${url.hostname} does not answer${through}.`;
      return fail('timeout', message, write ? MAYBE_DONE : REACH);
    }
  }
  const message = `The connection to ${url.host} broke${through} before the answer was complete.`;
  return fail('service', message, write ? MAYBE_DONE : undefined);
}

const MAYBE_DONE = 'The change may have been made: run this again, which sends what is missing.';

const REACH =
  'Check the network; behind a proxy set HTTPS_PROXY, and NO_PROXY for what it cannot reach.';
