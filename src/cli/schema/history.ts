/** Shapes of what `diff`, `log`, `blame` and `search` print. */
import { change } from './common.ts';
import type { Shape } from './nodes.ts';
import { about, count, digest, list, maybe, object, one, text, time } from './nodes.ts';

export const diff: Shape = object({
  before: text,
  after: about('The id of a snapshot, or `live`.', text),
  objects: list(
    object({
      kind: one('added', 'removed', 'trashed', 'unknown', 'moved', 'changed'),
      id: text,
      object: one('page', 'database'),
      title: text,
      path: text,
      moved_from: maybe(text),
      reason: maybe(about('The reason why it is `unknown`.', text)),
      changes: list(change),
    }),
  ),
});

export const log: Shape = object({
  id: text,
  versions: about(
    'The oldest first.',
    list(
      object({
        snapshot: digest,
        time,
        kind: one('first', 'changed', 'moved', 'removed', 'added', 'unknown'),
        title: text,
        path: text,
        moved_from: maybe(text),
        reason: maybe(text),
        changes: list(change),
      }),
    ),
  ),
});

export const blame: Shape = object({
  id: text,
  blocks: list(
    object({
      id: text,
      type: text,
      text,
      depth: count,
      snapshot: about('The first snapshot that has it so.', digest),
      time,
    }),
  ),
});

export const search: Shape = object({
  total: about('Hits, also beyond the limit.', count),
  searched: about('Backups that were searched.', count),
  hits: list(
    object({
      id: text,
      kind: one('page', 'database'),
      title: text,
      path: text,
      url: text,
      excerpts: list(
        object({
          where: one('title', 'text', 'values', 'comments', 'files'),
          before: text,
          match: text,
          after: text,
        }),
      ),
      snapshots: about('Those that have it so, the oldest first.', list(object({ id: digest, time }))),
    }),
  ),
});
