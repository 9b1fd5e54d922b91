/** What a visit comes upon: something that was looked for, or where to look further. */
export type Found<Node, Item> = { readonly item: Item } | { readonly node: Node };

/** So many items may wait for their reader; visits pause then. */
const MOST_WAITING = 20_000;

/**
 * Everything that is found from some nodes on, so many visited at a time, in no order. The first failure is thrown; no
 * more visits are begun after it, nor after the reader has left.
 */
export async function* walkConcurrently<Node, Item>(
  roots: readonly Node[],
  limit: number,
  visit: (node: Node) => AsyncIterable<Found<Node, Item>>,
): AsyncGenerator<Item> {
  const nodes = [...roots];
  let waiting: Item[] = [];
  let running = 0;
  let failure: { readonly error: unknown } | undefined;
  let isOver = false;
  let news = signal();
  let room = signal();

  async function run(node: Node): Promise<void> {
    running += 1;
    try {
      for await (const found of visit(node)) {
        if (isOver) return;
        if ('node' in found) nodes.push(found.node);
        else waiting.push(found.item);
        news.give();
        while (waiting.length >= MOST_WAITING && !isOver) await room.given;
      }
    } catch (error) {
      failure ??= { error };
    } finally {
      running -= 1;
      news.give();
    }
  }

  try {
    for (;;) {
      if (failure) throw failure.error;
      while (running < limit && nodes.length > 0) {
        // The last that was found is the deepest: fewer wait that way.
        const node = nodes.pop();
        if (node !== undefined) void run(node);
      }
      if (waiting.length > 0) {
        const items = waiting;
        waiting = [];
        room.give();
        room = signal();
        yield* items;
      } else {
        if (running === 0) return;
        await news.given;
        news = signal();
      }
    }
  } finally {
    isOver = true;
    room.give();
  }
}

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}
