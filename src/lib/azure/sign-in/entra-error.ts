import { CliError } from '../../errors.js';
import { readAny, readArray } from '../payload.js';
import { originalOf, sentence } from '../wire/service-error.js';

interface Advice {
  readonly message: string;
  readonly hint: string;
}

const OTHER_TENANT: Advice = {
  message: 'This account does not exist in the tenant that was asked.',
  hint: 'Name the tenant of the workspace with --tenant, or sign in with an account of it.',
};
const SECOND_FACTOR: Advice = {
  message: 'The tenant asks for a second factor.',
  hint: 'Sign in again and confirm it: aml-monitor login.',
};
const DEVICE_POLICY: Advice = {
  message: "The tenant's conditional access policy does not allow this device.",
  hint: 'Use a managed device, or a service principal: --auth service-principal.',
};
const EXPIRED: Advice = {
  message: 'The saved sign-in has expired or was revoked.',
  hint: 'Sign in again: aml-monitor login.',
};
const DEVICE_CODE_EXPIRED: Advice = {
  message: 'The device code has expired.',
  hint: 'Try again: aml-monitor login.',
};
const WRONG_SECRET: Advice = {
  message: 'The client secret of the service principal is wrong.',
  hint: "Set AZURE_CLIENT_SECRET to the secret's value, not its id.",
};

/** Contract: Microsoft Entra, AADSTS error codes. Known from: documented, "Microsoft Entra authentication error codes". */
const ADVICE: Readonly<Record<string, Advice>> = {
  50020: OTHER_TENANT,
  50034: OTHER_TENANT,
  90072: OTHER_TENANT,
  90002: {
    message: 'There is no such tenant in this cloud.',
    hint: 'Check --tenant (or AZURE_TENANT_ID) and --cloud.',
  },
  90013: {
    message: 'The tenant is not a valid one.',
    hint: 'Check --tenant (or AZURE_TENANT_ID).',
  },
  900023: {
    message: 'The tenant is not a valid one.',
    hint: 'Check --tenant (or AZURE_TENANT_ID).',
  },
  65001: {
    message: 'Nobody has consented to this application in the tenant.',
    hint: 'Ask an administrator of the tenant for consent, or use az: --auth az.',
  },
  700016: {
    message: 'The tenant has no application with this client id.',
    hint: 'Check AZURE_CLIENT_ID, and that --tenant is the tenant of the service principal.',
  },
  7000215: WRONG_SECRET,
  7000222: {
    message: 'The client secret of the service principal has expired.',
    hint: 'Make a new one, and set AZURE_CLIENT_SECRET to it.',
  },
  700027: {
    message: 'The certificate of the service principal is not the registered one.',
    hint: 'Check AZURE_CLIENT_CERTIFICATE_PATH.',
  },
  700082: EXPIRED,
  70008: EXPIRED,
  70043: EXPIRED,
  50173: EXPIRED,
  50078: SECOND_FACTOR,
  50076: SECOND_FACTOR,
  50079: SECOND_FACTOR,
  50072: SECOND_FACTOR,
  50074: SECOND_FACTOR,
  53000: DEVICE_POLICY,
  53001: DEVICE_POLICY,
  53002: DEVICE_POLICY,
  53003: {
    message: "The tenant's conditional access policy blocks this sign-in.",
    hint: 'Sign in from an allowed network or device, or ask an administrator of the tenant.',
  },
  530003: DEVICE_POLICY,
  50105: {
    message: 'The account has no role in this application.',
    hint: 'Ask an administrator of the tenant to assign it.',
  },
  500011: {
    message: 'The tenant does not know the service that a token was asked for.',
    hint: 'Check --cloud, and that --tenant is the tenant of the workspace.',
  },
  70018: {
    message: 'The device code was not the right one.',
    hint: 'Try again: aml-monitor login.',
  },
  70019: DEVICE_CODE_EXPIRED,
  70020: DEVICE_CODE_EXPIRED,
  7000218: {
    message: 'The service principal has no secret in this request.',
    hint: 'Set AZURE_CLIENT_SECRET.',
  },
};

/** The error for an answer of the sign-in service, undefined if it is not a failure of the user's. */
export function entraAnswerError(body: unknown): CliError | undefined {
  const description = readAny(body, 'error_description');
  const error = readAny(body, 'error');
  if (typeof description !== 'string' || error === 'authorization_pending') return undefined;
  const [number] = readArray(body, 'error_codes', { ifAbsent: [] });
  const correlationId = readAny(body, 'correlation_id');
  return entraError(
    typeof number === 'number' ? String(number) : codeIn(description),
    description,
    typeof correlationId === 'string' ? correlationId : undefined,
  );
}

/** The error for a text that names an AADSTS code, as az prints them; undefined if it names none. */
export function entraTextError(text: string): CliError | undefined {
  const code = codeIn(text);
  return code === undefined ? undefined : entraError(code, text, undefined);
}

function entraError(
  code: string | undefined,
  description: string,
  correlationId: string | undefined,
): CliError {
  const advice = code === undefined ? undefined : ADVICE[code];
  const said = sentence(description.replace(/^AADSTS\d+:\s*/, ''));
  const message = advice?.message ?? `The sign-in was refused: ${said}`;
  return new CliError('auth', message, {
    ...originalOf(description, message),
    ...(advice ? { hint: advice.hint } : {}),
    ...(code === undefined ? {} : { code: `AADSTS${code}` }),
    ...(correlationId === undefined ? {} : { correlationId }),
  });
}

function codeIn(text: string): string | undefined {
  return /\bAADSTS(\d+)\b/.exec(text)?.[1];
}
