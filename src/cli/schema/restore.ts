/** Shapes of what `restore` and `dump` print. */
import { counts, failure, missingPart } from './common.ts';
import type { Shape } from './nodes.ts';
import {
  about,
  anything,
  byName,
  count,
  digest,
  either,
  flag,
  list,
  maybe,
  number,
  object,
  one,
  text,
} from './nodes.ts';

const written = {
  files: count,
  folders: count,
  bytes: count,
  errors: list(object({ path: text, damaged: maybe(flag), reason: text })),
  not_in_snapshot: list(missingPart),
  shortened: about('Folders written under a shorter path, which `shortened-paths.txt` lists.', count),
};

const verdicts = object({
  exact: count,
  approximated: count,
  lost: count,
  impossible: count,
  extra: count,
  unknown: count,
});

const comparison = object({
  objects: count,
  counts: verdicts,
  kinds: about('Verdicts by the kind of thing that was compared.', byName(verdicts)),
  findings: list(
    object({
      path: text,
      verdict: one('exact', 'approximated', 'lost', 'impossible', 'extra', 'unknown'),
      what: text,
      at: text,
      original: maybe(anything),
      copy: maybe(anything),
      reason: maybe(text),
    }),
  ),
  unread_lists: maybe(count),
});

const difference = object({
  what: text,
  name: maybe(text),
  id: maybe(text),
  was: maybe(text),
  now: maybe(text),
  left: maybe(about('The reason why it stays so.', text)),
});

const inPlace = {
  changes: list(
    object({
      id: text,
      kind: one('page', 'database'),
      path: text,
      action: one('change', 'untrash', 'create'),
      differences: list(difference),
    }),
  ),
  added: about(
    'Objects created since, below restored ones.',
    list(object({ id: text, kind: text, path: text, parent: maybe(text) })),
  ),
  ancestors: about(
    'Ancestors in the trash, which come back too.',
    list(object({ id: text, kind: one('page', 'database', 'data_source', 'block'), title: text })),
  ),
};

const intoNotion = {
  snapshot: digest,
  path: text,
  roots: about(
    'The objects that lie directly in the destination now.',
    list(object({ id: text, kind: text })),
  ),
  counts,
  approximated: count,
  lost: count,
  errors: list(failure),
  refused: about(
    'Things that are missing since Notion refused them.',
    list(object({ id: text, kind: text, outcome: one('lost'), reason: text, path: text })),
  ),
  not_in_snapshot: list(missingPart),
  bytes_uploaded: count,
  damaged: about('Something failed because it is damaged in the store.', flag),
  complete: flag,
  journal_file: text,
  requests: count,
  comparison: maybe(comparison),
};

const fidelity = object({
  kind: text,
  count,
  exact: count,
  approximated: count,
  lost: count,
  reasons: list(object({ outcome: text, reason: text, count })),
});

const plan = object({
  snapshot: digest,
  path: text,
  objects: counts,
  requests: count,
  requests_floor: about('A lower bound.', count),
  requests_by_kind: counts,
  requests_to_verify: count,
  minutes: number,
  requests_per_minute: number,
  files_to_upload: count,
  bytes_to_upload: count,
  fidelity: list(fidelity),
  not_in_snapshot: list(missingPart),
  errors: list(failure),
});

export const restore: Shape = either(
  about('To a folder.', object({ snapshot: digest, path: text, folder: text, ...written })),
  about('Into Notion.', object(intoNotion)),
  about('In place.', object({ ...intoNotion, ...inPlace })),
  about('Into Notion, with --dry-run.', plan),
  about(
    'In place, with --dry-run or where nothing differs.',
    object({
      plan: object({
        counts: object({ compare: count, untrash: count, create: count }),
        ...inPlace,
        not_in_snapshot: list(missingPart),
      }),
    }),
  ),
  about(
    'With --undo.',
    object({
      journal: text,
      snapshot: text,
      objects: list(object({ id: text, kind: text, path: text })),
      trashed: count,
      errors: list(object({ id: text, message: text })),
    }),
  ),
);

export const dump: Shape = object({
  snapshot: digest,
  path: text,
  archive: text,
  format: one('tar', 'zip'),
  ...written,
});
