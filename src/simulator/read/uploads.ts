/** `GET /file_uploads…` and `GET /async_tasks/{id}`. */
import { ApiError, failedValidation, notFound } from '../protocol/api-error.ts';
import type { Context, Route } from '../protocol/routes.ts';
import { renderAsyncTask, renderFileUpload } from '../render/other.ts';
import type { JsonObject } from '../workspace/json.ts';
import type { FileUpload } from '../workspace/state.ts';
import { checkQuery, list, listingName, liveSlice, pagingOfQuery } from './listing.ts';
import { botOf } from './objects.ts';

const shared = { method: 'GET', effect: 'read' } as const;
const statuses = ['pending', 'uploaded', 'expired', 'failed'];

export const uploadRoutes: readonly Route[] = [
  { ...shared, path: '/v1/file_uploads', handle: listUploads },
  { ...shared, path: '/v1/file_uploads/{file_upload_id}', handle: getUpload },
  { ...shared, path: '/v1/async_tasks/{task_id}', handle: getTask },
];

/** Lets an upload expire whose hour has passed before it was attached. */
export function settleUpload(context: Pick<Context, 'clock'>, upload: FileUpload): FileUpload {
  const isOver = upload.expiryTime !== null && upload.expiryTime <= context.clock.now();
  if (isOver && upload.status !== 'failed') upload.status = 'expired';
  return upload;
}

function listUploads(context: Context): JsonObject {
  const paging = pagingOfQuery(context, ['status']);
  const status = context.query.get('status');
  if (status !== null && !statuses.includes(status)) {
    throw failedValidation('query.status', statuses.map((name) => `\`"${name}"\``).join(', '), status);
  }
  const uploads = [...context.state.fileUploads.values()]
    .map((upload) => settleUpload(context, upload))
    .filter((upload) => status === null || upload.status === status)
    .reverse();
  const slice = liveSlice(context, listingName(context, 'file_uploads', status), paging, uploads);
  return list(
    'file_upload',
    slice.items.map((upload) => renderFileUpload(context, upload)),
    slice.nextCursor,
  );
}

function getUpload(context: Context): JsonObject {
  checkQuery(context, []);
  const id = context.params.file_upload_id ?? '';
  const upload = context.state.fileUploads.get(id);
  if (upload === undefined) throw notFound('file upload', id, botOf(context));
  return renderFileUpload(context, settleUpload(context, upload));
}

function getTask(context: Context): JsonObject {
  checkQuery(context, []);
  const id = context.params.task_id ?? '';
  const task = context.state.asyncTasks.get(id);
  if (task === undefined)
    throw new ApiError(404, 'object_not_found', `Could not find async task with ID: ${id}.`);
  return renderAsyncTask(context, task);
}
