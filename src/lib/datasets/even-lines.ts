import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { told } from '../file-errors.js';
import { withoutMark } from './plain-file.js';

const [LF, CR, BLANK, QUOTE] = [10, 13, 32, 34];

export interface Copied {
  readonly from: string;
  readonly to: string;
  readonly delimiter: string;
}

/** Copies a CSV so that all of its records end in LF. A line end within quotes is part of a value, and stays. */
export async function copyEven(
  { from, to, delimiter }: Copied,
  signal: AbortSignal | undefined,
): Promise<void> {
  const evened = evener(delimiter.charCodeAt(0));
  const file = await told(to, 'written', open(to, 'wx'));
  try {
    const write = async (source: AsyncIterable<Buffer>) => {
      let isFirst = true;
      for await (const bytes of source) {
        const content = evened(isFirst ? withoutMark(bytes) : bytes);
        isFirst = false;
        await told(to, 'written', file.writeFile(content));
      }
    };
    const source = createReadStream(from, { highWaterMark: 1_048_576 });
    await told(from, 'read', pipeline(source, write, { signal }));
  } finally {
    await file.close();
  }
}

/** Of one piece of a file after the other. */
function evener(delimiter: number): (bytes: Buffer) => Buffer {
  // A quote elsewhere than at the beginning of a value is a sign like others.
  const borders = new Set([delimiter, LF, CR, BLANK, QUOTE]);
  let [last, isQuoted] = [LF, false];
  return (bytes) => {
    const even = Buffer.allocUnsafe(bytes.length);
    let length = 0;
    for (const byte of bytes) {
      if (byte === QUOTE && (isQuoted || borders.has(last))) isQuoted = !isQuoted;
      const isEnd = !isQuoted && (byte === CR || byte === LF);
      if (!(isEnd && byte === LF && last === CR)) {
        even[length] = isEnd ? LF : byte;
        length += 1;
      }
      last = byte;
    }
    return even.subarray(0, length);
  };
}
