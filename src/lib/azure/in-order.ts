/**
 * Maps a list with several calls under way at once, and gives the results in the order of the list.
 *
 * @param most calls at once
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  map: (item: T) => Promise<R>,
  most: number,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  for await (const item of items) {
    const result = map(item);
    result.catch(() => {}); // It is awaited in its turn; a failure before that is not unhandled.
    underWay.push(result);
    const first = underWay.length >= most ? underWay.shift() : undefined;
    if (first) yield await first;
  }
  for (const result of underWay) yield await result;
}
