/** References in a part of a document: objects, originals of synced blocks, comments, people, custom emoji. */
import { isOwnObjectBlockType } from '../../../document/block-types.ts';
import { childrenOf } from '../../../document/blocks.ts';
import type { BlockNode } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, linkedId } from '../../../document/notion-id.ts';

export type Reference =
  /** A page or database. */
  | { readonly kind: 'object'; readonly id: CompactId }
  /** A page or database a link leads to: remapped when it is restored too, else left alone. */
  | { readonly kind: 'link'; readonly id: CompactId }
  /** The original of a synced block. */
  | { readonly kind: 'block'; readonly id: CompactId }
  | { readonly kind: 'comment'; readonly id: CompactId }
  | { readonly kind: 'user'; readonly id: CompactId }
  | { readonly kind: 'emoji'; readonly id: CompactId };

/** The references of a block and of everything below it. */
export function* blockReferences(block: BlockNode): Iterable<Reference> {
  const type = stringAt(block, 'type') ?? '';
  const payload = objectAt(block, type) ?? {};
  const id = compactId(stringAt(block, 'id') ?? '');
  if (isOwnObjectBlockType(type)) yield { kind: 'object', id };
  else yield* ownReferences(type, payload);
  for (const child of childrenOf(block)) yield* blockReferences(child);
}

function* ownReferences(type: string, payload: JsonObject): Iterable<Reference> {
  if (type === 'synced_block') {
    const from = stringAt(objectAt(payload, 'synced_from'), 'block_id');
    if (from !== undefined) yield { kind: 'block', id: compactId(from) };
  }
  if (type === 'link_to_page') {
    const target = stringAt(payload, 'page_id') ?? stringAt(payload, 'database_id');
    if (target !== undefined) yield { kind: 'object', id: compactId(target) };
    const comment = stringAt(payload, 'comment_id');
    if (comment !== undefined) yield { kind: 'comment', id: compactId(comment) };
  }
  for (const key of ['rich_text', 'caption', 'cells', 'title', 'icon']) yield* valueReferences(payload[key]);
}

/** The references of rich text, icons and property values, at any depth. */
export function* valueReferences(value: Json | undefined): Iterable<Reference> {
  if (Array.isArray(value)) for (const item of value) yield* valueReferences(item);
  if (!isObject(value)) return;
  if (value.type === 'mention') yield* mentionReference(objectAt(value, 'mention') ?? {});
  else if (value.type === 'text') {
    const target = linkedId(stringAt(objectAt(objectAt(value, 'text'), 'link'), 'url') ?? '');
    if (target !== undefined) yield { kind: 'link', id: target };
  } else if (value.type === 'custom_emoji') {
    yield { kind: 'emoji', id: compactId(stringAt(objectAt(value, 'custom_emoji'), 'id') ?? '') };
  }
}

function* mentionReference(mention: JsonObject): Iterable<Reference> {
  const type = stringAt(mention, 'type') ?? '';
  const id = compactId(stringAt(objectAt(mention, type), 'id') ?? '');
  if (type === 'page' || type === 'database') yield { kind: 'object', id };
  else if (type === 'user') yield { kind: 'user', id };
  else if (type === 'custom_emoji') yield { kind: 'emoji', id };
}

/** The references of a page's icon and property values; relations are kept apart, in the journal. */
export function* pageReferences(page: JsonObject): Iterable<Reference> {
  yield* valueReferences(page.icon);
  for (const property of Object.values(objectAt(page, 'properties') ?? {})) {
    const type = stringAt(property, 'type') ?? '';
    const value = isObject(property) ? property[type] : undefined;
    if (type === 'title' || type === 'rich_text') yield* valueReferences(value);
    else if (type === 'people') for (const id of idsIn(value)) yield { kind: 'user', id };
  }
}

/** The references of a page's relation values. */
export function* relationReferences(page: JsonObject): Iterable<Reference> {
  for (const property of Object.values(objectAt(page, 'properties') ?? {})) {
    if (stringAt(property, 'type') !== 'relation') continue;
    for (const id of idsIn(isObject(property) ? property.relation : undefined)) yield { kind: 'object', id };
  }
}

function* idsIn(value: Json | undefined): Iterable<CompactId> {
  if (!Array.isArray(value)) return;
  for (const item of value) {
    const id = stringAt(item, 'id');
    if (id !== undefined) yield compactId(id);
  }
}
