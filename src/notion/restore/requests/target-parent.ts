/** Where in the target an object is made. */

import type { JsonObject } from '../../../document/json.ts';
import { stringAt } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import type { RestoredObject } from '../journal/objects.ts';
import { homeOf, objectOf } from '../journal/objects.ts';
import { idsOf, listChildren } from './read-back.ts';
import type { RestoreContext } from './restore-context.ts';
import { readPage } from './snapshot-documents.ts';

/** Where an object is made. */
export interface MadeIn {
  /** `parent` as requests take it. */
  readonly request: JsonObject;
  /** New id of the page; undefined for a data source or the workspace. */
  readonly page: string | undefined;
  readonly source: string | undefined;
  /** True directly in the destination. */
  readonly isRoot: boolean;
}

/** @throws KlosetError `incomplete` when what it should lie in was not made */
export function parentOf(context: RestoreContext, object: RestoredObject): MadeIn {
  const { journal, destination } = context;
  if (object.source !== null) {
    const source = journal.newId(object.source);
    if (source === undefined)
      throw new KlosetError('incomplete', 'The data source it belongs to was not restored.');
    return {
      request: { type: 'data_source_id', data_source_id: source },
      page: undefined,
      source,
      isRoot: journal.seen('kept source', object.source) !== undefined,
    };
  }
  const home = homeOf(journal, object);
  if (home === undefined && destination.type === 'workspace' && journal.seen('home', object.id) === undefined)
    return {
      request: { type: 'workspace', workspace: true },
      page: undefined,
      source: undefined,
      isRoot: true,
    };
  const page = home === undefined ? destinationPage(context, object) : journal.newId(home);
  if (page === undefined) throw new KlosetError('incomplete', 'The page it lies on was not restored.');
  // In a page that was there before, what is made can be undone only by itself.
  const isRoot = home === undefined || journal.seen('kept', home) !== undefined;
  return { request: { type: 'page_id', page_id: page }, page, source: undefined, isRoot };
}

/** What undoing needs to find a page or database that was made though no answer came. */
export function rootDetail(parent: MadeIn, title: string): JsonObject {
  return parent.isRoot ? { root: parent.page ?? 'workspace', title } : {};
}

/** The page things at the top are made on; in place, the one they lay on. */
function destinationPage(
  { journal, destination }: RestoreContext,
  object: RestoredObject,
): string | undefined {
  if (destination.type === 'page') return dashedId(destination.id);
  const home = journal.seen('home', object.id);
  return home === undefined ? undefined : dashedId(home);
}

/** On a page that was there before (a restore in place), a page goes behind what it stood behind. */
export async function positionInKept(
  context: RestoreContext,
  object: RestoredObject,
  parent: MadeIn,
): Promise<JsonObject> {
  const { journal } = context;
  const home = homeOf(journal, object);
  if (home === undefined || parent.page === undefined || journal.seen('kept', home) === undefined) return {};
  const { blocks } = await readPage(context.snapshot, objectOf(journal, home)?.path ?? '');
  const there = new Set((await idsOf(listChildren(context.api, parent.page))).map(compactId));
  const place = blocks.findIndex((block) => compactId(stringAt(block, 'id') ?? '') === object.id);
  if (place === -1) return {};
  for (const block of blocks.slice(0, place).reverse()) {
    const old = stringAt(block, 'id') ?? '';
    const id = journal.newId(old) ?? dashedId(old);
    if (there.has(compactId(id))) return { position: { type: 'after_block', after_block: { id } } };
  }
  return { position: { type: 'page_start' } };
}
