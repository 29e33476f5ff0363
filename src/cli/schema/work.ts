/** Shapes of what commands print that write to a store: `init`, `create`, `backup`, `rm`, `prune`, `maintenance`, `sync`, `export` and marks. */
import { alarm, check, counts, healed, leftOut } from './common.ts';
import type { Shape } from './nodes.ts';
import {
  about,
  anyObject,
  count,
  digest,
  either,
  exactly,
  flag,
  list,
  maybe,
  number,
  object,
  one,
  orNull,
  text,
  time,
} from './nodes.ts';

export const init: Shape = object({
  store: text,
  source: text,
  generated_passphrase: about(
    'A passphrase that was generated because none was given: keep it.',
    orNull(text),
  ),
  done: list(one('recovery-kit', 'backup', 'schedule')),
});

export const create: Shape = object({ store: text, created: exactly(true) });

const estimate = object({
  pages: count,
  data_sources: count,
  changed: count,
  left_out: about('Pages and data sources that are listed and would not be read, by choice.', count),
  requests: count,
  comment_requests: count,
  saved_by_comments_pages: count,
  minutes: number,
  requests_spent: count,
});

const backedUp = object({
  snapshot: digest,
  counts,
  errors: about(
    'At most the first thousand; `error_count` counts all.',
    list(object({ kind: text, what: text, id: text, reason: text, owner: maybe(text), title: maybe(text) })),
  ),
  error_count: count,
  complete: flag,
  requests: count,
  left_out: maybe(about('Of a part by choice.', leftOut)),
  comments: about('The search for comments on unchanged pages, as the manifest tells it.', orNull(anyObject)),
  bytes_added: count,
  blobs_new: count,
  blobs_reused: count,
  alarm: maybe(alarm),
  lost: maybe(about('Snapshots that are gone or cannot be read.', list(digest))),
  wrong_clock: maybe(text),
  check: maybe(about('With --check.', object(check))),
});

export const backup: Shape = either(about('Of a backup.', backedUp), about('With --dry-run.', estimate));

export const rm: Shape = object({ removed: flag, snapshots: list(digest) });

export const prune: Shape = object({
  removed: flag,
  remove: list(digest),
  keep: list(object({ id: digest, reasons: list(text) })),
});

export const maintenance: Shape = object({
  applied: flag,
  snapshots: count,
  packs: count,
  pack_bytes: count,
  live_bytes: count,
  waiting_packs: count,
  waiting_bytes: count,
  swept_packs: count,
  swept_bytes: count,
  kept_packs: about('Kept by the server yet: object lock.', count),
  kept_bytes: count,
  kept_until: orNull(time),
  renewed: count,
  repacked_packs: count,
  new_packs: count,
  new_bytes: count,
  merged_deltas: count,
  missing_blobs: count,
});

export const unlock: Shape = object({ removed: list(text) });

export const mark: Shape = object({ snapshot: digest });

export const sync: Shape = object({
  copied: list(digest),
  resealed: maybe(list(object({ id: digest, from: digest }))),
  failed: list(object({ id: digest, problem: text })),
  blobs_copied: count,
  bytes_copied: count,
  healed: maybe(list(object({ location: text, ...healed }))),
  nothing_matched: maybe(exactly(true)),
});
