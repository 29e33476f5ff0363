/** Looks at the place to restore to before anything is written: a page, the top of the workspace, or a data source for rows. */
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, objectAt, stringAt } from '../../../document/json.ts';
import { dashedId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import type { NotionApi } from '../../api/api.ts';
import { apiFailureOf } from '../../api/api.ts';
import type { Journal } from '../journal/journal.ts';
import { listChildren, sourceIdsOf } from '../requests/read-back.ts';
import type { Destination } from '../requests/restore-context.ts';
import { recordLimits } from '../requests/target.ts';

/** The place as it was found. */
export interface FoundDestination {
  /** The data source that rows go into, as the API shows it; absent for a page and for the workspace. */
  readonly rowsInto?: JsonObject;
}

/**
 * Reads the destination; what lies there already is marked, so that it is not taken for the restore's own.
 * @throws KlosetError `not-found` when it cannot be seen, `usage` when nothing can be restored into it, `credentials` when
 * the token may not write there
 */
export async function checkDestination(
  api: NotionApi,
  destination: Destination,
  journal: Journal,
): Promise<FoundDestination> {
  if (destination.type === 'workspace') {
    await checkWorkspace(api, journal);
    return {};
  }
  const id = dashedId(destination.id);
  if ((await find(api, 'page', `pages/${id}`)) !== undefined) {
    // Existing children must not be mistaken for ours when an unanswered write is looked for.
    for await (const child of listChildren(api, id)) journal.ids.markExisting(stringAt(child, 'id') ?? '');
    return {};
  }
  const source = await findSource(api, id);
  if (source === undefined)
    throw new KlosetError(
      'not-found',
      `There is no page or database ${id} to restore into, or this connection cannot see it.`,
      { hint: 'Share it with the connection.' },
    );
  await markNewestRows(api, source, journal);
  return { rowsInto: source };
}

/** Pages at the top belong to people: an internal connection, which belongs to a workspace, may not create any. */
async function checkWorkspace(api: NotionApi, journal: Journal): Promise<void> {
  const bot = await api.request({ method: 'get', path: 'users/me', effect: 'read' });
  recordLimits(journal, bot);
  if (stringAt(objectAt(objectAt(bot, 'bot'), 'owner'), 'type') !== 'workspace') return;
  throw new KlosetError(
    'credentials',
    'This token belongs to an internal connection, which may not create pages at the top of the workspace.',
    { hint: 'Name a page with --root-id, or use the personal access token of a person who may.' },
  );
}

/** The data source with this id, or the only one of the database with it. */
async function findSource(api: NotionApi, id: string): Promise<JsonObject | undefined> {
  const database = await find(api, 'database', `databases/${id}`);
  if (database === undefined) return find(api, 'data source', `data_sources/${id}`);
  const sources = sourceIdsOf(database);
  const [only] = sources;
  if (only === undefined || sources.length > 1)
    throw new KlosetError('usage', `The database ${id} has ${sources.length} data sources.`, {
      hint:
        only === undefined
          ? 'Name another one, or a page.'
          : `Name the one to restore into: ${sources.join(', ')}.`,
    });
  return find(api, 'data source', `data_sources/${only}`);
}

/** The object at `path`; undefined when there is none. @throws KlosetError `usage` when it is in the trash */
async function find(api: NotionApi, what: string, path: string): Promise<JsonObject | undefined> {
  const found = await api.request({ method: 'get', path, effect: 'read' }).catch((error: unknown) => {
    const status = apiFailureOf(error)?.status;
    if (status === 404 || status === 400) return undefined;
    throw error;
  });
  if (found?.in_trash === true)
    throw new KlosetError(
      'usage',
      `The ${what} ${path.replace(/.*\//, '')} to restore into is in the trash.`,
      {
        hint: 'Take it out of the trash, or name another place.',
      },
    );
  return found;
}

/** The rows that somebody created just now must not be mistaken for ours; older ones are told apart by their time. */
async function markNewestRows(api: NotionApi, source: JsonObject, journal: Journal): Promise<void> {
  const newest = await api.request({
    method: 'post',
    path: `data_sources/${stringAt(source, 'id') ?? ''}/query`,
    body: { sorts: [{ timestamp: 'created_time', direction: 'descending' }], page_size: 100 },
    effect: 'read',
  });
  for (const row of arrayAt(newest, 'results')) journal.ids.markExisting(stringAt(row, 'id') ?? '');
}
