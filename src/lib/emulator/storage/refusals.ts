import { storageFault } from '../answers.js';

export const NOT_AUTHENTICATED = 'Server failed to authenticate the request.';

const FORMED =
  'Make sure the value of Authorization header is formed correctly including the signature.';

/** Nobody knows whose request it is. @param detail what is wrong with its signature */
export function notAuthenticated(detail: string) {
  const message = `${NOT_AUTHENTICATED} ${FORMED}`;
  return storageFault({ status: 403, code: 'AuthenticationFailed', message, detail });
}

/** The request may not do what it wants. @param by what it lacks, as ` using this permission` */
export function forbidden(code: string, by: string) {
  const message = `This request is not authorized to perform this operation${by}.`;
  return storageFault({ status: 403, code, message });
}

export function keysNotPermitted() {
  const message = 'Key based authentication is not permitted on this storage account.';
  return storageFault({ status: 403, code: 'KeyBasedAuthenticationNotPermitted', message });
}
