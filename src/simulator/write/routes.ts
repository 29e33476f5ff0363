/** The routes that write. Every 400 they give is kept, so that a test can fail on the first refusal. */
import { ApiError } from '../protocol/api-error.ts';
import type { Context, Route } from '../protocol/routes.ts';
import type { State } from '../workspace/state.ts';
import { appendChildren, deleteBlock, updateBlock } from './blocks.ts';
import { createComment, deleteComment, updateComment } from './comments.ts';
import { createDataSource, updateDataSource } from './data-sources.ts';
import { createDatabase, updateDatabase } from './databases.ts';
import { completeFileUpload, createFileUpload, sendFileUpload } from './file-uploads.ts';
import { createPage, movePage, parentKey, updatePage } from './pages.ts';
import { createView, deleteView, updateView } from './views.ts';

/** A write that was refused. */
export interface Refusal {
  readonly method: string;
  /** With the ids of the request. */
  readonly path: string;
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const refusalsByState = new WeakMap<State, Refusal[]>();

/** The writes a workspace refused with a 400, in order. */
export function refusalsOf(state: State): readonly Refusal[] {
  return refusalsByState.get(state) ?? [];
}

type Write = Pick<Route, 'method' | 'path' | 'capability' | 'since' | 'handle' | 'conflictKey'>;

const ownId = (name: string) => (context: Context) => context.params[name];
const since = '2025-09-03';

const writes: readonly Write[] = [
  {
    method: 'POST',
    path: '/v1/pages',
    capability: 'insert_content',
    conflictKey: parentKey,
    handle: createPage,
  },
  {
    method: 'PATCH',
    path: '/v1/pages/{page_id}',
    capability: 'update_content',
    // Parallel updates of one page are merged, without a conflict (recorded).
    handle: updatePage,
  },
  {
    method: 'POST',
    path: '/v1/pages/{page_id}/move',
    capability: 'update_content',
    conflictKey: parentKey,
    handle: movePage,
  },
  {
    method: 'PATCH',
    path: '/v1/blocks/{block_id}/children',
    capability: 'insert_content',
    conflictKey: ownId('block_id'),
    handle: appendChildren,
  },
  {
    method: 'PATCH',
    path: '/v1/blocks/{block_id}',
    capability: 'update_content',
    conflictKey: parentOfBlock,
    handle: updateBlock,
  },
  {
    method: 'DELETE',
    path: '/v1/blocks/{block_id}',
    capability: 'update_content',
    conflictKey: parentOfBlock,
    handle: deleteBlock,
  },
  {
    method: 'POST',
    path: '/v1/databases',
    capability: 'insert_content',
    conflictKey: parentKey,
    handle: createDatabase,
  },
  {
    method: 'PATCH',
    path: '/v1/databases/{database_id}',
    capability: 'update_content',
    conflictKey: ownId('database_id'),
    handle: updateDatabase,
  },
  {
    method: 'POST',
    path: '/v1/data_sources',
    capability: 'insert_content',
    since,
    conflictKey: parentKey,
    handle: createDataSource,
  },
  {
    method: 'PATCH',
    path: '/v1/data_sources/{data_source_id}',
    capability: 'update_content',
    since,
    conflictKey: ownId('data_source_id'),
    handle: updateDataSource,
  },
  { method: 'POST', path: '/v1/views', capability: 'insert_content', since, handle: createView },
  { method: 'PATCH', path: '/v1/views/{view_id}', capability: 'update_content', since, handle: updateView },
  { method: 'DELETE', path: '/v1/views/{view_id}', capability: 'update_content', since, handle: deleteView },
  { method: 'POST', path: '/v1/comments', capability: 'insert_comments', handle: createComment },
  {
    method: 'PATCH',
    path: '/v1/comments/{comment_id}',
    capability: 'insert_comments',
    handle: updateComment,
  },
  {
    method: 'DELETE',
    path: '/v1/comments/{comment_id}',
    capability: 'insert_comments',
    handle: deleteComment,
  },
  { method: 'POST', path: '/v1/file_uploads', capability: 'insert_content', handle: createFileUpload },
  {
    method: 'POST',
    path: '/v1/file_uploads/{file_upload_id}/send',
    capability: 'insert_content',
    handle: sendFileUpload,
  },
  {
    method: 'POST',
    path: '/v1/file_uploads/{file_upload_id}/complete',
    capability: 'insert_content',
    handle: completeFileUpload,
  },
];

/** Every route that writes. */
export const writeRoutes: readonly Route[] = writes.map((write) => ({
  ...write,
  effect: 'write',
  handle: (context) => recorded(write, context),
}));

function recorded(write: Write, context: Context): ReturnType<Route['handle']> {
  try {
    return write.handle(context);
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) record(write, context, error);
    throw error;
  }
}

function record(write: Write, context: Context, error: ApiError): void {
  const path = write.path.replace(/\{(\w+)\}/g, (_, name: string) => context.params[name] ?? '');
  const { status, code, message } = error;
  const earlier = refusalsByState.get(context.state) ?? [];
  refusalsByState.set(context.state, [...earlier, { method: write.method, path, status, code, message }]);
}

function parentOfBlock(context: Context): string | undefined {
  const { state, params } = context;
  const id = params.block_id ?? '';
  return (state.blocks.get(id) ?? state.pages.get(id) ?? state.databases.get(id))?.parent.id;
}
