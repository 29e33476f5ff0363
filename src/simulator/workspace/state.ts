/** The simulated workspace: plain data by id, with the few helpers that keep parents, children and rows in step. */
import type { JsonObject } from './json.ts';
import { seededRandom } from './random.ts';
import type * as records from './records.ts';
import { attach } from './tree.ts';

export type * from './records.ts';
export * from './tree.ts';

export interface StateOptions {
  readonly seed?: number;
  readonly workspaceName?: string;
  readonly botName?: string;
}

/** An empty workspace with its bot. */
export function createState(options: StateOptions = {}): records.State {
  const random = seededRandom(options.seed ?? 1);
  const botId = random.uuid();
  const botName = options.botName ?? 'Kloset bot';
  const users = new Map<string, records.User>();
  users.set(botId, { id: botId, type: 'bot', name: botName, avatarKey: null, email: null, isGuest: false });
  return {
    workspaceId: random.uuid(),
    workspaceName: options.workspaceName ?? 'Simulated workspace',
    botId,
    botName,
    botOwner: 'workspace',
    maxFileUploadBytes: 5 * 1024 * 1024 * 1024,
    pages: new Map(),
    blocks: new Map(),
    databases: new Map(),
    dataSources: new Map(),
    views: new Map(),
    comments: new Map(),
    users,
    customEmojis: new Map(),
    files: new Map(),
    fileUploads: new Map(),
    asyncTasks: new Map(),
    shared: new Set(),
    hidden: new Set(),
    random,
  };
}

/** A record without what the helper fills in. */
export type New<T, Required extends keyof T> = Partial<T> & Pick<T, Required>;

/** Adds a page, and puts it at the end of its parent's children or rows. Times default to 0: pass them. */
export function addPage(state: records.State, page: New<records.Page, 'parent'>): records.Page {
  const record: records.Page = {
    kind: 'page',
    id: page.id ?? state.random.uuid(),
    ...stamps(state, page),
    inTrash: false,
    isArchived: false,
    isLocked: false,
    isTemplate: false,
    icon: null,
    cover: null,
    publicUrl: null,
    values: {},
    children: [],
    ...page,
  };
  state.pages.set(record.id, record);
  attach(state, record);
  return record;
}

/** Adds a block at the end of its parent's children. */
export function addBlock(state: records.State, block: New<records.Block, 'parent' | 'type'>): records.Block {
  const record: records.Block = {
    kind: 'block',
    id: block.id ?? state.random.uuid(),
    ...stamps(state, block),
    payload: {},
    inTrash: false,
    children: [],
    ...block,
  };
  state.blocks.set(record.id, record);
  attach(state, record);
  return record;
}

/** Adds a database at the end of its parent's children; its data sources are added apart. */
export function addDatabase(
  state: records.State,
  database: New<records.Database, 'parent'>,
): records.Database {
  const record: records.Database = {
    kind: 'database',
    id: database.id ?? state.random.uuid(),
    ...stamps(state, database),
    title: [],
    description: [],
    icon: null,
    cover: null,
    isInline: false,
    isLocked: false,
    inTrash: false,
    isWiki: false,
    publicUrl: null,
    isLinked: false,
    dataSources: [],
    views: [],
    ...database,
  };
  state.databases.set(record.id, record);
  attach(state, record);
  return record;
}

/** Adds a data source to its database. A title property is added when the schema has none. */
export function addDataSource(
  state: records.State,
  source: New<records.DataSource, 'databaseId'>,
): records.DataSource {
  const schema = source.schema ?? [];
  const title: records.PropertySchema = {
    id: 'title',
    name: 'Name',
    description: null,
    type: 'title',
    config: {},
  };
  const record: records.DataSource = {
    kind: 'data_source',
    id: source.id ?? state.random.uuid(),
    ...stamps(state, source),
    title: [],
    icon: null,
    cover: null,
    inTrash: false,
    rows: [],
    templates: [],
    nextUniqueId: 1,
    ...source,
    schema: schema.some((property) => property.type === 'title') ? schema : [title, ...schema],
  };
  state.dataSources.set(record.id, record);
  const database = state.databases.get(record.databaseId);
  if (database !== undefined) database.dataSources = [...database.dataSources, record.id];
  return record;
}

/** Adds a view at the end of its database's views. */
export function addView(
  state: records.State,
  view: New<records.View, 'databaseId' | 'type' | 'name'>,
): records.View {
  const record: records.View = {
    kind: 'view',
    id: view.id ?? state.random.uuid(),
    ...stamps(state, view),
    dataSourceId: null,
    dashboardViewId: null,
    filter: null,
    sorts: null,
    quickFilters: null,
    configuration: null,
    ...view,
  };
  state.views.set(record.id, record);
  const database = state.databases.get(record.databaseId);
  if (database !== undefined) database.views = [...database.views, record.id];
  return record;
}

export function addComment(
  state: records.State,
  comment: New<records.Comment, 'parent' | 'richText'>,
): records.Comment {
  const record: records.Comment = {
    kind: 'comment',
    id: comment.id ?? state.random.uuid(),
    ...stamps(state, comment),
    discussionId: state.random.uuid(),
    attachments: [],
    displayName: { type: 'user', resolvedName: null },
    isResolved: false,
    ...comment,
  };
  state.comments.set(record.id, record);
  return record;
}

export function addUser(state: records.State, user: Partial<records.User>): records.User {
  const record: records.User = {
    id: user.id ?? state.random.uuid(),
    type: 'person',
    name: null,
    avatarKey: null,
    email: null,
    isGuest: false,
    ...user,
  };
  state.users.set(record.id, record);
  return record;
}

/** Marks an object edited by somebody at `time`. */
export function touch(object: { editedTime: number; editedBy: string }, time: number, userId: string): void {
  object.editedTime = time;
  object.editedBy = userId;
}

/** Rich text of one plain run, as answers have it. */
export function richText(content: string): JsonObject[] {
  if (content === '') return [];
  return [
    {
      type: 'text',
      text: { content, link: null },
      annotations: {
        bold: false,
        italic: false,
        strikethrough: false,
        underline: false,
        code: false,
        color: 'default',
      },
      plain_text: content,
      href: null,
    },
  ];
}

function stamps(
  state: records.State,
  given: { createdTime?: number; editedTime?: number; createdBy?: string; editedBy?: string },
) {
  const createdTime = given.createdTime ?? 0;
  const createdBy = given.createdBy ?? state.botId;
  return {
    createdTime,
    editedTime: given.editedTime ?? createdTime,
    createdBy,
    editedBy: given.editedBy ?? createdBy,
  };
}
