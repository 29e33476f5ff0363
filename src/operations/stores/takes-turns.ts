/** The line about a store whose place cannot refuse to overwrite. */

/** One sentence for everybody who reads of such a store. */
export const takesTurns =
  'The storage cannot refuse to overwrite (no conditional PUT): machines that write at once take turns, at four more requests for each object, which is safe as long as its lists show what was just written.';
