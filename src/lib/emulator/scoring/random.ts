import { createHash } from 'node:crypto';

/** Numbers that look random and are the same for the same seed. */
export interface Draws {
  /** 0 (inclusive) to 1 (exclusive). */
  next(): number;
  guid(): string;
}

export function drawsFrom(seed: string): Draws {
  const bits = generator(createHash('sha256').update(seed).digest());
  return {
    next: () => (bits() * 2 ** 21 + (bits() >>> 11)) / 2 ** 53,
    guid() {
      const hex = [bits(), bits(), bits(), bits()]
        .map((part) => part.toString(16).padStart(8, '0'))
        .join('');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
  };
}

/** 32 bits a call: the generator sfc32, which needs a hash only to begin. */
function generator(seed: Buffer): () => number {
  let a = seed.readInt32LE(0);
  let b = seed.readInt32LE(4);
  let c = seed.readInt32LE(8);
  let counter = seed.readInt32LE(12);
  return () => {
    const drawn = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + drawn) | 0;
    return drawn >>> 0;
  };
}
