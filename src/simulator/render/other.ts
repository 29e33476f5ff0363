/** The smaller objects: users, views, comments, file uploads, asynchronous tasks. */
import type { JsonObject } from '../workspace/json.ts';
import type { AsyncTask, Comment, FileUpload, User, View } from '../workspace/state.ts';
import type { RenderContext } from './content.ts';
import {
  exactTime,
  fullUser,
  isChosen,
  minuteTime,
  partialUser,
  renderContent,
  trashMembers,
} from './content.ts';
import { renderParent } from './parent.ts';

/** A user as the user endpoints show it: the own bot with its workspace, other bots bare. */
export function renderUser(context: RenderContext, user: User): JsonObject {
  const { state } = context;
  if (user.id !== state.botId) return fullUser(context, user.id);
  return {
    ...partialUser(user.id),
    name: state.botName,
    avatar_url: null,
    type: 'bot',
    bot: {
      owner:
        state.botOwner === 'workspace'
          ? { type: 'workspace', workspace: true }
          : { type: 'user', user: { object: 'user', id: ownerOf(state) } },
      workspace_name: state.workspaceName,
      workspace_id: state.workspaceId,
      workspace_limits: { max_file_upload_size_in_bytes: state.maxFileUploadBytes },
    },
  };
}

/** The person a personal access token belongs to: the first member. */
function ownerOf({ users, botId }: RenderContext['state']): string {
  return [...users.values()].find(({ type }) => type === 'person')?.id ?? botId;
}

export function renderView(context: RenderContext, view: View): JsonObject {
  const isUnknown = isChosen(context, 'unknownViewType', view.id);
  const base: JsonObject = {
    object: 'view',
    id: view.id,
    parent: { type: 'database_id', database_id: view.databaseId },
    data_source_id: view.dataSourceId,
    name: view.name,
    type: isUnknown ? 'orrery' : view.type,
    created_time: exactTime(view.createdTime),
    created_by: partialUser(view.createdBy),
    last_edited_time: exactTime(view.editedTime),
    last_edited_by: partialUser(view.editedBy),
    url: `https://app.notion.com/p/${hex(view.databaseId)}?v=${hex(view.id)}`,
    filter: view.filter,
    sorts: view.sorts,
    quick_filters: view.quickFilters,
    configuration: isUnknown ? { type: 'orrery', spheres: 9 } : view.configuration,
  };
  return view.dashboardViewId === null ? base : { ...base, dashboard_view_id: view.dashboardViewId };
}

export function renderComment(context: RenderContext, comment: Comment): JsonObject {
  const base: JsonObject = {
    object: 'comment',
    id: comment.id,
    parent: renderParent(context, comment.id, comment.parent),
    discussion_id: comment.discussionId,
    created_time: minuteTime(comment.createdTime),
    last_edited_time: minuteTime(comment.editedTime),
    created_by: partialUser(comment.createdBy),
    rich_text: renderContent(context, comment.richText),
    display_name: { type: comment.displayName.type, resolved_name: displayName(context, comment) },
  };
  if (comment.attachments.length === 0) return base;
  return { ...base, attachments: renderContent(context, comment.attachments) };
}

function displayName(context: RenderContext, comment: Comment): string | null {
  return comment.displayName.resolvedName ?? context.state.users.get(comment.createdBy)?.name ?? null;
}

export function renderFileUpload(context: RenderContext, upload: FileUpload): JsonObject {
  const url = `${context.origin}/v1/file_uploads/${upload.id}`;
  const isOpen = upload.status === 'pending' && upload.mode !== 'external_url';
  return {
    object: 'file_upload',
    id: upload.id,
    created_time: minuteTime(upload.createdTime),
    created_by: { id: upload.createdBy, type: 'bot' },
    last_edited_time: minuteTime(upload.editedTime),
    expiry_time: upload.expiryTime === null ? null : minuteTime(upload.expiryTime),
    ...(isOpen ? { upload_url: `${url}/send` } : {}),
    ...(isOpen && upload.mode === 'multi_part' ? { complete_url: `${url}/complete` } : {}),
    ...trashMembers(context, false),
    status: upload.status,
    filename: upload.filename,
    content_type: upload.contentType,
    content_length: upload.contentLength,
    ...(upload.numberOfParts === null
      ? {}
      : { number_of_parts: { total: upload.numberOfParts, sent: upload.parts.size } }),
    ...(upload.importResult === null ? {} : { file_import_result: upload.importResult }),
  };
}

/** Settles a task whose time has come, then shows it. */
export function renderAsyncTask(context: RenderContext, task: AsyncTask): JsonObject {
  if (task.outcome === null && context.clock.now() >= task.doneTime) task.outcome = task.finish();
  const base: JsonObject = {
    object: 'async_task',
    id: task.id,
    status: task.outcome === null ? 'queued' : 'result' in task.outcome ? 'succeeded' : 'failed',
    status_url: `${context.origin}/v1/async_tasks/${task.id}`,
    created_time: new Date(task.createdTime).toISOString(),
    operation: { surface: 'rest', name: task.operation },
  };
  return task.outcome === null ? { ...base, poll_after_seconds: 2 } : { ...base, ...task.outcome };
}

function hex(id: string): string {
  return id.replaceAll('-', '');
}
