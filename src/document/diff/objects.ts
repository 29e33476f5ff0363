/** The members that pages, databases and data sources have in common: title, icon, cover, lock, trash, settings. */
import type { Json, JsonObject } from '../json.ts';
import { stringAt } from '../json.ts';
import { plainText } from '../rich-text.ts';
import type { Change, ChangedPart } from './change.ts';
import { isSame, objectDetails } from './forms.ts';

const named: readonly (readonly [member: string, part: ChangedPart])[] = [
  ['icon', 'icon'],
  ['cover', 'cover'],
  ['is_locked', 'lock'],
  ['in_trash', 'trash'],
];

/** Differences of the members that are not listed in `except`; titles are those of `titles`. */
export function diffMembers(
  before: JsonObject,
  after: JsonObject,
  name: string,
  titles: { readonly before: Json; readonly after: Json },
  except: readonly string[],
): Change[] {
  const id = stringAt(after, 'id') ?? '';
  const parts = named.filter(([member]) => !isSame(before[member], after[member]));
  const words = [
    ...textChange('title', id, name, titles.before, titles.after),
    ...textChange('description', id, name, before.description ?? null, after.description ?? null),
  ];
  const settings = objectDetails(before, after, [
    ...named.map(([member]) => member),
    ...['id', 'title', 'description', 'properties', 'parent', 'archived', 'is_archived'],
    ...except,
  ]);
  return [
    ...words,
    ...parts.map(
      ([member, part]): Change => ({
        kind: 'changed',
        part,
        id,
        name,
        details: [{ name: member, before: before[member] ?? null, after: after[member] ?? null }],
      }),
    ),
    ...(settings.length === 0
      ? []
      : [{ kind: 'changed', part: 'page setting', id, name, details: settings } as const]),
  ];
}

function textChange(
  part: 'title' | 'description',
  id: string,
  name: string,
  before: Json,
  after: Json,
): Change[] {
  if (isSame(before, after)) return [];
  const [old, now] = [plainText(before), plainText(after)];
  if (old !== now)
    return [{ kind: part === 'title' ? 'renamed' : 'changed', part, id, name, before: old, after: now }];
  return [{ kind: 'changed', part, id, name, after: now, details: [{ name: 'formatting', before, after }] }];
}
