/** Links of a rendered page: other objects have the addresses of this server, files lie below the address of their page. */
import { setTimeout } from 'node:timers/promises';
import type { DatabaseDocument, PageDocument } from '../../document/documents.ts';
import { isObject, objectAt, stringAt } from '../../document/json.ts';
import { compactId, linkedId } from '../../document/notion-id.ts';
import type { Links } from '../../document/render/tree/links.ts';
import { objectAddress } from '../addresses.ts';
import type { PlacedObject } from './objects.ts';
import type { OpenSnapshot } from './snapshot.ts';

/** Objects named in one page beyond so many are shown by their ids. */
const maxTitles = 2000;

const patienceMs = 300;

/** The links of `documents`, all shown on the page of `object`. @throws KlosetError `integrity` */
export async function pageLinks(
  snapshot: OpenSnapshot,
  object: PlacedObject,
  documents: readonly (PageDocument | DatabaseDocument | object)[],
): Promise<Links> {
  const named = new Set<string>();
  for (const document of documents) addNamedIds(document, named);
  const titles = new Map<string, string>();
  for (const id of [...named].slice(0, maxTitles)) {
    const found = await snapshot.objects.find(id);
    if (found !== undefined) titles.set(id, await snapshot.title(found));
  }
  // Addresses of Notion lead to the kept page where there is one. Looking through the whole tree for it takes no longer than this.
  const targets = documents.flatMap((document) => [...linkedIds(document)]);
  const looked = Promise.all(targets.map((id) => snapshot.objects.find(id)));
  looked.catch(() => undefined);
  await Promise.race([looked, setTimeout(patienceMs, undefined, { ref: false })]);
  const unread = await snapshot.unread();
  const ancestors = await Promise.all(
    (await snapshot.objects.above(object.path)).map(async (above) => ({
      title: (await snapshot.title(above)) || 'Untitled',
      href: objectAddress(snapshot.id, above.id),
    })),
  );
  return {
    object: (id) =>
      snapshot.objects.mayHave(id) && !unread.has(compactId(id)) ? objectAddress(snapshot.id, id) : undefined,
    title: (id) => titles.get(compactId(id)),
    ancestors: () => ancestors,
    unread: (id) => unread.get(compactId(id))?.reason,
  };
}

/** Ids of objects that a document names without a title: relations, mentions, links to pages. */
function addNamedIds(value: unknown, ids: Set<string>): void {
  if (Array.isArray(value)) for (const member of value) addNamedIds(member, ids);
  if (!isObject(value)) return;
  for (const id of namedIds(value)) ids.add(compactId(id));
  for (const member of Object.values(value)) if (typeof member === 'object') addNamedIds(member, ids);
}

function namedIds(value: { readonly [key: string]: unknown }): string[] {
  if (value.type === 'relation' && Array.isArray(value.relation))
    return value.relation.flatMap((item) => stringAt(item, 'id') ?? []);
  if (value.type === 'mention') {
    const mention = objectAt(value, 'mention');
    return [stringAt(objectAt(mention, 'page') ?? objectAt(mention, 'database'), 'id') ?? []].flat();
  }
  if (value.type === 'link_to_page') {
    const target = objectAt(value, 'link_to_page');
    return [stringAt(target, 'page_id') ?? stringAt(target, 'database_id') ?? []].flat();
  }
  return [];
}

/** Ids of every object that a document links to, for "linked from". */
export function linkedIds(document: object): Set<string> {
  const ids = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const member of value) visit(member);
    if (!isObject(value)) return;
    for (const id of namedIds(value)) ids.add(compactId(id));
    const url = typeof value.href === 'string' ? value.href : value.url;
    const target = typeof url === 'string' ? linkedId(url) : undefined;
    if (target !== undefined) ids.add(target);
    for (const member of Object.values(value)) if (typeof member === 'object') visit(member);
  };
  visit(document);
  return ids;
}
