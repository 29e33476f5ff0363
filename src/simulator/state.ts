/** The simulated workspace: plain data by id, with the few helpers that keep parents, children and rows in step. */
import type { JsonObject } from './json.ts';
import type { Random } from './random.ts';
import { seededRandom } from './random.ts';
import type * as records from './records.ts';
import { attach } from './tree.ts';

export type * from './records.ts';
export * from './tree.ts';

/** The part of a Map the simulator uses, so that a generated workspace can stand in for one. */
export interface Table<T> {
  get(id: string): T | undefined;
  has(id: string): boolean;
  set(id: string, value: T): unknown;
  delete(id: string): boolean;
  values(): IterableIterator<T>;
  readonly size: number;
}

/** A workspace and what the bot may see of it. */
export interface State {
  readonly workspaceId: string;
  workspaceName: string;
  /** The connection's own user. */
  readonly botId: string;
  botName: string;
  /** 5 MiB on the free plan, 5 GiB on paid ones. */
  maxFileUploadBytes: number;
  readonly pages: Table<records.Page>;
  readonly blocks: Table<records.Block>;
  readonly databases: Table<records.Database>;
  readonly dataSources: Table<records.DataSource>;
  readonly views: Table<records.View>;
  readonly comments: Table<records.Comment>;
  readonly users: Table<records.User>;
  readonly customEmojis: Table<records.CustomEmoji>;
  readonly files: Table<records.StoredFile>;
  readonly fileUploads: Table<records.FileUpload>;
  readonly asyncTasks: Table<records.AsyncTask>;
  /** Pages and databases shared with the bot directly; what lies below is visible too. */
  readonly shared: Set<string>;
  /** Cuts through `shared`: these, and what lies below, are hidden from the bot. */
  readonly hidden: Set<string>;
  /** Where new ids come from. */
  readonly random: Random;
}

export interface StateOptions {
  readonly seed?: number;
  readonly workspaceName?: string;
  readonly botName?: string;
}

/** An empty workspace with its bot. */
export function createState(options: StateOptions = {}): State {
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
export function addPage(state: State, page: New<records.Page, 'parent'>): records.Page {
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
export function addBlock(state: State, block: New<records.Block, 'parent' | 'type'>): records.Block {
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
export function addDatabase(state: State, database: New<records.Database, 'parent'>): records.Database {
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
  state: State,
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
export function addView(state: State, view: New<records.View, 'databaseId' | 'type' | 'name'>): records.View {
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
  state: State,
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

export function addUser(state: State, user: Partial<records.User>): records.User {
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
  state: State,
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
