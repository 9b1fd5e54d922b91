import { randomUUID } from 'node:crypto';
import { escapeXml, type Fault, storageFault } from '../answers.js';
import type { Call } from '../router.js';
import type { BlobFacts } from '../state/blob-files.js';

const API_VERSION = '2024-11-04';

/** What every answer of the Blob service says of itself. */
export function commonHeaders({ request, now }: Call): Record<string, string> {
  return {
    'x-ms-version': request.headers.get('x-ms-version') ?? API_VERSION,
    'x-ms-request-id': randomUUID(),
    date: now.toUTCString(),
  };
}

export function emptyAnswer(
  call: Call,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(null, { status, headers: { ...commonHeaders(call), ...headers } });
}

export function xmlAnswer(call: Call, body: string): Response {
  return new Response(`<?xml version="1.0" encoding="utf-8"?>${body}`, {
    headers: { ...commonHeaders(call), 'content-type': 'application/xml' },
  });
}

export function blobHeaders({ etag, modified }: BlobFacts): Record<string, string> {
  return { etag, 'last-modified': modified.toUTCString() };
}

/** The name of a blob in XML; one that XML cannot hold is percent-encoded and marked so. */
export function nameXml(name: string): string {
  const isHostile = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(name);
  return isHostile
    ? `<Name Encoded="true">${encodeURIComponent(name)}</Name>`
    : `<Name>${escapeXml(name)}</Name>`;
}

const FAULTS = {
  BlobNotFound: [404, 'The specified blob does not exist.'],
  UnauthorizedBlobOverwrite: [403, 'This request is not authorized to perform blob overwrites.'],
  BlobAlreadyExists: [409, 'The specified blob already exists.'],
  ContainerNotFound: [404, 'The specified container does not exist.'],
  ContainerAlreadyExists: [409, 'The specified container already exists.'],
  InvalidBlobType: [409, 'The blob type is invalid for this operation.'],
  InvalidQueryParameterValue: [
    400,
    'Value for one of the query parameters specified in the request URI is invalid.',
  ],
  InvalidHeaderValue: [400, 'The value for one of the HTTP headers is not in the correct format.'],
  OutOfRangeInput: [400, 'One of the request inputs is out of range.'],
  InvalidRange: [416, 'The range specified is invalid for the current size of the resource.'],
  AppendPositionConditionNotMet: [412, 'The append position condition specified was not met.'],
  MaxBlobSizeConditionNotMet: [412, 'The max blob size condition specified was not met.'],
  ConditionNotMet: [412, 'The condition specified using HTTP conditional header(s) is not met.'],
  UnsatisfiableCondition: [
    400,
    'The request includes an unsatisfiable condition for this operation.',
  ],
} as const;

/** A refusal in the words of Azure Storage. */
export function blobFault(code: keyof typeof FAULTS, headers?: Fault['headers']) {
  const [status, message] = FAULTS[code];
  return storageFault({ status, code, message, ...(headers && { headers }) });
}

export function notModified() {
  return storageFault({ status: 304, code: 'ConditionNotMet', message: '' });
}

/** Of what was asked only what it is: the rest may be a signature. */
export function notImplemented({ request, url }: Call) {
  const asked = ['restype', 'comp'].flatMap((name) => {
    const value = url.searchParams.get(name);
    return value === null ? [] : [`${name}=${value}`];
  });
  const what = asked.join('&') || 'of this kind';
  const message = `The local cloud has no ${request.method} ${what} of blobs.`;
  return storageFault({ status: 501, code: 'NotImplemented', message });
}
