/** The bytes of a stream that have arrived and are not used yet, in one piece. */
export interface ByteWindow {
  /** Used again for bytes that come later: what is kept is copied. */
  readonly bytes: () => Buffer;
  /** The bytes that count are those from `start` up to `end`. */
  readonly start: () => number;
  readonly end: () => number;
  /** All bytes before this offset are used. */
  readonly advance: (to: number) => void;
  /** Waits for more. False: the stream is over. */
  readonly more: () => Promise<boolean>;
  /** Gives the stream up, with its connection. */
  readonly close: () => Promise<void>;
}

const SMALLEST = 65_536;

export function createByteWindow(stream: AsyncIterable<Uint8Array>): ByteWindow {
  const chunks = stream[Symbol.asyncIterator]();
  let buffer = Buffer.alloc(0);
  let start = 0;
  let end = 0;

  function makeRoom(size: number): void {
    const held = end - start;
    if (end + size <= buffer.length) return;
    if (held + size <= buffer.length) {
      buffer.copyWithin(0, start, end);
    } else {
      const grown = Buffer.allocUnsafeSlow(Math.max(2 * buffer.length, held + size, SMALLEST));
      buffer.copy(grown, 0, start, end);
      buffer = grown;
    }
    start = 0;
    end = held;
  }

  return {
    bytes: () => buffer,
    start: () => start,
    end: () => end,
    advance(to) {
      start = to;
    },
    async more() {
      const { value: chunk, done } = await chunks.next();
      if (done) return false;
      makeRoom(chunk.length);
      buffer.set(chunk, end);
      end += chunk.length;
      return true;
    },
    async close() {
      await chunks.return?.();
    },
  };
}
