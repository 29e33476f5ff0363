/**
 * The documents of a snapshot: the API's own JSON in canonical order. Unknown fields are kept; fields that differ in
 * every response are left out. `docs/format.md` describes them for other readers.
 */
import type { Json, JsonObject } from './json.ts';

/**
 * A block as the API gave it plus its subtree. `children` is present exactly when they were read;
 * `sections` holds the three lists of a meeting_notes block by name (summary, notes, transcript).
 */
export type BlockNode = JsonObject & { children?: BlockNode[]; sections?: { [name: string]: BlockNode[] } };

/** A part of an object that could not be read; the reason is one line. */
export type Gap = { what: string; id: string; reason: string };

/** `page.json`. `page.properties` are complete (no 25-item cut). Comments of the page and of its blocks, in API order. */
export interface PageDocument {
  kind: 'page';
  format: 1;
  page: JsonObject;
  blocks: BlockNode[];
  comments: JsonObject[];
  /** Set on pages that are templates of a data source. */
  template_of?: string;
  gaps?: Gap[];
  torn?: true;
}

/**
 * `database.json`. `data_sources` are full objects (with `properties`), each with `templates` added.
 * `database` is null when only a data source was visible.
 */
export interface DatabaseDocument {
  kind: 'database';
  format: 1;
  database: JsonObject | null;
  data_sources: JsonObject[];
  views: JsonObject[];
  gaps?: Gap[];
}

/** `workspace.json`. */
export interface WorkspaceDocument {
  kind: 'workspace';
  format: 1;
  bot: Json;
  users: JsonObject[];
  custom_emojis: JsonObject[];
  gaps?: Gap[];
}

/**
 * A Notion-hosted file inside a document. The API's `{url, expiry_time}` becomes this: `url` without its signed
 * query, and either where the bytes lie (path relative to the document, size, SHA-256) or why they do not.
 */
export type HostedFile =
  | { url: string; path: string; size: number; sha256: string }
  | { url: string; missing: string };
