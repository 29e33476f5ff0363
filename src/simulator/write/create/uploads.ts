/** File uploads as blocks, icons, covers, properties and comments attach them. */
import { validationError } from '../../protocol/api-error.ts';
import type { Context } from '../../protocol/routes.ts';
import type { JsonObject } from '../../workspace/json.ts';
import type { FileUpload } from '../../workspace/state.ts';
import { categoryOf } from '../lists/file-types.ts';
import type { Draft } from './draft.ts';
import { dashed, missing } from './reach.ts';

/** Destination of an upload; media must be of the kind the place shows. */
export type Place = 'image' | 'video' | 'audio' | 'pdf' | 'file' | 'icon' | 'cover' | 'comment';

/** `{type:"file", file:{key}}` for an upload; once attached it no longer expires. @throws ApiError 400 or 404 */
export function attachUpload(draft: Draft, id: string, place: Place): JsonObject {
  const upload = usableUpload(draft.context, id);
  refuseMisfit(upload, place);
  draft.waiting.push(() => {
    upload.expiryTime = null;
  });
  return { type: 'file', file: { key: upload.fileKey } };
}

/** An upload that has its bytes and has not expired. @throws ApiError 400 or 404 */
export function usableUpload(context: Context, id: string): FileUpload {
  const upload = context.state.fileUploads.get(dashed(id));
  if (upload === undefined) throw missing(context, 'file upload', dashed(id));
  expire(context, upload);
  if (upload.status !== 'uploaded' || upload.fileKey === null) {
    throw validationError(
      `File upload with ID ${upload.id} cannot be attached: its status should be \`uploaded\`, instead was \`${upload.status}\`.`,
    );
  }
  return upload;
}

/** Lets an upload expire whose hour is over, or that a fault strikes. */
export function expire(context: Context, upload: FileUpload): void {
  if (upload.expiryTime === null || (upload.status !== 'pending' && upload.status !== 'uploaded')) return;
  if (context.clock.now() < upload.expiryTime && !context.faults.strikes('uploadExpires')) return;
  upload.status = 'expired';
  upload.editedTime = context.clock.now();
}

function refuseMisfit(upload: FileUpload, place: Place): void {
  if (place === 'file' || place === 'comment') return;
  const category = categoryOf(upload.filename ?? '');
  const wanted = place === 'icon' || place === 'cover' ? 'image' : place;
  if (category === wanted || (wanted === 'audio' && /\.mp4$/i.test(upload.filename ?? ''))) return;
  throw validationError(
    `Content creation Failed. Fix the following: File upload with ID ${upload.id} of type ${upload.contentType ?? 'unknown'} cannot be used as ${wanted}.`,
  );
}
