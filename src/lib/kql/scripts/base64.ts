import { type Script, script } from './script.js';

const STRICT = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

/** Undefined for what is no base64, or lacks its padding. */
function decode(text: string): readonly number[] | undefined {
  if (!STRICT.test(text)) return undefined;
  return [...atob(text)].map((character) => character.charCodeAt(0));
}

function encode(bytes: readonly number[]): string {
  return btoa(String.fromCharCode(...bytes));
}

/** .NET's order of a guid's bytes, which is its own inverse. */
const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

function toGuid(text: string): string | null {
  const bytes = decode(text);
  if (bytes?.length !== 16) return null;
  const digits = GUID_ORDER.map((at) => (bytes[at] ?? 0).toString(16).padStart(2, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function fromGuid(guid: string): string {
  const bytes = (guid.replaceAll('-', '').match(/../g) ?? []).map((hex) =>
    Number.parseInt(hex, 16),
  );
  return encode(GUID_ORDER.map((at) => bytes[at] ?? 0));
}

function fromArray(json: string): string {
  const bytes: unknown = JSON.parse(json);
  const isByte = (item: unknown) =>
    typeof item === 'number' && Number.isInteger(item) && item >= 0 && item < 256;
  return Array.isArray(bytes) && bytes.every(isByte) ? encode(bytes.map(Number)) : '';
}

export const BASE64: Readonly<Record<string, Script>> = {
  base64_decode_toarray: script(['string'], 'dynamic', (text) => {
    const bytes = decode(text);
    return bytes ? JSON.stringify(bytes) : null;
  }),
  base64_decode_toguid: script(['string'], 'string', toGuid),
  base64_encode_fromarray: script(['dynamic'], 'string', fromArray),
  base64_encode_fromguid: script(['string'], 'string', fromGuid),
};
