/** Finds what a request refers to, as the connection may see it, and refuses the rest as the API does. */
import { archivedEdit, notFound, validationError } from '../../protocol/api-error.ts';
import type { Context } from '../../protocol/routes.ts';
import type { Block, Container, Database, DataSource, Page, View } from '../../workspace/state.ts';
import { isTrashed, isVisible } from '../../workspace/state.ts';
import { uuidOf } from '../check/ids.ts';

type Kind = Parameters<typeof notFound>[0];

/** The 404 in the name of this connection. */
export function missing(context: Context, kind: Kind, id: string): Error {
  return notFound(kind, id, { name: context.state.botName, id: context.state.botId });
}

/** @throws ApiError 404 */
export function seePage(context: Context, id: string): Page {
  return seen(context, context.state.pages.get(dashed(id)), 'page', id);
}

/** @throws ApiError 404 */
export function seeDatabase(context: Context, id: string): Database {
  return seen(context, context.state.databases.get(dashed(id)), 'database', id);
}

/** @throws ApiError 404 */
export function seeDataSource(context: Context, id: string): DataSource {
  return seen(context, context.state.dataSources.get(dashed(id)), 'data source', id);
}

/** A block, or a page or database seen as the block that stands for it. @throws ApiError 404 */
export function seeBlock(context: Context, id: string): Block | Page | Database {
  const { state } = context;
  const key = dashed(id);
  return seen(
    context,
    state.blocks.get(key) ?? state.pages.get(key) ?? state.databases.get(key),
    'block',
    id,
  );
}

/** @throws ApiError 404 */
export function seeView(context: Context, id: string): View {
  const view = context.state.views.get(dashed(id));
  const database = view === undefined ? undefined : context.state.databases.get(view.databaseId);
  if (view === undefined || database === undefined || !isVisible(context.state, database)) {
    throw missing(context, 'view', dashed(id));
  }
  return view;
}

/** Refuses to write into the trash. @throws ApiError 400 */
export function refuseTrashed(context: Context, object: Container): void {
  if (isTrashed(context.state, object)) throw archivedEdit();
}

/** The user a mention or a people value names: a person of this workspace. @throws ApiError 400 */
export function knownPerson(context: Context, id: string): { readonly id: string; readonly name: string } {
  const user = context.state.users.get(dashed(id));
  if (user === undefined) throw validationError(`Could not find user with ID: ${dashed(id)}.`);
  if (user.type === 'bot')
    throw validationError(`User with ID ${dashed(id)} is a bot and cannot be referred to.`);
  return { id: user.id, name: user.name ?? 'Anonymous' };
}

/** The id as it is kept: lower case with dashes. Bodies are checked before, so every id is one. */
export function dashed(id: string): string {
  return uuidOf(id) ?? id;
}

function seen<T extends Container>(context: Context, object: T | undefined, kind: Kind, id: string): T {
  if (object === undefined || !isVisible(context.state, object)) throw missing(context, kind, dashed(id));
  return object;
}
