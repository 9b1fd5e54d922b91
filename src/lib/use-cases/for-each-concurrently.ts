/**
 * Works on items as they come, so many at a time. The first failure, of an item or of the list, is thrown once nobody
 * works any more: the signal that the others got is aborted by it.
 */
export async function forEachConcurrently<T>(
  items: AsyncIterable<T>,
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const iterator = items[Symbol.asyncIterator]();
  let failure: { readonly error: unknown } | undefined;

  async function run(): Promise<void> {
    try {
      for (;;) {
        either.throwIfAborted();
        const next = await iterator.next();
        if (next.done) return;
        either.throwIfAborted();
        await work(next.value, either);
      }
    } catch (error) {
      failure ??= { error };
      stop.abort(error);
    }
  }

  await Promise.all(Array.from({ length: limit }, run));
  await iterator.return?.();
  if (failure) throw failure.error;
}
