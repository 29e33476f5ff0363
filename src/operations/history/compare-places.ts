/** Opens the two sides of a comparison. */

import { KlosetError } from '../../errors.ts';
import type { Store } from '../../store/open-store.ts';
import type { WordOptions } from '../look/open-place.ts';
import { openPlace } from '../look/open-place.ts';
import type { Side } from './diff-snapshots.ts';

/** The directory that `word` means. @throws KlosetError `usage` for a file; `not-found` */
export async function openSide(
  store: Store,
  word: string,
  path: string | undefined,
  options: WordOptions = {},
): Promise<Side> {
  const { snapshot, entry } = await openPlace(store, path === undefined ? word : `${word}:${path}`, options);
  if (entry.type === 'directory') return { snapshot, path: entry.path };
  throw new KlosetError('usage', `${entry.path} is a file.`, {
    hint: 'Compare pages, databases or whole snapshots.',
  });
}
