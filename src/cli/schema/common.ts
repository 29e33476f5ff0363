/** Shapes that several commands print. */
import type { Shape } from './nodes.ts';
import {
  about,
  anything,
  byName,
  count,
  digest,
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

export const counts = about('Numbers by the kind of thing.', byName(count));

/** Something of an object that could not be read from Notion. */
export const missingPart = object({
  path: text,
  what: text,
  id: text,
  reason: text,
  after: maybe(anything),
});

/** Something that failed, at a path of the snapshot. */
export const failure = object({ path: text, what: text, message: text });

export const alarm = object({
  text,
  lost_objects: number,
  lost_bytes: number,
  gone: about('Titles at the top of the tree that are nowhere in it now.', list(text)),
  compared_with: about('The snapshot it was compared with.', text),
});

export const acknowledgement = object({ time, note: text, signer: digest });

/** Paths that cannot be read, of one snapshot. */
export const losses = list(
  object({
    snapshot_id: digest,
    paths: about('At most the first thousand.', list(text)),
    count,
    problem: maybe(about('The reason why the snapshot as a whole cannot be read.', text)),
  }),
);

export const healed = {
  objects: about('Names of objects put back as the copy has them.', list(text)),
  blobs: about('Blobs taken one by one, into new packfiles.', count),
  dropped: about('Names of damaged objects that went.', list(text)),
  remaining: about(
    'Objects that are still damaged or missing.',
    list(object({ object: text, problem: text })),
  ),
  losses,
};

export const checkFinding = object({
  severity: one('error', 'warning'),
  kind: one('damaged', 'missing', 'unreachable', 'leftover', 'stray'),
  object: about('Name of the object in the store, or `blob ID`.', text),
  problem: text,
  affects: maybe(
    about('Some of the paths that cannot be restored because of it, as SNAPSHOT:PATH.', list(text)),
  ),
});

export const check = {
  ok: flag,
  findings: about('Errors first.', list(checkFinding)),
  snapshots: count,
  packs: count,
  packs_read: about('Packfiles of which every byte was read.', count),
  blobs: count,
  files: count,
  directories: count,
  bytes_read: count,
};

/** One thing that differs between two versions of a page or database. */
export const change = object({
  kind: one('added', 'removed', 'changed', 'moved', 'renamed', 'unknown'),
  part: about('title, value, block, comment, property, view …', text),
  id: text,
  name: about('The name people know it by: a type of block, the name of a property.', text),
  before: maybe(text),
  after: maybe(text),
  details: maybe(
    about(
      'Other members that differ, as Notion has them.',
      list(object({ name: text, before: anything, after: anything })),
    ),
  ),
  reason: maybe(about('The reason why one version is not whole, for `unknown`.', text)),
  below: maybe(about('Blocks below a removed or added one that go with it.', count)),
});

export const exitCode = about('See docs/scripting.md.', {
  keywords: { enum: [0, 1, 3, 64, 65, 66, 69, 75, 77, 78] },
});

export const errorCode = one(
  'internal',
  'incomplete',
  'usage',
  'integrity',
  'not-found',
  'unavailable',
  'locked',
  'temporary',
  'credentials',
  'incompatible',
);

/** Shapes of what `doctor` and `ping` found. */
export const findings: Shape = object({
  ok: flag,
  failed: count,
  warnings: count,
  findings: list(
    object({
      topic: text,
      state: one('ok', 'warning', 'failed', 'unknown'),
      text,
      hint: maybe(about('The way out.', text)),
      code: maybe(errorCode),
    }),
  ),
});

export const signingKey = {
  key: about('The public key in hex.', digest),
  fingerprint: text,
};

/** The state of a check that was made on this machine. */
export const notedCheck = orNull(
  object({
    time,
    scope: about('The part that was checked; empty for the whole store.', text),
    problems: count,
    bytes_read: count,
  }),
);
