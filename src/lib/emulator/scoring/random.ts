import { createHash } from 'node:crypto';

/** Numbers that look random and are the same for the same seed. */
export interface Draws {
  /** 0 (inclusive) to 1 (exclusive). */
  next(): number;
  guid(): string;
}

export function drawsFrom(seed: string): Draws {
  let round = 0;
  const bytes = () => createHash('sha256').update(`${seed}/${round++}`).digest();
  return {
    next: () => bytes().readUIntBE(0, 6) / 2 ** 48,
    guid() {
      const hex = bytes().toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
  };
}
