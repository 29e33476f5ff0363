/** Databases: create with a first data source and a view, change, move, trash. */
import { validationError } from '../protocol/api-error.ts';
import type { Context } from '../protocol/routes.ts';
import { renderDatabase } from '../render/database.ts';
import type { JsonObject } from '../workspace/json.ts';
import { objectAt, stringAt } from '../workspace/json.ts';
import type { Database, Page, Parent } from '../workspace/state.ts';
import { addDatabase, moveTo, touch } from '../workspace/state.ts';
import { refuseBlockLimit, refuseWriteIntoTrash } from './blocks.ts';
import { cover, icon } from './check/icons.ts';
import { databaseParent } from './check/parents.ts';
import { richText } from './check/rich-text.ts';
import type { ObjectRule } from './check/shapes.ts';
import { boolean, object, optional } from './check/shapes.ts';
import { newDraft, settle } from './create/draft.ts';
import { storeIcon } from './create/icons.ts';
import { refuseTrashed, seeDatabase, seePage } from './create/reach.ts';
import { storeRichText } from './create/rich-text.ts';
import { addSourceWithView, draftDataSource, newProperties } from './data-sources.ts';
import { acceptBody } from './refuse.ts';

/** Here, unlike on pages, null clears neither icon nor cover (SDK types). */
const looks: ObjectRule = {
  title: optional(richText),
  description: optional(richText),
  is_inline: optional(boolean),
  icon: optional(icon),
  cover: optional(cover),
};

/** `POST /databases` */
export function createDatabase(context: Context): JsonObject {
  const { body, state } = context;
  acceptBody(body, {
    parent: databaseParent,
    ...looks,
    initial_data_source: optional(object({ properties: optional(newProperties) })),
  });
  const { parent, page } = seeParent(context, objectAt(body, 'parent'));
  refuseBlockLimit(context);
  const draft = newDraft(context);
  const id = state.random.uuid();
  const properties = objectAt(body, 'initial_data_source').properties ?? { Name: { title: {} } };
  const created = draftDataSource(draft, { title: body.title ?? [], properties }, id);
  const appearance = {
    title: storeRichText(draft, body.title),
    description: storeRichText(draft, body.description),
    icon: storeIcon(draft, body.icon, 'icon'),
    cover: storeIcon(draft, body.cover, 'cover'),
  };
  settle(draft);
  const now = context.clock.now();
  const database = addDatabase(state, {
    id,
    parent,
    ...appearance,
    isInline: body.is_inline === true,
    createdTime: now,
  });
  addSourceWithView(context, { ...created, cover: appearance.cover });
  // Seen: creating a database moves the time of the page it lies on.
  if (page !== undefined) touch(page, now, state.botId);
  context.committed = { resourceId: database.id };
  return renderDatabase(context, database);
}

/** `PATCH /databases/{database_id}` */
export function updateDatabase(context: Context): JsonObject {
  const { body, params, state } = context;
  const database = seeDatabase(context, params.database_id ?? '');
  acceptBody(body, {
    ...looks,
    parent: optional(databaseParent),
    in_trash: optional(boolean),
    is_locked: optional(boolean),
  });
  refuseWriteIntoTrash(context, database, body.in_trash === false);
  const draft = newDraft(context);
  const changes: Partial<Database> = {};
  if (body.title !== undefined) changes.title = storeRichText(draft, body.title);
  if (body.description !== undefined) changes.description = storeRichText(draft, body.description);
  if (body.icon !== undefined) changes.icon = storeIcon(draft, body.icon, 'icon');
  if (body.cover !== undefined) changes.cover = storeIcon(draft, body.cover, 'cover');
  if (typeof body.is_inline === 'boolean') changes.isInline = body.is_inline;
  if (typeof body.is_locked === 'boolean') changes.isLocked = body.is_locked;
  if (typeof body.in_trash === 'boolean') changes.inTrash = body.in_trash;
  const home = body.parent === undefined ? undefined : seeParent(context, objectAt(body, 'parent')).parent;
  settle(draft);
  Object.assign(database, changes);
  if (changes.cover !== undefined) shareCover(context, database);
  if (home !== undefined) moveTo(state, database, home);
  touch(database, context.clock.now(), state.botId);
  context.committed = { resourceId: database.id };
  return renderDatabase(context, database);
}

/** The cover of a data source is its own but set through its database. */
function shareCover(context: Context, database: Database): void {
  const first = context.state.dataSources.get(database.dataSources[0] ?? '');
  if (first !== undefined) first.cover = database.cover;
}

/** @throws ApiError 404 out of reach, 400 in the trash or at the top */
function seeParent(
  context: Context,
  given: JsonObject,
): { readonly parent: Parent; readonly page: Page | undefined } {
  if (given.workspace !== undefined) {
    if (context.state.botOwner === 'user') return { parent: { type: 'workspace', id: '' }, page: undefined };
    throw validationError(
      'Internal integrations are not allowed to create databases at the workspace level.',
    );
  }
  const page = seePage(context, stringAt(given, 'page_id') ?? '');
  refuseTrashed(context, page);
  return { parent: { type: 'page_id', id: page.id }, page };
}
