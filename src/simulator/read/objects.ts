/** Finds what a request names, or refuses as if it did not exist: what is not shared is not there. */
import { noAccessibleDataSources, notFound } from '../protocol/api-error.ts';
import type { Context } from '../protocol/routes.ts';
import type { BlockLike } from '../render/block.ts';
import { findBlock } from '../render/block.ts';
import { hasVisibleSource } from '../render/database.ts';
import type { Database, DataSource, Page, View } from '../workspace/state.ts';
import { isVisible } from '../workspace/state.ts';

type Seeing = Pick<Context, 'state'>;

/** Name and id of the connection, for 404 messages. */
export function botOf(context: Seeing): { readonly name: string; readonly id: string } {
  return { name: context.state.botName, id: context.state.botId };
}

/** @throws ApiError 404 */
export function visiblePage(context: Seeing, id: string): Page {
  const page = context.state.pages.get(id);
  if (page === undefined || !isVisible(context.state, page)) throw notFound('page', id, botOf(context));
  return page;
}

/** A block, or the page or database that stands for one. @throws ApiError 404 */
export function visibleBlock(context: Seeing, id: string): BlockLike {
  const block = findBlock(context.state, id);
  if (block === undefined || !isVisible(context.state, block)) throw notFound('block', id, botOf(context));
  return block;
}

/** A database with at least one data source in sight. @throws ApiError 404 */
export function visibleDatabase(context: Seeing, id: string): Database {
  const database = context.state.databases.get(id);
  if (database === undefined || !isVisible(context.state, database))
    throw notFound('database', id, botOf(context));
  if (!hasVisibleSource(context.state, database)) throw noAccessibleDataSources(id);
  return database;
}

/** @throws ApiError 404 */
export function visibleDataSource(context: Seeing, id: string): DataSource {
  const source = context.state.dataSources.get(id);
  if (source === undefined || !isVisible(context.state, source))
    throw notFound('data source', id, botOf(context));
  return source;
}

/** @throws ApiError 404 */
export function visibleView(context: Seeing, id: string): View {
  const view = context.state.views.get(id);
  const database = view === undefined ? undefined : context.state.databases.get(view.databaseId);
  if (view === undefined || database === undefined || !isVisible(context.state, database)) {
    throw notFound('view', id, botOf(context));
  }
  return view;
}
