/**
 * Pages and databases that an interrupted restore in place may have created though no answer came. Those that are there stand
 * for their originals from now on, so that nothing is created twice.
 */
import { stringAt } from '../../document/json.ts';
import type { CompactId } from '../../document/notion-id.ts';
import { compactId } from '../../document/notion-id.ts';
import type { NotionApi } from '../api/api.ts';
import type { EarlierCopy } from './in-place/earlier-copies.ts';
import { apiPath, ask } from './in-place/present-state.ts';
import type { Journal } from './journal/journal.ts';
import type { UnansweredCreation } from './journal/tables/writes.ts';
import { findNewChild, findNewRoot, findNewRow, sourceIdsOf } from './requests/read-back.ts';

/** Times of pages are floored to the minute. */
const minuteMs = 60_000;

/**
 * Looks for what the restore of this journal created without an answer.
 * @param isKept true to note in the journal what was found, and that the rest is not there
 */
export async function unansweredCopies(
  api: NotionApi,
  journal: Journal,
  isKept: boolean,
): Promise<EarlierCopy[]> {
  const found: EarlierCopy[] = [];
  for (const creation of journal.writes.unansweredCreations()) {
    const { key, kind } = creation;
    const old = compactId(key.slice(kind.length + 1));
    const id = await findCreated(api, journal, old, creation);
    const copies = id === undefined ? [] : await copiesOf(api, journal, { old, fresh: compactId(id), kind });
    found.push(...copies);
    if (!isKept) continue;
    if (id === undefined) journal.writes.forget(key);
    else
      journal.markDone(
        key,
        { id },
        {
          ids: copies.map((copy) => [compactId(copy.old), copy.fresh, copy.kind]),
          root: { id, kind },
        },
      );
  }
  return found;
}

async function findCreated(
  api: NotionApi,
  journal: Journal,
  old: CompactId,
  creation: UnansweredCreation,
): Promise<string | undefined> {
  const id = await findByPlace(api, journal, old, creation);
  if (id === undefined) return undefined;
  const object = await ask(api, apiPath({ kind: creation.kind, id: compactId(id) }));
  const created = Date.parse(stringAt(object, 'created_time') ?? '');
  return object?.in_trash !== true && created >= creation.sentAt - minuteMs ? id : undefined;
}

/** In a place that existed before others write too: there the title decides. */
async function findByPlace(
  api: NotionApi,
  journal: Journal,
  old: CompactId,
  { kind, sentAt: since, detail }: UnansweredCreation,
): Promise<string | undefined> {
  const { ids, objects } = journal;
  const object = objects.get(old);
  const type = `child_${kind}` as const;
  const [root, source] = [stringAt(detail, 'root'), stringAt(detail, 'root_source')];
  const title = stringAt(detail, 'title') ?? '';
  if (source !== undefined) return findNewRow(api, journal, { source, since, title });
  if (root === 'workspace') return findNewRoot(api, journal, { title, since });
  if (root !== undefined) return findNewChild(api, journal, { parent: root, type, title });
  const home = object?.source ?? (object === undefined ? undefined : objects.pageAbove(object));
  const parent = home === undefined || home === null ? undefined : ids.copyOf(home);
  if (object === undefined || parent === undefined) return undefined;
  return object.source === null
    ? findNewChild(api, journal, { parent, type })
    : findNewRow(api, journal, { source: parent, since });
}

/** The copy itself, and, of a database, that of its first data source. */
async function copiesOf(api: NotionApi, journal: Journal, copy: EarlierCopy): Promise<EarlierCopy[]> {
  if (copy.kind !== 'database') return [copy];
  const [old] = journal.dataSources.of(compactId(copy.old));
  const database = await ask(api, apiPath({ kind: 'database', id: compactId(copy.fresh) }));
  const [fresh] = database === undefined ? [] : sourceIdsOf(database);
  if (old === undefined || fresh === undefined) return [copy];
  return [copy, { old, fresh: compactId(fresh), kind: 'data_source' }];
}
