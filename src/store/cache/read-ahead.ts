/** Reads many small objects: several at once, because each waits for an answer where the store lies on another machine. */

/**
 * The results of `read` for `items`, in their order. Up to `ahead` reads are under way at once, the one that is waited for
 * included. @throws whatever the list or the first failing read throws
 */
export async function* readAhead<Item, Result>(
  items: AsyncIterable<Item>,
  ahead: number,
  read: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const under: Promise<Result>[] = [];
  for await (const item of items) {
    const reading = read(item);
    // Whoever waits for it is told; nobody may be waiting any more.
    reading.catch(() => undefined);
    under.push(reading);
    const first = under.length >= ahead ? under.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const reading of under) yield await reading;
}
