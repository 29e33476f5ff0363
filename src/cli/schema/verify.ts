/** Shapes of what `status`, `check` and `repair` print. */
import { alarm, check, healed, leftOut, losses, notedCheck } from './common.ts';
import type { Shape } from './nodes.ts';
import {
  about,
  count,
  digest,
  either,
  exactly,
  flag,
  list,
  maybe,
  number,
  object,
  orNull,
  text,
  time,
} from './nodes.ts';

const drill = orNull(object({ time, ok: flag, equal: count, objects: count, snapshot: digest }));

const source = object({
  source: text,
  name: text,
  latest: digest,
  time,
  age_ms: number,
  backups: count,
  complete: flag,
  errors: count,
  gaps: about('Parts that could not be read, one line each.', list(text)),
  blind_spots: list(text),
  refused: list(text),
  left_out: about('Null for a backup of everything in its scope.', orNull(leftOut)),
  superseded: about('Newer backups of the same scope leave something else out.', flag),
  oldest_full_reading: orNull(time),
  last_comment_sweep: orNull(time),
  drill,
  has_alarm: flag,
  alarm: orNull(alarm),
  signer: text,
});

const store = {
  snapshots: count,
  problems: about('Found by a fast check, at `looked_at`.', count),
  unread: about('Objects that the place did not let be examined.', count),
  looked_at: about(
    'The fast check: now, or earlier where nothing was added, removed or cut since. Null without a backup.',
    orNull(time),
  ),
  takes_turns: about('Writers take turns, because the place cannot refuse to overwrite.', flag),
  last_check: notedCheck,
  damage: notedCheck,
  sources: list(source),
};

export const status: Shape = either(
  about(
    'With a readable backup; the members at the top are those of the first source.',
    object({ latest: digest, time, age_ms: number, complete: flag, errors: count, signer: text, ...store }),
  ),
  about('Without one.', object({ latest: exactly(null), ...store })),
  about('With --witness.', object({ witness: text })),
);

export const checkOutput: Shape = object({
  ...check,
  parts_by_choice: about('Of the snapshots, those that leave something out by choice.', count),
});

export const repair: Shape = about(
  'With --from.',
  object({ applied: flag, ...healed, location: maybe(text) }),
);

export const repairIndex: Shape = object({
  packs: count,
  blobs: count,
  unreadable: list(object({ pack_id: digest, problem: text })),
  old_deltas: count,
  new_deltas: count,
});

export const repairPacks: Shape = object({
  applied: flag,
  packs: count,
  damaged_packs: list(digest),
  missing_packs: list(digest),
  damaged_deltas: list(digest),
  saved_blobs: count,
  lost_blobs: count,
  losses,
});

export const repairConfig: Shape = object({
  store_id: text,
  config_rebuilt: flag,
  roster_rebuilt: flag,
  slots: about('Key slots that count now, when the list was rebuilt.', list(text)),
});
