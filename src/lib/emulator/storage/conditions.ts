import type { Call } from '../router.js';
import type { BlobFacts } from '../state/blob-files.js';
import { blobFault, notModified } from './blob-answers.js';

/**
 * Refuses what the request's `If-…` headers do not allow of a blob as it is; undefined: there is none.
 *
 * Contract: conditional headers of the Blob service.
 * Known from: documented (specify conditional headers for Blob service operations).
 */
export function assertConditions({ request }: Call, facts: BlobFacts | undefined): void {
  const { headers, method } = request;
  const isRead = method === 'GET' || method === 'HEAD';
  const [match, noneMatch] = [headers.get('if-match'), headers.get('if-none-match')];
  if (match !== null && !(facts && isListed(facts, match))) throw blobFault('ConditionNotMet');
  if (isRead && noneMatch === '*') throw blobFault('UnsatisfiableCondition');
  if (!facts) return;
  const seconds = Math.floor(facts.modified.getTime() / 1000);
  const [since, until] = ['if-modified-since', 'if-unmodified-since'].map(
    (name) => Date.parse(headers.get(name) ?? '') / 1000,
  );
  if (until !== undefined && seconds > until) throw blobFault('ConditionNotMet');
  const isKnown = noneMatch !== null && isListed(facts, noneMatch);
  if (isKnown && noneMatch === '*') throw blobFault('BlobAlreadyExists');
  if (isKnown || (since !== undefined && seconds <= since)) {
    throw isRead ? notModified() : blobFault('ConditionNotMet');
  }
}

/**
 * As `assertConditions`, and refuses a block that would not begin at the asked place or make the blob too large.
 *
 * Contract: Append Block.
 * Known from: documented (Append Block).
 */
export function assertAppends(call: Call, facts: BlobFacts | undefined, blockBytes: number): void {
  if (!facts) throw blobFault('BlobNotFound');
  if (facts.type !== 'AppendBlob') throw blobFault('InvalidBlobType');
  assertConditions(call, facts);
  const { headers } = call.request;
  const position = bytesIn(headers, 'x-ms-blob-condition-appendpos');
  const maxBytes = bytesIn(headers, 'x-ms-blob-condition-maxsize');
  if (position !== undefined && facts.sizeBytes !== position) {
    throw blobFault('AppendPositionConditionNotMet');
  }
  if (maxBytes !== undefined && facts.sizeBytes + blockBytes > maxBytes) {
    throw blobFault('MaxBlobSizeConditionNotMet');
  }
}

function bytesIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw blobFault('InvalidHeaderValue');
  return Number(text);
}

function isListed({ etag }: BlobFacts, list: string): boolean {
  return list === '*' || list.split(',').some((one) => one.trim() === etag);
}
