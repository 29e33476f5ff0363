/** Data sources: add one to a database, change its schema, move it, trash it. */
import { validationError } from '../protocol/api-error.ts';
import type { Context } from '../protocol/routes.ts';
import { renderDataSource } from '../render/database.ts';
import type { JsonObject } from '../workspace/json.ts';
import { objectAt, stringAt } from '../workspace/json.ts';
import type { Database, DataSource, PropertySchema } from '../workspace/state.ts';
import { addDataSource, addView, isTrashed, touch } from '../workspace/state.ts';
import { icon } from './check/icons.ts';
import { dataSourceParent } from './check/parents.ts';
import type { Check } from './check/problems.ts';
import { newProperty, propertyChange } from './check/property-schemas.ts';
import { richText } from './check/rich-text.ts';
import { boolean, nullable, optional, record } from './check/shapes.ts';
import type { Draft } from './create/draft.ts';
import { newDraft, settle } from './create/draft.ts';
import { storeIcon } from './create/icons.ts';
import { newSchema } from './create/new-schema.ts';
import { refuseTrashed, seeDatabase, seeDataSource } from './create/reach.ts';
import { storeRichText } from './create/rich-text.ts';
import { changeSchema } from './create/schema-changes.ts';
import { mirrorExisting, refreshRollupNames } from './create/schema-effects.ts';
import { acceptBody } from './refuse.ts';

/** The definitions of a new schema, each named. */
export const newProperties: Check = record(newProperty);

/** A description is refused when a source is added to a database that exists (seen in a live test). */
const addedProperties: Check = record((value, path, problems) => {
  newProperty(value, path, problems);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  if (value.description !== undefined)
    problems.should(`${path}.description`, 'be not present', value.description);
});

/** `POST /data_sources` */
export function createDataSource(context: Context): JsonObject {
  const { body } = context;
  acceptBody(body, {
    parent: dataSourceParent,
    properties: addedProperties,
    title: optional(richText),
    icon: optional(nullable(icon)),
  });
  const database = seeDatabase(context, stringAt(objectAt(body, 'parent'), 'database_id') ?? '');
  refuseTrashed(context, database);
  if (database.isWiki || database.isLinked)
    throw validationError('This database cannot hold another data source.');
  const draft = newDraft(context);
  const created = draftDataSource(draft, body, database.id);
  const storedIcon = storeIcon(draft, body.icon, 'icon');
  settle(draft);
  const source = addSourceWithView(context, { ...created, icon: storedIcon });
  touch(database, context.clock.now(), context.state.botId);
  context.committed = { resourceId: source.id };
  return renderDataSource(context, source);
}

/** `PATCH /data_sources/{data_source_id}` */
export function updateDataSource(context: Context): JsonObject {
  const { body, params, state } = context;
  const source = seeDataSource(context, params.data_source_id ?? '');
  acceptBody(body, {
    title: optional(richText),
    icon: optional(nullable(icon)),
    properties: optional(record(propertyChange)),
    in_trash: optional(boolean),
    parent: optional(dataSourceParent),
  });
  if (isTrashed(state, source) && !(source.inTrash && body.in_trash === false))
    refuseTrashed(context, source);
  const draft = newDraft(context);
  const before = source.schema;
  const schema =
    body.properties === undefined ? before : changeSchema(draft, source, objectAt(body, 'properties'));
  const title = body.title === undefined ? source.title : storeRichText(draft, body.title);
  const newIcon = body.icon === undefined ? source.icon : storeIcon(draft, body.icon, 'icon');
  const target = body.parent === undefined ? undefined : newHome(context, objectAt(body, 'parent'));
  applySchema(context, draft, source, schema);
  Object.assign(source, { title, icon: newIcon });
  if (target !== undefined) moveSource(context, source, target);
  if (typeof body.in_trash === 'boolean') source.inTrash = body.in_trash;
  touch(source, context.clock.now(), state.botId);
  context.committed = { resourceId: source.id };
  return renderDataSource(context, source);
}

/** The record of a data source about to be, with its schema judged. @throws ApiError 400 or 404 */
export function draftDataSource(draft: Draft, body: JsonObject, databaseId: string): DataSource {
  const { state, clock } = draft.context;
  const now = clock.now();
  const empty: DataSource = {
    kind: 'data_source',
    id: state.random.uuid(),
    databaseId,
    createdTime: now,
    editedTime: now,
    createdBy: state.botId,
    editedBy: state.botId,
    title: storeRichText(draft, body.title),
    icon: null,
    cover: null,
    inTrash: false,
    schema: [],
    rows: [],
    templates: [],
    nextUniqueId: 1,
  };
  return { ...empty, schema: newSchema(draft, objectAt(body, 'properties'), empty) };
}

/** Puts a data source into its database together with the view Notion creates for it. */
export function addSourceWithView(context: Context, created: DataSource): DataSource {
  const { state, clock } = context;
  const source = addDataSource(state, created);
  const { id, databaseId } = source;
  addView(state, {
    databaseId,
    dataSourceId: id,
    name: 'Default view',
    type: 'table',
    createdTime: clock.now(),
  });
  return source;
}

function applySchema(
  context: Context,
  draft: Draft,
  source: DataSource,
  schema: readonly PropertySchema[],
): void {
  const before = source.schema;
  source.schema = schema;
  settle(draft);
  mirrorExisting(context, source, before);
  refreshRollupNames(context.state);
}

/** @throws ApiError 404 or 400 */
function newHome(context: Context, parent: JsonObject): Database {
  const database = seeDatabase(context, stringAt(parent, 'database_id') ?? '');
  refuseTrashed(context, database);
  if (database.isWiki || database.isLinked)
    throw validationError('This database cannot hold another data source.');
  return database;
}

function moveSource(context: Context, source: DataSource, target: Database): void {
  if (source.databaseId === target.id) return;
  const home = context.state.databases.get(source.databaseId);
  if (home !== undefined) home.dataSources = home.dataSources.filter((id) => id !== source.id);
  target.dataSources = [...target.dataSources, source.id];
  source.databaseId = target.id;
}
