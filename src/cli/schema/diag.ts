/** Shapes of what `diag` prints. */
import { header } from './look.ts';
import type { Shape } from './nodes.ts';
import {
  about,
  byName,
  count,
  digest,
  either,
  flag,
  list,
  maybe,
  notionId,
  object,
  one,
  orNull,
  text,
  time,
} from './nodes.ts';

const type = one('document', 'media', 'tree');

/** A blob of a content, and where it lies; null where no packfile that is there holds it. */
const chunk = object({
  id: digest,
  packfile: orNull(digest),
  offset: orNull(count),
  sealed: about('Its bytes in the packfile.', orNull(count)),
  size: orNull(count),
});

export const state: Shape = object({
  store: text,
  id: text,
  kinds: about('By the first part of the name.', byName(object({ objects: count, bytes: count }))),
  index: list(object({ id: digest, size: count, packs: count, blobs: count, problem: maybe(text) })),
  packfiles: object({ listed: count, unlisted: count, missing: count }),
  blobs: count,
});

export const packfile: Shape = either(
  about(
    'All of them.',
    object({ packfiles: list(object({ id: digest, size: orNull(count), blobs: orNull(count) })) }),
  ),
  about(
    'One of them.',
    object({
      packfile: digest,
      size: count,
      whole: about('Its bytes have the digest that is its name.', flag),
      in_index: flag,
      blobs: list(object({ id: digest, type, offset: count, sealed: count, size: count })),
    }),
  ),
);

export const blob: Shape = object({
  object: digest,
  type,
  size: count,
  places: list(object({ packfile: digest, offset: count, sealed: count, problem: orNull(text) })),
});

export const snapshot: Shape = object({ snapshot: digest, header, root: list(chunk) });

export const entry: Shape = object({
  snapshot: digest,
  path: text,
  type: one('file', 'directory'),
  modified: time,
  size: count,
  object: orNull(object({ id: notionId, kind: text, edited: text })),
  chunks: list(chunk),
});

export const locks: Shape = object({
  locks: list(
    object({
      id: text,
      stale: flag,
      kind: orNull(text),
      command: orNull(text),
      host: orNull(text),
      pid: orNull(count),
      created: orNull(time),
      refreshed: orNull(time),
    }),
  ),
});
