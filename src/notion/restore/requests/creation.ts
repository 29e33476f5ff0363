/** Requests that create an object, and requests that name uploads, under the journal. */
import type { JsonObject } from '../../../document/json.ts';
import { stringAt } from '../../../document/json.ts';
import { messageOf } from '../../../errors.ts';
import { apiFailureOf } from '../../api/api.ts';
import type { Created } from '../journal/journal.ts';
import type { Write, Writer } from '../journal/journaled-write.ts';
import type { PendingFile } from './conversion.ts';
import type { Uploads } from './uploads.ts';
import { withUploads } from './uploads.ts';

/** The part of a restore that sends requests. */
export interface Sender {
  readonly writer: Writer;
  readonly uploads: Uploads;
}

/** A write whose request names the uploads of `files`, which lie beside the document in `directory`. */
export interface UploadingWrite extends Write {
  readonly files: readonly PendingFile[];
  readonly directory: string;
}

/** Sends a write once its files are uploaded, and returns the remembered part of its answer. */
export function writeWithUploads(
  { writer, uploads }: Sender,
  { files, directory, request, ...write }: UploadingWrite,
): Promise<JsonObject> {
  const send = async () => {
    await uploads.fill(files, directory);
    return request();
  };
  return withUploads(uploads, files, () => writer.write({ ...write, request: send }));
}

/** A POST request that creates one object. */
export interface Creation extends Pick<Write, 'key' | 'detail' | 'find'> {
  readonly path: 'pages' | 'databases' | 'data_sources' | 'comments';
  readonly body: () => Promise<JsonObject> | JsonObject;
  readonly files: readonly PendingFile[];
  readonly directory: string;
  readonly created: (kept: JsonObject) => Created;
  /** The object's id by default. */
  readonly keep?: Write['keep'];
  /** The object's id by default. */
  readonly committed?: Write['committed'];
}

/** Creates an object, once, and returns the remembered part of the answer. */
export function sendCreation(
  sender: Sender,
  { path, body, keep = createdId, committed = committedId, ...write }: Creation,
): Promise<JsonObject> {
  return writeWithUploads(sender, {
    ...write,
    request: async () => ({ method: 'post', path, body: await body(), effect: 'write' }),
    keep,
    committed,
  });
}

/** The answer to a request, or the reason for which Notion refused it. @throws KlosetError for any other failure */
export async function answerOrRefusal<Answer>(send: () => Promise<Answer>): Promise<Answer | string> {
  try {
    return await send();
  } catch (error) {
    if (apiFailureOf(error)?.status !== 400) throw error;
    return messageOf(error);
  }
}

/** The id of an answer's object. */
export function createdId(answer: JsonObject): JsonObject {
  return { id: stringAt(answer, 'id') ?? '' };
}

/** The id that Notion named beside a 503 when the object was created all the same. */
export function committedId(additional: JsonObject): JsonObject | undefined {
  return foundId(stringAt(additional, 'committed_resource_id'));
}

/** An id read back, as `find` gives it. */
export function foundId(id: string | undefined): JsonObject | undefined {
  return id === undefined ? undefined : { id };
}
