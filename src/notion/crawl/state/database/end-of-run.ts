/**
 * Ends a crawl: thrown by what would fail again with the next object (a refused token, a full disk, an abort, a broken
 * checkpoint). Every other failure belongs to one object, is recorded, and the crawl goes on. `crawl` throws its cause.
 */
export class EndOfRun extends Error {
  constructor(cause: unknown) {
    super('the crawl has to end', { cause: cause instanceof EndOfRun ? cause.cause : cause });
  }
}
