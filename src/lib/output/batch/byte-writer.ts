/** Bytes that are being written. Whoever writes asks for room first, and moves `length` on. */
export interface ByteWriter {
  bytes: Buffer;
  length: number;
}

export function createByteWriter(): ByteWriter {
  return { bytes: Buffer.allocUnsafeSlow(65_536), length: 0 };
}

/** Makes room for so many bytes more. */
export function reserve(out: ByteWriter, size: number): void {
  if (out.length + size <= out.bytes.length) return;
  const grown = Buffer.allocUnsafeSlow(Math.max(2 * out.bytes.length, out.length + size));
  out.bytes.copy(grown, 0, 0, out.length);
  out.bytes = grown;
}

/** Writes bytes for which there is room: as few as a cell has are faster in a loop than by a built-in. */
export function copyBytes(out: ByteWriter, from: Uint8Array, start: number, end: number): void {
  const { bytes } = out;
  let { length } = out;
  for (let at = start; at < end; at++) bytes[length++] = from[at] ?? 0;
  out.length = length;
}

export function writeText(out: ByteWriter, text: string): void {
  reserve(out, 3 * text.length);
  out.length += out.bytes.write(text, out.length);
}
