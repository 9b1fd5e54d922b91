import { appendFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '../errors.js';
import {
  armFault,
  type Fault,
  flatFault,
  logsFault,
  type Refusal,
  storageFault,
} from './answers.js';
import type { Call } from './router.js';
import { asStateError } from './state-error.js';

const LOG = 'errors.log';
/** Beyond that the log becomes `errors.old.log`, in place of an older one. */
const LOG_BYTES = 1_000_000;

/**
 * The answer to a request that the local cloud itself cannot serve: 500 in the shape of the API that was asked, which
 * says whose fault it is. All that is known goes to a file of the cloud's folder.
 */
export async function failureAnswer(call: Call, cause: unknown): Promise<Response> {
  const { request, url, cloud } = call;
  const error = asStateError(cause, cloud.folder);
  const asked = `${request.method} ${url.pathname}`;
  const path = join(cloud.folder, LOG);
  const text = `${call.now.toISOString()} ${asked}\n${textOf(error)}\n\n`;
  const isLogged = await log(path, cloud.folder, text).then(
    () => true,
    () => false,
  );
  const where = isLogged
    ? `What happened is at the end of ${path}.`
    : `${path} could not be written either.`;
  // What a user can mend is said here; anything else is a mistake of the program.
  const reason = error instanceof CliError || !isLogged ? ` ${messageOf(error)}` : '';
  const message = `The local cloud failed, not Azure, to answer ${asked}.${reason} ${where}`;
  return shapeOf(url)({ status: 500, code: 'InternalServerError', message }).response;
}

async function log(path: string, folder: string, text: string): Promise<void> {
  const size = await stat(path).then(
    (file) => file.size,
    () => 0,
  );
  if (size > LOG_BYTES) await rename(path, join(folder, 'errors.old.log'));
  await appendFile(path, text, { mode: 0o600 });
}

function shapeOf({ pathname }: URL): (fault: Fault) => Refusal {
  if (/^\/+blob\//i.test(pathname))
    return (fault) => storageFault({ ...fault, code: 'InternalError' });
  if (/^\/+v1\/|\/microsoft\.insights\/logs$/i.test(pathname)) return logsFault;
  return /^\/+(modelmanagement|discovery)\b/i.test(pathname) ? flatFault : armFault;
}

function messageOf(error: unknown): string {
  if (error instanceof CliError) return [error.message, error.facts.hint].filter(Boolean).join(' ');
  return error instanceof Error ? error.message : String(error);
}

/** With its causes. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { stack = error.message, cause } = error;
  return cause === undefined ? stack : `${stack}\nbecause of ${textOf(cause)}`;
}
