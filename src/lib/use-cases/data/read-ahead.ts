/** The same items, asked for before they are: at most so many wait here. A failure comes in its turn. */
export async function* readAhead<T>(items: AsyncIterable<T>, most: number): AsyncGenerator<T> {
  const waiting: T[] = [];
  let isOver = false;
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};
  const somethingHappens = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });

  async function fill(): Promise<void> {
    try {
      for await (const item of items) {
        waiting.push(item);
        wake();
        while (waiting.length >= most && !isOver) await somethingHappens();
        if (isOver) return;
      }
    } catch (error) {
      failure = { error };
    } finally {
      isOver = true;
      wake();
    }
  }

  const filled = fill();
  try {
    for (;;) {
      const item = waiting.shift();
      if (item !== undefined) {
        wake();
        yield item;
      } else if (failure) throw failure.error;
      else if (isOver) return;
      else await somethingHappens();
    }
  } finally {
    isOver = true;
    wake();
    await filled;
  }
}
