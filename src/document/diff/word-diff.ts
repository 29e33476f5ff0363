/** Two texts, word by word. */
import { diffWordsWithSpace } from 'diff';

/** A stretch of words that both texts have, or only one of them. */
export interface WordStretch {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Longer texts are compared as a whole: the time grows with the product of what differs. */
const maxCompared = 20_000;

/** `before` and `after` as stretches in reading order. */
export function diffWords(before: string, after: string): WordStretch[] {
  const parts =
    before.length + after.length > maxCompared
      ? undefined
      : diffWordsWithSpace(before, after, { timeout: 500 });
  if (parts === undefined)
    return [
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ];
  return parts.map(({ value, added, removed }) => ({
    kind: added === true ? 'added' : removed === true ? 'removed' : 'same',
    text: value,
  }));
}
