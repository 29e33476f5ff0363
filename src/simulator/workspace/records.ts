/**
 * Records of the simulated workspace, as plain data. Times are exact milliseconds (answers floor them); rich text,
 * icons and block payloads are the API's own JSON in its response form, with three differences, undone by `render`:
 * a hosted file is `{type:"file", file:{key}}` (no URL), a user is `{object:"user", id}`, and a custom emoji is
 * `{type:"custom_emoji", custom_emoji:{id}}`.
 */
import type { Json, JsonObject } from './json.ts';
import type { Random } from './random.ts';

export type ParentType = 'workspace' | 'page_id' | 'block_id' | 'database_id' | 'data_source_id' | 'agent_id';

/** `id` is empty for the workspace. */
export interface Parent {
  readonly type: ParentType;
  readonly id: string;
}

interface Stamped {
  /** Milliseconds since 1970. */
  createdTime: number;
  editedTime: number;
  /** User ids. */
  createdBy: string;
  editedBy: string;
}

export interface Page extends Stamped {
  readonly kind: 'page';
  readonly id: string;
  parent: Parent;
  /** Trashed by itself; a trashed ancestor does not show here, see `isTrashed`. */
  inTrash: boolean;
  isArchived: boolean;
  isLocked: boolean;
  /** Made through a database's template menu: read by id, never listed by query or search. */
  isTemplate: boolean;
  icon: JsonObject | null;
  cover: JsonObject | null;
  publicUrl: string | null;
  /**
   * Property id → value as it stands under the type's name in an answer (a rich text array, a number, an array of
   * `{id}` for a relation, all of it). Replace the whole object, never a member: it may be created on demand.
   */
  values: { readonly [propertyId: string]: Json };
  /** Ids of blocks, and of pages and databases that lie here, in order. Replace the whole array. */
  children: readonly string[];
}

export interface Block extends Stamped {
  readonly kind: 'block';
  readonly id: string;
  parent: Parent;
  /** Never child_page nor child_database: those are the page or the database itself. */
  readonly type: string;
  payload: JsonObject;
  inTrash: boolean;
  /** As with pages. A copy of a synced block has none. */
  children: readonly string[];
}

export interface Database extends Stamped {
  readonly kind: 'database';
  readonly id: string;
  parent: Parent;
  title: Json[];
  description: Json[];
  icon: JsonObject | null;
  cover: JsonObject | null;
  isInline: boolean;
  isLocked: boolean;
  inTrash: boolean;
  /** Rows may be data sources too, and pages carry verification. */
  isWiki: boolean;
  publicUrl: string | null;
  /** A linked view of databases elsewhere: `dataSources` then names theirs. */
  isLinked: boolean;
  dataSources: readonly string[];
  views: readonly string[];
}

export interface PropertySchema {
  /** Decoded; answers URL-encode it. The title's is `title`. */
  readonly id: string;
  name: string;
  description: string | null;
  readonly type: string;
  /** Configuration under the type's name: `{}`, `{format}`, `{options}`, … */
  config: JsonObject;
}

export interface DataSource extends Stamped {
  readonly kind: 'data_source';
  readonly id: string;
  databaseId: string;
  /** Empty when untitled; the database then reads "New database". */
  title: Json[];
  icon: JsonObject | null;
  cover: JsonObject | null;
  inTrash: boolean;
  schema: readonly PropertySchema[];
  /** Page ids (and in wikis data source ids) in the order of creation. */
  rows: string[];
  /** Pages whose `isTemplate` is true. */
  templates: readonly { readonly id: string; readonly isDefault: boolean }[];
  /** The number the next row gets. */
  nextUniqueId: number;
}

export interface View extends Stamped {
  readonly kind: 'view';
  readonly id: string;
  databaseId: string;
  /** Null for a dashboard. */
  dataSourceId: string | null;
  /** The dashboard it is a widget of. */
  dashboardViewId: string | null;
  name: string;
  readonly type: string;
  filter: Json;
  sorts: Json;
  quickFilters: Json;
  configuration: Json;
}

export interface Comment extends Stamped {
  readonly kind: 'comment';
  readonly id: string;
  readonly discussionId: string;
  /** `page_id` or `block_id`. */
  readonly parent: Parent;
  richText: Json[];
  /** `{category, file:{key}}` each. */
  attachments: JsonObject[];
  displayName: { readonly type: string; readonly resolvedName: string | null };
  /** Resolved discussions can no longer be read. */
  isResolved: boolean;
}

export interface User {
  readonly id: string;
  readonly type: 'person' | 'bot';
  name: string | null;
  /** Key of a stored file served without a signature, or null. */
  avatarKey: string | null;
  email: string | null;
  /** Resolvable by id, absent from the list. */
  isGuest: boolean;
}

export interface CustomEmoji {
  readonly id: string;
  readonly name: string;
  readonly fileKey: string;
}

/** Bytes Notion hosts. `bytes` is created anew at each call, so large files cost nothing until they are read. */
export interface StoredFile {
  readonly key: string;
  /** Last part of the URL's path. */
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  /** Bytes from `from` up to, not including, `to`. */
  bytes(from: number, to: number): Uint8Array;
}

export interface FileUpload {
  readonly id: string;
  status: 'pending' | 'uploaded' | 'expired' | 'failed';
  readonly mode: 'single_part' | 'multi_part' | 'external_url';
  filename: string | null;
  contentType: string | null;
  contentLength: number | null;
  readonly numberOfParts: number | null;
  /** Bytes by part number; a single part is number 1. */
  parts: Map<number, Uint8Array>;
  /** Null once it is attached somewhere: then it no longer expires. */
  expiryTime: number | null;
  readonly createdTime: number;
  editedTime: number;
  readonly createdBy: string;
  /** The file it became; attaching it writes `{type:"file", file:{key}}`. */
  fileKey: string | null;
  importResult: JsonObject | null;
}

export interface AsyncTask {
  /** `task_` and 32 hex digits. */
  readonly id: string;
  readonly createdTime: number;
  /** "PATCH /v1/pages/:page_id/markdown" */
  readonly operation: string;
  /** Time at which it is settled, in milliseconds since 1970. */
  readonly doneTime: number;
  /** Its result; run once, when first seen at or after `doneTime`. */
  finish: () => { readonly result: JsonObject } | { readonly error: JsonObject };
  outcome: { readonly result: JsonObject } | { readonly error: JsonObject } | null;
}

/** Any object that can be a parent or a child. */
export type Container = Page | Block | Database | DataSource;

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
  /** The bot belongs to an internal connection, or to a person (OAuth, personal access token), who may write at the top. */
  botOwner: 'workspace' | 'user';
  /** 5 MiB on the free plan, 5 GiB on paid ones. */
  maxFileUploadBytes: number;
  readonly pages: Table<Page>;
  readonly blocks: Table<Block>;
  readonly databases: Table<Database>;
  readonly dataSources: Table<DataSource>;
  readonly views: Table<View>;
  readonly comments: Table<Comment>;
  readonly users: Table<User>;
  readonly customEmojis: Table<CustomEmoji>;
  readonly files: Table<StoredFile>;
  readonly fileUploads: Table<FileUpload>;
  readonly asyncTasks: Table<AsyncTask>;
  /** Pages and databases shared with the bot directly; what lies below is visible too. */
  readonly shared: Set<string>;
  /** Cuts through `shared`: these, and what lies below, are hidden from the bot. */
  readonly hidden: Set<string>;
  /** Source of new ids. */
  readonly random: Random;
}
