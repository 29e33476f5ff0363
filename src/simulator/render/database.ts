/** Database and data source objects. */
import type { JsonObject } from '../workspace/json.ts';
import type { Database, DataSource, State } from '../workspace/state.ts';
import { isTrashed, isVisible } from '../workspace/state.ts';
import type { RenderContext } from './content.ts';
import {
  exactTime,
  minuteTime,
  partialUser,
  plainText,
  renderContent,
  renderIcon,
  trashMembers,
} from './content.ts';
import { renderParent } from './parent.ts';
import { renderSchema } from './schema.ts';

/** The data sources of a database the bot may see. */
export function visibleSources(state: State, database: Database): DataSource[] {
  return database.dataSources.flatMap((id) => {
    const source = state.dataSources.get(id);
    return source !== undefined && isVisible(state, source) && !source.inTrash ? [source] : [];
  });
}

export function hasVisibleSource(state: State, database: Database): boolean {
  return visibleSources(state, database).length > 0;
}

/** A database as `GET /databases/{id}` shows it. */
export function renderDatabase(context: RenderContext, database: Database): JsonObject {
  const sources = visibleSources(context.state, database);
  const base: JsonObject = {
    object: 'database',
    id: database.id,
    title: renderContent(context, titleText(context.state, database)),
    description: renderContent(context, database.description),
    parent: renderParent(context, database.id, database.parent),
    is_inline: database.isInline,
    ...trashMembers(context, isTrashed(context.state, database)),
    is_locked: database.isLocked,
    created_time: exactTime(database.createdTime),
    last_edited_time: exactTime(database.editedTime),
    data_sources: sources.map((source) => ({ id: source.id, name: sourceName(source) })),
    icon: renderIcon(context, database.id, database.icon),
    cover: database.cover === null ? null : renderContent(context, database.cover),
    url: `https://www.notion.so/${database.id.replaceAll('-', '')}`,
    public_url: database.publicUrl,
  };
  if (context.version >= '2025-09-03') return base;
  const { data_sources: _, ...old } = base;
  const [only] = sources;
  return { ...old, properties: only === undefined ? {} : renderSchema(context, only) };
}

/** The title a database's block shows. */
export function databaseTitle(state: State, database: Database): string {
  return plainText(titleText(state, database));
}

function titleText(state: State, database: Database): Database['title'] {
  if (database.title.length > 0) return database.title;
  const first = state.dataSources.get(database.dataSources[0] ?? '');
  return first !== undefined && first.title.length > 0 ? first.title : untitled;
}

const untitled: JsonObject[] = [
  {
    type: 'text',
    text: { content: 'New database', link: null },
    annotations: {
      bold: false,
      italic: false,
      strikethrough: false,
      underline: false,
      code: false,
      color: 'default',
    },
    plain_text: 'New database',
    href: null,
  },
];

function sourceName(source: DataSource): string {
  const name = plainText(source.title);
  return name === '' ? 'New database' : name;
}

/** A data source as `GET /data_sources/{id}` shows it. */
export function renderDataSource(context: RenderContext, source: DataSource): JsonObject {
  const database = context.state.databases.get(source.databaseId);
  // The first data source shares its database's description.
  const isFirst = database?.dataSources[0] === source.id;
  return {
    object: 'data_source',
    id: source.id,
    cover: source.cover === null ? null : renderContent(context, source.cover),
    icon: renderIcon(context, source.id, source.icon),
    created_time: minuteTime(source.createdTime),
    created_by: partialUser(source.createdBy),
    last_edited_by: partialUser(source.editedBy),
    last_edited_time: minuteTime(source.editedTime),
    title: renderContent(context, source.title),
    description: isFirst ? renderContent(context, database.description) : [],
    is_inline: database?.isInline ?? false,
    properties: renderSchema(context, source),
    parent: { type: 'database_id', database_id: source.databaseId },
    database_parent:
      database === undefined
        ? { type: 'workspace', workspace: true }
        : renderParent(context, source.id, database.parent),
    url: `https://www.notion.so/${source.databaseId.replaceAll('-', '')}`,
    public_url: database?.publicUrl ?? null,
    ...trashMembers(context, isTrashed(context.state, source)),
  };
}
