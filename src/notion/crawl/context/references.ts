/** Collects the references in an object's content: other objects, people and emoji. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import type { DiscoveryPath } from '../state/discovery-paths.ts';
import type { ObjectKind } from '../state/objects.ts';

export interface Reference {
  readonly kind: ObjectKind | 'data_source';
  readonly id: string;
  readonly path: DiscoveryPath;
}

export interface References {
  /** By kind, id and path: each once. */
  readonly objects: Map<string, Reference>;
  /** Compact ids of users. */
  readonly users: Set<string>;
  /** Custom emoji by compact id. */
  readonly emojis: Map<string, JsonObject>;
}

export function noReferences(): References {
  return { objects: new Map(), users: new Set(), emojis: new Map() };
}

/** Adds everything `value` points at, at any depth, to `into`. */
export function collectReferences(value: Json, into: References): void {
  if (Array.isArray(value)) for (const each of value) collectReferences(each, into);
  if (!isObject(value)) return;
  if (value.object === 'user') addUser(value, into);
  addByType(value, into);
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null) collectReferences(member, into);
  }
}

function addByType(value: JsonObject, into: References): void {
  if (value.type === 'mention') addMention(objectAt(value, 'mention'), into);
  else if (value.type === 'link_to_page') addLink(objectAt(value, 'link_to_page'), into);
  else if (value.type === 'relation') addRelation(value, into);
  else if (value.type === 'custom_emoji') addEmoji(objectAt(value, 'custom_emoji'), into);
}

function addLink(link: JsonObject | undefined, into: References): void {
  addObject('page', stringAt(link, 'page_id'), 'link', into);
  addObject('database', stringAt(link, 'database_id'), 'link', into);
}

/** Both what a page's relation holds and where a schema's relation leads. */
function addRelation(value: JsonObject, into: References): void {
  for (const item of arrayAt(value, 'relation')) addObject('page', stringAt(item, 'id'), 'relation', into);
  addSource(objectAt(value, 'relation'), 'relation', into);
}

function addMention(mention: JsonObject | undefined, into: References): void {
  addObject('page', stringAt(objectAt(mention, 'page'), 'id'), 'mention', into);
  addObject('database', stringAt(objectAt(mention, 'database'), 'id'), 'mention', into);
  addObject('data_source', stringAt(objectAt(mention, 'data_source'), 'id'), 'mention', into);
}

/** The data source a relation's schema or a view names. */
export function addSource(holder: JsonObject | undefined, path: DiscoveryPath, into: References): void {
  const source = stringAt(holder, 'data_source_id');
  if (source === undefined) addObject('database', stringAt(holder, 'database_id'), path, into);
  else addObject('data_source', source, path, into);
}

function addObject(
  kind: Reference['kind'],
  id: string | undefined,
  path: DiscoveryPath,
  into: References,
): void {
  if (id === undefined || id === '') return;
  const compact = compactId(id);
  into.objects.set(`${kind} ${compact} ${path}`, { kind, id: compact, path });
}

function addUser(user: JsonObject, into: References): void {
  const id = stringAt(user, 'id');
  if (id !== undefined && id !== '') into.users.add(compactId(id));
}

function addEmoji(emoji: JsonObject | undefined, into: References): void {
  const id = stringAt(emoji, 'id');
  if (emoji !== undefined && id !== undefined && !into.emojis.has(compactId(id))) {
    into.emojis.set(compactId(id), { ...emoji });
  }
}
