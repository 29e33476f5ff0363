/** The simulated workspace: plain data by id, with the few helpers that keep parents, children and rows in step. */
import type { JsonObject } from './json.ts';
import { type Random, seededRandom } from './random.ts';
import type * as records from './records.ts';

export type * from './records.ts';

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

/** The object with this id, whatever it is. */
export function findContainer(state: State, id: string): records.Container | undefined {
  return state.pages.get(id) ?? state.blocks.get(id) ?? state.databases.get(id) ?? state.dataSources.get(id);
}

/** What a page, block, database or data source lies in; undefined at the top or when the parent is gone. */
export function parentOf(state: State, object: records.Container): records.Container | undefined {
  if (object.kind === 'data_source') return state.databases.get(object.databaseId);
  switch (object.parent.type) {
    case 'page_id':
      return state.pages.get(object.parent.id);
    case 'block_id':
      return state.blocks.get(object.parent.id);
    case 'database_id':
      return state.databases.get(object.parent.id);
    case 'data_source_id':
      return state.dataSources.get(object.parent.id);
    default:
      return undefined;
  }
}

/** True when the bot may see the object: it, or something above it, is shared and nothing between is hidden. */
export function isVisible(state: State, object: records.Container): boolean {
  for (const link of chain(state, object)) {
    if (state.hidden.has(link.id)) return false;
    if (state.shared.has(link.id)) return true;
  }
  return false;
}

/** True when the object or anything above it is in the trash. */
export function isTrashed(state: State, object: records.Container): boolean {
  for (const link of chain(state, object)) if (link.inTrash) return true;
  return false;
}

/** The page a block lies on; the page itself for a page. */
export function pageOf(state: State, object: records.Container): records.Page | undefined {
  for (const link of chain(state, object)) if (link.kind === 'page') return link;
  return undefined;
}

/**
 * Moves a page, block or database under another parent.
 * @param at index among the new parent's children; the end when left out
 */
export function moveTo(
  state: State,
  object: records.Page | records.Block | records.Database,
  parent: records.Parent,
  at?: number,
): void {
  detach(state, object);
  object.parent = parent;
  attach(state, object, at);
}

/** Takes an object out of its parent's children or rows and forgets it, as purging does. What lies below stays behind. */
export function purge(state: State, object: records.Container): void {
  if (object.kind !== 'data_source') detach(state, object);
  state.pages.delete(object.id);
  state.blocks.delete(object.id);
  state.databases.delete(object.id);
  state.dataSources.delete(object.id);
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

/** Inserts `id` at `at`, or at the end. */
export function withChild(children: readonly string[], id: string, at?: number): string[] {
  const result = children.filter((child) => child !== id);
  result.splice(at ?? result.length, 0, id);
  return result;
}

function attach(state: State, object: records.Page | records.Block | records.Database, at?: number): void {
  const parent = parentOf(state, object);
  if (parent === undefined || ('isTemplate' in object && object.isTemplate)) return;
  if (parent.kind === 'data_source') parent.rows.push(object.id);
  else if (parent.kind !== 'database') parent.children = withChild(parent.children, object.id, at);
}

function detach(state: State, object: records.Page | records.Block | records.Database): void {
  const parent = parentOf(state, object);
  if (parent === undefined) return;
  if (parent.kind === 'data_source') parent.rows = parent.rows.filter((row) => row !== object.id);
  else if (parent.kind !== 'database') {
    parent.children = parent.children.filter((child) => child !== object.id);
  }
}

/** The object and everything above it, nearest first; ends at a parent that is gone or seen before. */
function* chain(state: State, object: records.Container): Generator<records.Container> {
  const seen = new Set<string>();
  for (
    let link: records.Container | undefined = object;
    link !== undefined && !seen.has(link.id);
    link = parentOf(state, link)
  ) {
    seen.add(link.id);
    yield link;
  }
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
