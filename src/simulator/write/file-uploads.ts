/** File uploads: create, send (in parts), complete; imports from a URL settle by themselves. */
import { ApiError, validationError } from '../protocol/api-error.ts';
import type { Context } from '../protocol/routes.ts';
import { renderFileUpload } from '../render/other.ts';
import type { JsonObject } from '../workspace/json.ts';
import { stringAt } from '../workspace/json.ts';
import type { FileUpload } from '../workspace/state.ts';
import { filledString, integer, oneOf, optional } from './check/shapes.ts';
import { urlText } from './check/urls.ts';
import { missing } from './create/reach.ts';
import { expire } from './create/uploads.ts';
import { categoryOf, contentTypeOf, extensionOf } from './lists/file-types.ts';
import type { FormField } from './multipart.ts';
import { parseMultipart } from './multipart.ts';
import { acceptBody, refuseAny } from './refuse.ts';

const mebibyte = 1024 * 1024;
/** A single part, and each part of several, is at most so many bytes. */
export const maxPartBytes = 20 * mebibyte;
/** Every part of several but the last is at least so many bytes. */
export const minPartBytes = 5 * mebibyte;
/** An upload expires so many milliseconds after its creation unless it is attached. */
export const uploadLifetimeMs = 3_600_000;
const maxParts = 1_000;
const maxFilenameBytes = 900;

/** `POST /file_uploads` */
export function createFileUpload(context: Context): JsonObject {
  const { body, state } = context;
  acceptBody(body, {
    mode: optional(oneOf(['single_part', 'multi_part', 'external_url'])),
    filename: optional(filledString()),
    content_type: optional(filledString()),
    number_of_parts: optional(integer(1, maxParts)),
    external_url: optional(urlText),
  });
  const mode = body.mode === 'multi_part' || body.mode === 'external_url' ? body.mode : 'single_part';
  refuseMixedModes(body, mode);
  const filename = stringAt(body, 'filename') ?? null;
  if (filename !== null) refuseFilename(context, filename);
  const now = context.clock.now();
  const upload: FileUpload = {
    id: state.random.uuid(),
    status: 'pending',
    mode,
    filename,
    contentType: stringAt(body, 'content_type') ?? (filename === null ? null : contentTypeOf(filename)),
    contentLength: null,
    numberOfParts: typeof body.number_of_parts === 'number' ? body.number_of_parts : null,
    parts: new Map(),
    expiryTime: now + uploadLifetimeMs,
    createdTime: now,
    editedTime: now,
    createdBy: state.botId,
    fileKey: null,
    importResult: null,
  };
  state.fileUploads.set(upload.id, upload);
  context.committed = { resourceId: upload.id };
  const answer = renderFileUpload(context, upload);
  if (mode === 'external_url') settleImport(context, upload);
  return answer;
}

/** `POST /file_uploads/{file_upload_id}/send` */
export function sendFileUpload(context: Context): JsonObject {
  const upload = pendingUpload(context);
  if (upload.mode === 'external_url')
    throw validationError('File uploads of mode external_url take no content.');
  const fields = parseMultipart(context.rawBody, context.contentType);
  const file = fields.find((field) => field.name === 'file');
  if (file === undefined)
    throw validationError('body failed validation: body.file should be defined, instead was `undefined`.');
  if (file.content.byteLength === 0) throw validationError('File uploads must not be empty.');
  refuseMisnamed(context, upload, file);
  const part = partNumber(upload, fields);
  refuseSize(context, upload, part, file.content.byteLength);
  upload.parts.set(part, file.content);
  upload.contentLength = lengthOf(upload);
  upload.editedTime = context.clock.now();
  if (upload.mode === 'single_part') {
    upload.filename ??= file.filename ?? 'untitled';
    upload.contentType ??= file.contentType;
    finish(context, upload);
  }
  context.committed = { resourceId: upload.id };
  return renderFileUpload(context, upload);
}

/** `POST /file_uploads/{file_upload_id}/complete` */
export function completeFileUpload(context: Context): JsonObject {
  const upload = pendingUpload(context);
  if (upload.mode !== 'multi_part')
    throw validationError('Only file uploads of mode multi_part can be completed.');
  if (upload.parts.size !== upload.numberOfParts) {
    throw validationError(
      `File upload with ID ${upload.id} expects ${upload.numberOfParts} parts, but ${upload.parts.size} were sent.`,
    );
  }
  const ordered = [...upload.parts.entries()].sort(([one], [other]) => one - other);
  for (const [number, bytes] of ordered.slice(0, -1)) {
    if (bytes.byteLength < minPartBytes) throw tooSmall(number, bytes.byteLength);
  }
  finish(context, upload);
  context.committed = { resourceId: upload.id };
  return renderFileUpload(context, upload);
}

function refuseMixedModes(body: JsonObject, mode: FileUpload['mode']): void {
  refuseAny((problems) => {
    const wants = (name: string, isWanted: boolean) => {
      if (isWanted && body[name] === undefined) problems.should(`body.${name}`, 'be defined', undefined);
      if (!isWanted && body[name] !== undefined)
        problems.should(`body.${name}`, 'be not present', body[name]);
    };
    wants('number_of_parts', mode === 'multi_part');
    wants('external_url', mode === 'external_url');
    if (mode !== 'single_part') wants('filename', true);
  });
  const url = stringAt(body, 'external_url');
  if (url !== undefined && !/^https:\/\/[^/]/.test(url)) {
    throw validationError('body failed validation: body.external_url should be a public HTTPS URL.');
  }
}

function refuseFilename(context: Context, filename: string): void {
  const bytes = Buffer.byteLength(filename);
  if (bytes > maxFilenameBytes) {
    refuseAny((problems) => problems.atMost('body.filename', maxFilenameBytes, bytes));
  }
  if (categoryOf(filename) === undefined || context.faults.strikes('extensionRefused')) {
    throw validationError(
      'Provided `filename` has an extension that is not supported for the File Upload API.',
    );
  }
}

/** The upload, still waiting for content. @throws ApiError 404, or 400 when it is not pending any more */
function pendingUpload(context: Context): FileUpload {
  const id = context.params.file_upload_id ?? '';
  const upload = context.state.fileUploads.get(id);
  if (upload === undefined) throw missing(context, 'file upload', id);
  expire(context, upload);
  if (upload.status === 'pending') return upload;
  throw validationError(
    `File upload with ID ${id} should have the status \`pending\`, instead was \`${upload.status}\`.`,
  );
}

/** Refuses bytes that differ from what was announced. */
function refuseMisnamed(context: Context, upload: FileUpload, file: FormField): void {
  if (upload.filename === null) refuseFilename(context, file.filename ?? '');
  const announced = upload.contentType?.split(';')[0]?.trim();
  const sent = file.contentType?.split(';')[0]?.trim();
  if (announced === undefined || sent === undefined || announced === sent) return;
  throw validationError(`The content type of the file should be \`${announced}\`, instead was \`${sent}\`.`);
}

function partNumber(upload: FileUpload, fields: readonly FormField[]): number {
  const field = fields.find(({ name }) => name === 'part_number');
  const text = field === undefined ? undefined : new TextDecoder().decode(field.content);
  if (upload.mode === 'single_part') {
    if (text !== undefined && text !== '1')
      throw validationError('body.part_number should be not present in single_part mode.');
    return 1;
  }
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= (upload.numberOfParts ?? 0)) return number;
  throw validationError(
    `body failed validation: body.part_number should be a number from 1 to ${upload.numberOfParts}, instead was \`${text}\`.`,
  );
}

function refuseSize(context: Context, upload: FileUpload, part: number, bytes: number): void {
  if (bytes > maxPartBytes) {
    throw new ApiError(
      413,
      'validation_error',
      `A part of a file upload should be at most ${maxPartBytes} bytes, instead was ${bytes}.`,
    );
  }
  const isLast = part === upload.numberOfParts;
  if (upload.mode === 'multi_part' && !isLast && bytes < minPartBytes) throw tooSmall(part, bytes);
  const total = lengthOf(upload) - (upload.parts.get(part)?.byteLength ?? 0) + bytes;
  if (total > context.state.maxFileUploadBytes) {
    throw validationError(
      `File size ${total} exceeds the limit of this workspace of ${context.state.maxFileUploadBytes} bytes.`,
    );
  }
}

function tooSmall(part: number, bytes: number): Error {
  return validationError(
    `Part ${part} should be at least ${minPartBytes} bytes unless it is the last, instead was ${bytes}.`,
  );
}

function lengthOf(upload: FileUpload): number {
  return [...upload.parts.values()].reduce((sum, bytes) => sum + bytes.byteLength, 0);
}

/** Creates a hosted file of the parts. */
function finish(context: Context, upload: FileUpload): void {
  const ordered = [...upload.parts.entries()].sort(([one], [other]) => one - other);
  const content = Buffer.concat(ordered.map(([, bytes]) => bytes));
  keepFile(context, upload, content);
}

function keepFile(context: Context, upload: FileUpload, content: Uint8Array): void {
  const key = context.state.random.uuid();
  const name = upload.filename ?? 'untitled';
  context.state.files.set(key, {
    key,
    name,
    contentType: upload.contentType ?? contentTypeOf(name),
    size: content.byteLength,
    bytes: (from, to) => content.subarray(from, to),
  });
  upload.fileKey = key;
  upload.status = 'uploaded';
  upload.contentLength = content.byteLength;
}

/** An import is over when the upload is next looked at; its content is made up, for there is no network here. */
function settleImport(context: Context, upload: FileUpload): void {
  const imported_time = new Date(context.clock.now()).toISOString().replace('Z', '+00:00');
  if (context.faults.strikes('importFails')) {
    upload.status = 'failed';
    const error = {
      type: 'download_error',
      code: 'download_failed',
      message: 'The file could not be downloaded.',
      parameter: 'external_url',
      status_code: 404,
    };
    upload.importResult = { type: 'error', error, imported_time };
    return;
  }
  keepFile(context, upload, new TextEncoder().encode(`imported ${extensionOf(upload.filename ?? '')}\n`));
  upload.importResult = { type: 'success', success: {}, imported_time };
}
