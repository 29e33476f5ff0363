/** What turning stored JSON into requests needs to know of the target, and where it says what got lost. */
import type { JsonObject } from '../../../document/json.ts';
import { isObject, stringAt } from '../../../document/json.ts';
import type { Outcome } from '../journal/journal.ts';

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

/** Where a link to a comment leads when its block is written. */
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
  /** What a block that links to a comment is written with; undefined when there is nothing it could lead to. */
  commentLink(block: string, comment: string): CommentLink | undefined;
  /** The id of the same person in the target workspace. */
  person(id: string): string | undefined;
  /** The id of the custom emoji of this id or name in the target workspace. */
  customEmoji(id: string, name: string): string | undefined;
  /** The file with the picture of a custom emoji, when the snapshot holds it. */
  customEmojiFile(id: string): JsonObject | undefined;
  /** Largest file the target workspace takes, in bytes. */
  readonly maxFileBytes: number;
  /** Whether what cannot be written leaves a visible sign. */
  readonly markers: boolean;
  /** Says that something does not come back exactly. `id` is the block or property. */
  note(outcome: Outcome, kind: string, id: string, reason: string): void;
  /** Whether the new id of this original block must be known after writing. */
  wantsId(block: string): boolean;
  /** Registers a file that must be uploaded before the request is sent. */
  attach(file: PendingFile): void;
}

/** An id no object has: stands in requests until the real one is known, and has its length. */
export const unknownId = '00000000-0000-4000-8000-000000000000';

/** The stored bytes of a hosted file; undefined when the snapshot has none. */
export function storedFile(
  file: unknown,
):
  | { readonly path: string; readonly size: number; readonly sha256: string; readonly url: string }
  | undefined {
  if (!isObject(file)) return undefined;
  const { path, size, sha256, url } = file;
  if (typeof path !== 'string' || typeof size !== 'number' || typeof sha256 !== 'string') return undefined;
  return { path, size, sha256, url: typeof url === 'string' ? url : '' };
}

/** Why the snapshot has no bytes of a hosted file. */
export function missingReason(file: unknown): string {
  return stringAt(file, 'missing') ?? 'its bytes are not in the snapshot';
}
