/** Parts of a copy that are read by themselves: the people of its workspace, data sources and views of its databases. */
import type { JsonObject } from '../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../document/json.ts';
import { compactId, dashedId } from '../../document/notion-id.ts';
import { apiFailureOf } from '../../notion/api/api.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import { list } from '../../notion/api/listing.ts';
import { ask } from '../../notion/restore/in-place/present-state.ts';
import { listViews } from '../../notion/restore/requests/read-back.ts';
import type { CopiedObject } from './copy-plan.ts';

/**
 * The people of the workspace, as far as `named` people are concerned. Those whom no list shows (guests) the restore has
 * looked for, as `known` tells with their ids there, or null; or they are asked for now.
 */
export async function readCopyPeople(
  api: NotionConnection,
  named: ReadonlySet<string>,
  known: ReadonlyMap<string, string | null>,
): Promise<JsonObject[]> {
  const users: JsonObject[] = [];
  try {
    for await (const user of list(api, { method: 'get', path: 'users', effect: 'read' })) users.push(user);
  } catch (error) {
    if (apiFailureOf(error)?.status !== 403) throw error;
  }
  const listed = new Set(users.map(idOf));
  for (const id of named) {
    const there = known.get(id);
    if (listed.has(compactId(there ?? id)) || there === null) continue;
    const user =
      there === undefined ? await seen(api, `users/${dashedId(id)}`) : { id: there, type: 'person' };
    if (user !== undefined) users.push(user);
  }
  return users;
}

/** The data sources of a database of its own; a linked database shows those of others. */
export async function readCopySources(
  api: NotionConnection,
  object: CopiedObject,
  database: JsonObject,
): Promise<JsonObject[]> {
  const shown = arrayAt(database, 'data_sources').map(idOf);
  const sources: JsonObject[] = [];
  for (const id of new Set([...object.sources, ...shown])) {
    const source = await ask(api, `data_sources/${dashedId(id)}`);
    const home = compactId(stringAt(objectAt(source, 'parent'), 'database_id') ?? object.id);
    if (source !== undefined && home === object.id) sources.push(source);
  }
  return sources;
}

/** The views that a list shows, and those of ours that it does not. */
export async function readCopyViews(api: NotionConnection, object: CopiedObject): Promise<JsonObject[]> {
  const ids = new Set<string>();
  for await (const view of listViews(api, dashedId(object.id))) ids.add(idOf(view));
  const views: JsonObject[] = [];
  for (const id of new Set([...ids, ...object.views])) {
    const view = await ask(api, `views/${dashedId(id)}`);
    if (view !== undefined) views.push(view);
  }
  return views;
}

/** The object at `path`; undefined when it cannot be seen, or may not. */
async function seen(api: NotionConnection, path: string): Promise<JsonObject | undefined> {
  return ask(api, path).catch((error: unknown) => {
    if (apiFailureOf(error)?.status === 403) return undefined;
    throw error;
  });
}

function idOf(value: unknown): string {
  return compactId(stringAt(value, 'id') ?? '');
}
