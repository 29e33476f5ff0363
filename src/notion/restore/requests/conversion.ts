/** The interface between the conversion of stored JSON into requests and the rest of the restore. */
import type { JsonObject } from '../../../document/json.ts';
import { dashedId } from '../../../document/notion-id.ts';
import type { Outcome } from '../journal/tables/notes.ts';

/** A file of the snapshot that a request will name by the id of its upload. */
export interface PendingFile {
  /** The `file_upload` object whose `id` is filled in when the bytes are up. */
  readonly holder: JsonObject;
  /** Path of the bytes, relative to the document. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** The name the upload is given; its extension is one the API takes. */
  readonly filename: string;
}

/** The target of a link to a comment when its block is written. */
export interface CommentLink {
  /** The payload; while the comment is still to come it leads to the original, or to the block's own page. */
  readonly payload: JsonObject;
  /** It leads to the original for good: the comment does not come back. */
  readonly toOriginal: boolean;
}

/** The target as far as it is known, while one document is converted. Every lookup is instant. */
export interface Conversion {
  /** The id to write for a page, database, data source or block: the copy's, or the same one when it is still there. */
  object(id: string): string | undefined;
  /** The payload of a block that links to a comment; undefined when there is nothing it could lead to. */
  commentLink(block: string, comment: string): CommentLink | undefined;
  /** The id of the same person in the target workspace. */
  person(id: string): string | undefined;
  /** The id of the custom emoji of this id or name in the target workspace. */
  customEmoji(id: string, name: string): string | undefined;
  /** The file with the picture of a custom emoji, when the snapshot holds it. */
  customEmojiFile(id: string): JsonObject | undefined;
  /** Largest file the target workspace takes, in bytes. */
  readonly maxFileBytes: number;
  /** True when a placeholder is left for content that cannot be written. */
  readonly markers: boolean;
  /** Records that something does not come back exactly. `id` is the block or property. */
  note(outcome: Outcome, kind: string, id: string, reason: string): void;
  /** The reason why the list of blocks below a block, or a part of it, is not in the snapshot. */
  unread(block: string): string | undefined;
  /** The reason why a value of the row is truncated in the snapshot. `property` is the property's id. */
  truncated(property: string): string | undefined;
  /** True when the id of this block's copy must be known after writing. */
  wantsId(block: string): boolean;
  /** Registers a file that must be uploaded before the request is sent. */
  attach(file: PendingFile): void;
}

/** An id no object has: stands in requests until the real one is known, and has its length. */
export const unknownId = '00000000-0000-4000-8000-000000000000';

/** `conversion`, with the files it attaches collected in `files`. */
export function collectingFiles(conversion: Conversion): {
  readonly conversion: Conversion;
  readonly files: readonly PendingFile[];
} {
  const files: PendingFile[] = [];
  return { conversion: { ...conversion, attach: (file) => files.push(file) }, files };
}

/**
 * `conversion` for comparing what the snapshot has with what is there (`asItStands`): what is not there (yet) is named by its
 * own id. Notes nothing, attaches nothing.
 */
export function asWritten(conversion: Conversion): Conversion {
  return quiet(conversion, (id) => conversion.object(id) ?? dashedId(id));
}

/** `conversion` in which everything present leads to what it leads to: a link to what was created again leads to nothing. */
export function asItStands(conversion: Conversion): Conversion {
  return quiet(conversion, dashedId);
}

function quiet(conversion: Conversion, object: Conversion['object']): Conversion {
  return { ...conversion, object, note: () => {}, attach: () => {} };
}
