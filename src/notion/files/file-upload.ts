/**
 * Uploads a file to Notion (File Upload API): in one request up to 20 MiB, else in parts of which one is in memory.
 * The id it gives must be attached to something within an hour, by the caller.
 */
import type { JsonObject } from '../../document/json.ts';
import { objectAt, stringAt } from '../../document/json.ts';
import { KlosetError } from '../../errors.ts';
import type { ApiFailure, FilePart, NotionApi } from '../api/api.ts';
import { apiFailureOf } from '../api/api.ts';
import { plainLine } from '../api/explain-failure.ts';
import { backoff, defaultRetryPolicy } from '../api/retry.ts';
import { contentTypeOf, extensionOf } from './content-types.ts';

const MiB = 1024 * 1024;
const maxSinglePartBytes = 20 * MiB;
const minPartBytes = 5 * MiB;
const defaultPartBytes = 10 * MiB;
const maxParts = 1_000;
const maxFilenameBytes = 900;
/** Tries to send one part, or to see the end of an upload. */
const attempts = 5;

export interface FileToUpload {
  readonly filename: string;
  /** Used when the file name promises no known type. */
  readonly contentType?: string;
  readonly sizeBytes: number;
  /** Begins to read the file; may be called again. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

export interface UploadOptions {
  /** Largest file of the workspace, from `uploadLimitOf`; unknown by default, and then Notion decides. */
  readonly maxSizeBytes?: number;
  /** From 5 to 20 MiB; 10 MiB, as Notion advises, by default. */
  readonly partSizeBytes?: number;
  /** Called when Notion took the file only under another name. */
  readonly onRenamed?: (filename: string) => void;
}

/** The reason why a file cannot be uploaded, other than an answer of the API. */
export interface UploadFailure {
  readonly type: 'upload-failure';
  /** `size-differs`: the file gave more or fewer bytes than announced. */
  readonly reason: 'too-large' | 'size-differs' | 'expired' | 'failed' | 'pending';
}

/** The UploadFailure behind a thrown error, if there is one. */
export function uploadFailureOf(error: unknown): UploadFailure | undefined {
  const cause = error instanceof KlosetError ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'type' in cause && cause.type === 'upload-failure'
    ? (cause as UploadFailure)
    : undefined;
}

/** The largest file this workspace takes, in bytes, from the answer to `GET users/me`; undefined when it does not say. */
export function uploadLimitOf(me: JsonObject): number | undefined {
  const limit = objectAt(objectAt(me, 'bot'), 'workspace_limits')?.max_file_upload_size_in_bytes;
  return typeof limit === 'number' && limit > 0 ? limit : undefined;
}

/**
 * Uploads a file and returns the id of its file upload, whose status is `uploaded`.
 * A file whose extension Notion refuses is sent as `<name>.txt`, then as `<name>.zip`, and `onRenamed` is called.
 * @throws KlosetError: `incomplete` with an UploadFailure `too-large`; `integrity` with `size-differs`; else as `api` throws.
 */
export async function uploadFile(
  api: NotionApi,
  file: FileToUpload,
  options: UploadOptions = {},
): Promise<string> {
  const plan = planParts(file, options);
  const upload = await createUpload(api, file, plan, options);
  let partNumber = 0;
  let state: JsonObject = {};
  for await (const bytes of partsOf(file, plan.partBytes)) {
    partNumber += 1;
    const part = { bytes, filename: upload.filename, contentType: upload.contentType };
    state = await sendPart(api, upload.id, plan.parts === 1 ? part : { ...part, partNumber });
  }
  if (plan.parts > 1) state = await complete(api, upload.id);
  await untilUploaded(api, upload.id, state, file.filename);
  return upload.id;
}

interface PartPlan {
  readonly parts: number;
  readonly partBytes: number;
}

function planParts(file: FileToUpload, options: UploadOptions): PartPlan {
  const { sizeBytes } = file;
  const limit = Math.min(options.maxSizeBytes ?? Number.POSITIVE_INFINITY, maxParts * maxSinglePartBytes);
  if (sizeBytes > limit) {
    const what = `has ${sizeBytes} bytes; this workspace takes files up to ${limit}.`;
    throw uploadError('incomplete', 'too-large', file.filename, what);
  }
  if (sizeBytes <= maxSinglePartBytes) return { parts: 1, partBytes: Math.max(1, sizeBytes) };
  const wanted = Math.max(options.partSizeBytes ?? defaultPartBytes, Math.ceil(sizeBytes / maxParts));
  const partBytes = Math.min(maxSinglePartBytes, Math.max(minPartBytes, wanted));
  return { parts: Math.ceil(sizeBytes / partBytes), partBytes };
}

interface PendingUpload {
  readonly id: string;
  readonly filename: string;
  readonly contentType: string;
}

async function createUpload(
  api: NotionApi,
  file: FileToUpload,
  plan: PartPlan,
  options: UploadOptions,
): Promise<PendingUpload> {
  const [own, ...disguises] = namesFor(file.filename);
  let refusal: unknown;
  for (const name of [own, ...disguises]) {
    try {
      const upload = await createNamed(api, name, file, plan);
      if (name !== own) options.onRenamed?.(name);
      return upload;
    } catch (error) {
      // Should the disguise be refused too, the first refusal says what was wrong.
      refusal ??= error;
      if (!isRefusedType(apiFailureOf(error))) throw error;
    }
  }
  throw refusal;
}

async function createNamed(
  api: NotionApi,
  filename: string,
  file: FileToUpload,
  plan: PartPlan,
): Promise<PendingUpload> {
  const knownType = contentTypeOf(filename);
  const ownType = knownType ?? file.contentType;
  const created = await api.request({
    method: 'post',
    path: 'file_uploads',
    // A retry is safe: an upload that nobody uses expires after an hour.
    effect: 'read',
    body: {
      mode: plan.parts === 1 ? 'single_part' : 'multi_part',
      filename,
      ...(plan.parts === 1 ? {} : { number_of_parts: plan.parts }),
      // Notion infers the type from an extension it knows, and refuses one that does not fit it.
      ...(knownType === undefined && ownType !== undefined ? { content_type: ownType } : {}),
    },
  });
  const id = stringAt(created, 'id');
  if (id === undefined) throw new KlosetError('unavailable', 'Notion named no id for a new file upload.');
  const contentType = stringAt(created, 'content_type') ?? ownType ?? 'application/octet-stream';
  return { id, filename, contentType };
}

/** The name itself, cut to what Notion takes, and the names to try when its extension is refused. */
function namesFor(filename: string): [string, ...string[]] {
  const clean = plainName(filename);
  const own = cutName(clean, extensionOf(clean));
  return [own, ...['txt', 'zip'].map((extension) => cutName(`${clean}.${extension}`, extension))];
}

function plainName(filename: string): string {
  const name = filename.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029/\\]+/g, '_').trim();
  return name === '' ? 'file' : name;
}

/** At most 900 bytes of UTF-8, the extension kept. */
function cutName(name: string, extension: string): string {
  const ending = extension === '' ? '' : name.slice(name.length - extension.length - 1);
  let start = Array.from(name.slice(0, name.length - ending.length));
  while (Buffer.byteLength(start.join('') + ending) > maxFilenameBytes && start.length > 1) {
    start = start.slice(0, Math.max(1, Math.floor(start.length * 0.95)));
  }
  return start.join('') + ending;
}

function isRefusedType(failure: ApiFailure | undefined): boolean {
  return failure?.status === 400 && /extension|content.?type|file type/i.test(failure.message);
}

/** The file in pieces of exactly `partBytes` (the last may be smaller). The bytes are valid until the next piece. */
async function* partsOf(file: FileToUpload, partBytes: number): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(partBytes, Math.max(1, file.sizeBytes)));
  let filled = 0;
  let total = 0;
  for await (const piece of file.open()) {
    total += piece.length;
    if (total > file.sizeBytes) throw sizeDiffers(file, total);
    for (let offset = 0; offset < piece.length; ) {
      const taken = piece.subarray(offset, offset + buffer.length - filled);
      buffer.set(taken, filled);
      filled += taken.length;
      offset += taken.length;
      const isLast = total === file.sizeBytes && offset === piece.length;
      if (filled === buffer.length && !isLast) {
        yield buffer;
        filled = 0;
      }
    }
  }
  if (total !== file.sizeBytes) throw sizeDiffers(file, total);
  if (filled > 0 || total === 0) yield buffer.subarray(0, filled);
}

/** Sends a part and gives the upload's new state. */
function sendPart(api: NotionApi, id: string, part: FilePart): Promise<JsonObject> {
  return orReadBack(
    api,
    id,
    () => api.sendFilePart(id, part),
    (upload) =>
      isUploaded(upload) || (part.partNumber !== undefined && partsArrived(upload) >= part.partNumber),
  );
}

function complete(api: NotionApi, id: string): Promise<JsonObject> {
  const request = { method: 'post', path: `file_uploads/${id}/complete`, effect: 'write' } as const;
  return orReadBack(api, id, () => api.request(request), isUploaded);
}

/** Writes; when it is unknown whether the write was carried out, asks before it is retried. */
async function orReadBack(
  api: NotionApi,
  id: string,
  write: () => Promise<JsonObject>,
  isDone: (upload: JsonObject) => boolean,
): Promise<JsonObject> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await write();
    } catch (error) {
      if (!mayHaveArrived(apiFailureOf(error)) || failures >= attempts) throw error;
      await api.clock.sleep(backoff(failures, defaultRetryPolicy));
      const upload = await readUpload(api, id);
      if (isDone(upload)) return upload;
    }
  }
}

/** Failures after which a write may have been carried out, and storage trouble (409). */
function mayHaveArrived(failure: ApiFailure | undefined): boolean {
  if (failure === undefined) return false;
  const { status, code } = failure;
  return (
    status === 0 || status >= 500 || status === 408 || status === 409 || (code === 'html' && status < 400)
  );
}

function isUploaded(upload: JsonObject): boolean {
  return stringAt(upload, 'status') === 'uploaded';
}

/** Parts are sent in order, so their count shows which arrived. */
function partsArrived(upload: JsonObject): number {
  const sent = objectAt(upload, 'number_of_parts')?.sent;
  return typeof sent === 'number' ? sent : 0;
}

async function untilUploaded(api: NotionApi, id: string, last: JsonObject, filename: string): Promise<void> {
  let upload = last;
  for (let looks = 1; !isUploaded(upload); looks += 1) {
    const status = stringAt(upload, 'status');
    if (status === 'expired' || status === 'failed') {
      throw uploadError('temporary', status, filename, `was not taken by Notion: the upload ${status}.`);
    }
    if (looks > attempts) throw uploadError('unavailable', 'pending', filename, 'stays pending in Notion.');
    // A first look at once: the answer to the last part may be older than what it did.
    if (looks > 1) await api.clock.sleep(backoff(looks, defaultRetryPolicy));
    upload = await readUpload(api, id);
  }
}

function readUpload(api: NotionApi, id: string): Promise<JsonObject> {
  return api.request({ method: 'get', path: `file_uploads/${id}`, effect: 'read' });
}

function sizeDiffers(file: FileToUpload, total: number): KlosetError {
  const what = `gave ${total} bytes or more; ${file.sizeBytes} were expected.`;
  return uploadError('integrity', 'size-differs', file.filename, what);
}

function uploadError(
  code: 'incomplete' | 'integrity' | 'temporary' | 'unavailable',
  reason: UploadFailure['reason'],
  filename: string,
  what: string,
): KlosetError {
  const failure: UploadFailure = { type: 'upload-failure', reason };
  return new KlosetError(code, `File ${plainLine(filename)} ${what}`, { cause: failure });
}
