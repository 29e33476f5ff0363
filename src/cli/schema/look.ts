/** Shapes of what `ls`, `cat`, `info`, `digest`, `locate`, `du` and `ui` print. */
import { acknowledgement, alarm, counts } from './common.ts';
import type { Shape } from './nodes.ts';
import {
  about,
  anyObject,
  anything,
  count,
  digest,
  either,
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

const origin = object({ snapshot: digest, store: text, signer: digest });

const unreadable = about('A snapshot whose header cannot be read.', object({ id: digest, problem: text }));

/** Of a snapshot, in a list and in its header alike. */
const described = {
  time,
  duration_ms: number,
  source: about('`notion:` and the workspace, with the roots after it.', text),
  name: text,
  description: text,
  tags: list(text),
  complete: flag,
  errors: count,
  counts,
  host: text,
  tool: text,
  signer: digest,
};

const snapshot = object({
  id: digest,
  ...described,
  stated_time: maybe(about('The time its header states, where the clock was wrong.', time)),
  size: about('Bytes of all its files.', count),
  bytes_added: about('Bytes that were written to the store for it.', count),
  automatic: about('Taken by the program before it changed something.', flag),
  pinned: flag,
  origin: maybe(about('Of a snapshot that was sealed again from another store.', origin)),
  alarm: maybe(alarm),
  acknowledged: maybe(orNull(acknowledgement)),
  compared_with: maybe(orNull(digest)),
  changes: maybe(
    about(
      'Objects that differ from the snapshot it is compared with; null where nothing is known.',
      orNull(object({ added: count, changed: count, removed: count, unknown: count })),
    ),
  ),
  problem: maybe(text),
});

const objectInfo = object({ id: text, kind: one('page', 'database'), edited: text });

const entry = object({
  type: one('file', 'directory', 'view'),
  kind: one('page', 'database', 'row', 'view', 'document', 'file', 'folder'),
  path: text,
  title: text,
  edited: text,
  modified: maybe(text),
  id: maybe(text),
  short_id: maybe(about('The last digits of the id, which every command takes.', text)),
  size: maybe(count),
  children: maybe(about('Pages, rows and databases directly inside.', count)),
  object: maybe(objectInfo),
});

export const ls: Shape = either(
  about(
    'Without a place: the snapshots, the oldest first.',
    object({ snapshots: list(either(snapshot, unreadable)) }),
  ),
  about('Of a place: what lies there.', object({ snapshot: digest, path: text, entries: list(entry) })),
);

export const cat: Shape = object({
  files: list(
    object({
      snapshot: digest,
      path: text,
      size: count,
      document: maybe(about('The content of a JSON file, as it is stored.', anything)),
      base64: maybe(about('The bytes of any other file.', text)),
    }),
  ),
});

export const header = object({
  kind: text,
  ...described,
  content_bytes: count,
  added_bytes: count,
  manifest: orNull(digest),
  root: anyObject,
  parents: list(digest),
  origin: maybe(anyObject),
});

export const info: Shape = either(
  about(
    'Of the store.',
    object({
      store: text,
      id: text,
      created: time,
      snapshots: count,
      bad_snapshots: count,
      packs: count,
      bytes: count,
      signers: about('Fingerprints.', list(text)),
    }),
  ),
  about(
    'Of a snapshot.',
    object({
      snapshot: digest,
      header: about('The signed header.', header),
      manifest: about('/manifest.json, as it is stored.', anyObject),
      tags: list(text),
      automatic: flag,
      pinned: flag,
      alarm: orNull(alarm),
      acknowledged: orNull(acknowledgement),
      gaps: about('Parts that could not be read, one line each.', list(text)),
    }),
  ),
);

export const digestOutput: Shape = object({
  snapshot: digest,
  path: text,
  files: list(object({ path: text, size: count, sha256: digest })),
});

export const locate: Shape = object({
  found: list(object({ snapshot: digest, time, id: text, kind: one('page', 'database'), path: text })),
});

export const du: Shape = object({
  snapshot: digest,
  sizes: list(
    object({
      path: text,
      kind: one('page', 'database'),
      documents: about('Bytes before compression and deduplication.', count),
      media: count,
      objects: count,
    }),
  ),
});

export const ui: Shape = about(
  'Printed when it listens; it goes on until it is interrupted.',
  object({ url: about('Holds a secret word.', text), port: count }),
);
