import type { PrintedResult } from '../../engine/engine.js';
import type { Limits } from './limits.js';
import { bytesExceeded, partialError, rowsExceeded, runtimeError } from './limits.js';

/** What of an answer is known once its rows are sent. */
export interface Sent {
  readonly rowCount: number;
  readonly byteCount: number;
}

export interface AnswerParts {
  /** `PrimaryResult`, or the name that Azure gives the table. */
  readonly name: string;
  readonly limits: Limits;
  /** What stands behind the tables, but for `error`. */
  readonly extras: (sent: Sent) => object;
}

/**
 * An answer of the query API piece by piece, as its rows are computed. It ends at the limits: then `error`, behind the
 * tables, says which one.
 */
export async function* answerPieces(
  { columns, rowTexts }: PrintedResult,
  { name, limits, extras }: AnswerParts,
): AsyncGenerator<Uint8Array> {
  const header = JSON.stringify(columns.map(({ name, type }) => ({ name, type })));
  yield Buffer.from(`{"tables":[{"name":"${name}","columns":${header},"rows":[`);
  let rowCount = 0;
  let byteCount = 0;
  let error: object | undefined;
  try {
    for await (const texts of rowTexts) {
      const piece: Uint8Array[] = [];
      for (const text of texts) {
        const size = text.length + COMMA.length;
        if (rowCount === limits.rows) error = partialError(rowsExceeded(limits.rows));
        else if (byteCount + size > limits.bytes) error = partialError(bytesExceeded(limits.bytes));
        if (error) break;
        if (rowCount > 0) piece.push(COMMA);
        piece.push(text);
        rowCount += 1;
        byteCount += size;
      }
      yield Buffer.concat(piece);
      if (error) break;
    }
  } catch (cause) {
    // What was sent cannot be taken back.
    error = partialError(runtimeError(cause));
  }
  const tail = JSON.stringify({ ...extras({ rowCount, byteCount }), ...(error && { error }) });
  yield Buffer.from(`]}]${tail === '{}' ? '' : `,${tail.slice(1, -1)}`}}`);
}

const COMMA = Buffer.from(',');

/** A body that asks for the next piece when the one before is taken. `close` is called once, however it ends. */
export function bodyOf(
  pieces: AsyncGenerator<Uint8Array>,
  close: () => Promise<void>,
): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { value, done } = await pieces.next();
          if (!done) return controller.enqueue(value);
          await close();
          controller.close();
        } catch (error) {
          await close();
          controller.error(error);
        }
      },
      async cancel() {
        await pieces.return(undefined);
        await close();
      },
    },
    { highWaterMark: 0 },
  );
}
