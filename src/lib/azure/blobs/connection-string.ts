import { CliError } from '../../errors.js';
import type { Sourced } from '../../settings/sources.js';

/** What a connection string of a storage account says. */
export interface ConnectionString {
  /** Undefined: it does not say, as with a domain of the user's own. */
  readonly accountName: string | undefined;
  /** Of the blob service, without a slash at its end. */
  readonly endpoint: string;
  readonly accountKey: string | undefined;
  /** Without a question mark. */
  readonly sasToken: string | undefined;
}

/** Documented for everyone: the account of Microsoft's storage emulators, Azurite among them. */
const EMULATOR = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
} as const;

/**
 * Reads a connection string. Plain http is for keys alone, which only sign.
 *
 * Contract: `Name=value` joined by semicolons, names in any case.
 * Known from: documented, "Configure Azure Storage connection strings".
 * @throws {CliError} `usage`; the text itself is in no message
 */
export function parseConnectionString(
  { value, source }: Sourced,
  storageSuffix: string,
): ConnectionString {
  const wrong = (why: string) =>
    new CliError('usage', `The connection string from ${source} ${why}.`, {
      hint: 'Copy it whole from "Access keys" of the storage account, or from az storage account show-connection-string.',
    });
  const parts = new Map(
    value.split(';').flatMap((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [] : [[part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()]];
    }),
  );
  const isEmulator = parts.get('usedevelopmentstorage')?.toLowerCase() === 'true';
  const accountName = isEmulator ? EMULATOR.name : parts.get('accountname');
  const accountKey = isEmulator ? EMULATOR.key : parts.get('accountkey');
  const sasToken = parts.get('sharedaccesssignature')?.replace(/^\?/, '');
  if (!accountKey && !sasToken) throw wrong('has neither AccountKey nor SharedAccessSignature');
  if (accountKey && !accountName) throw wrong('has no AccountName');
  const protocol = parts.get('defaultendpointsprotocol') ?? 'https';
  const suffix = parts.get('endpointsuffix') ?? storageSuffix;
  const endpoint = isEmulator
    ? `http://127.0.0.1:10000/${EMULATOR.name}`
    : (parts.get('blobendpoint') ?? (accountName && `${protocol}://${accountName}.blob.${suffix}`));
  if (!endpoint) throw wrong('has neither BlobEndpoint nor AccountName');
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw wrong('has no URL as endpoint');
  if (url.protocol === 'http:' && !accountKey) throw wrong('would send its SAS over plain http');
  return {
    accountName: accountName ?? accountIn(url),
    endpoint: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    accountKey,
    sasToken: accountKey ? undefined : sasToken,
  };
}

/** The account that an endpoint names: as its host, with or without a zone, or as its path, as emulators do. */
function accountIn({ hostname, pathname }: URL): string | undefined {
  const [, byHost] = /^([a-z0-9]+)(?:-secondary)?\.(?:[^.]+\.)?blob\./i.exec(hostname) ?? [];
  return byHost ?? pathname.split('/').filter(Boolean).at(-1);
}
