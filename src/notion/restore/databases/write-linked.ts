/** Recreates a linked database as a linked view where it stood. */

import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import { appendBlocks } from '../blocks/append-blocks.ts';
import { appendContext } from '../blocks/append-context.ts';
import { anchorBefore } from '../blocks/block-segment.ts';
import { markerNode } from '../blocks/write-node.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { Step } from '../journal/tables/steps/steps.ts';
import { findNewChild, findNewView } from '../requests/read-back.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { targetParentOf } from '../requests/target-parent.ts';
import type { WritableView } from './send-view.ts';
import { createViewInParts, sendViewInParts } from './send-view.ts';
import { writableViews } from './write-views.ts';

/** Executes a `linked` step. @throws KlosetError `incomplete` when its page was not restored */
export async function writeLinked(context: RestoreContext, step: Step): Promise<void> {
  const { journal, api } = context;
  const old = step.object;
  const { page, object, parent } = homeOf(context, old);
  const views = journal.linkedViews.of(old);
  const wanted = await writableViews(context, object, views, undefined);
  const unseen = 'the data source it shows cannot be seen';
  if (wanted.length === 0) return leaveMarker(context, object, parent, { old, reason: unseen });
  const isCreated = await createLinked(context, object, old, wanted, {
    page: parent,
    isRoot: page === undefined,
    after: page === undefined || step.stage === 1 ? undefined : await anchorOf(context, page.id, old),
    find: () => findNewChild(api, journal, { parent, type: 'child_database' }),
  });
  if (!isCreated) await leaveMarker(context, object, parent, { old, reason: 'Notion refused its views' });
}

interface Home {
  /** The page it stands on; undefined when that is the destination. */
  readonly page: RestoredObject | undefined;
  /** The page, or the database itself. */
  readonly object: RestoredObject;
  /** New id of the page that it is created on. */
  readonly parent: string;
}

function homeOf(context: RestoreContext, old: CompactId): Home {
  const { ids, objects, progress } = context.journal;
  const page = objects.get(progress.pageOfLinkedDatabase(old) ?? '');
  const object = page ?? objects.get(old);
  const parent = page === undefined ? object && targetParentOf(context, object).page : ids.copyOf(page.id);
  if (object === undefined || parent === undefined)
    throw new KlosetError('incomplete', 'Its page was not restored.');
  return { page, object, parent };
}

/** The block it follows; determined once, before it exists itself. */
async function anchorOf(
  context: RestoreContext,
  page: CompactId,
  old: CompactId,
): Promise<string | undefined> {
  const known = context.journal.progress.anchorOf(old);
  if (known !== undefined) return known ?? undefined;
  const items = context.journal.items.of(page);
  const place = items.find((item) => item.child === old)?.place ?? items.length;
  const anchor = await anchorBefore(context, page, items, place);
  context.journal.progress.setAnchor(old, anchor ?? null);
  return anchor;
}

async function leaveMarker(
  context: RestoreContext,
  page: RestoredObject,
  parent: string,
  { old, reason }: { readonly old: CompactId; readonly reason: string },
): Promise<void> {
  context.target
    .conversion(page.path)
    .note('lost', 'block child_database', old, `linked database: ${reason}`);
  if (!context.markers) return;
  await appendBlocks(appendContext(context, page), {
    key: `marker ${old}`,
    parent,
    nodes: [markerNode(`linked database: ${reason}`)],
    position: { type: 'end' },
  });
}

/** Creates a linked database: the first view that Notion takes creates it, the others join it. False without any. */
async function createLinked(
  context: RestoreContext,
  object: RestoredObject,
  old: CompactId,
  wanted: readonly WritableView[],
  place: {
    readonly page: string;
    readonly isRoot: boolean;
    readonly after: string | undefined;
    readonly find: () => Promise<string | undefined>;
  },
): Promise<boolean> {
  const { writer, journal, api } = context;
  const position =
    place.after === undefined ? {} : { position: { type: 'after_block', block_id: place.after } };
  const fresh = { create_database: { parent: { type: 'page_id', page_id: place.page }, ...position } };
  const create = (first: WritableView, body: JsonObject): Promise<JsonObject> =>
    writer.write({
      key: `linked ${old}`,
      ...(place.isRoot ? { detail: { root: place.page, title: '' } } : {}),
      request: () => ({ method: 'post', path: 'views', body: { ...body, ...fresh }, effect: 'write' }),
      keep: (answer) => ({
        id: stringAt(answer, 'id') ?? '',
        database: stringAt(objectAt(answer, 'parent'), 'database_id') ?? '',
      }),
      find: async () => {
        const database = await place.find();
        if (database === undefined) return undefined;
        const id = await findNewView(api, journal, database);
        return id === undefined ? undefined : { id, database };
      },
      created: ({ id, database }) => ({
        ids: [
          [old, String(database), 'database'],
          [first.id, String(id), 'view'],
        ],
        children: [[place.page, journal.ids.childCount(place.page) + 1]],
        ...(place.isRoot ? { root: { id: String(database), kind: 'database' } } : {}),
      }),
    });
  let home: { readonly database: string; readonly source: string } | undefined;
  for (const view of wanted) {
    if (home === undefined) {
      const kept = await sendViewInParts(context, object, view, (body) => create(view, body));
      if (kept !== undefined) home = { database: stringAt(kept, 'database') ?? '', source: view.source };
    } else if (view.source === home.source)
      await createViewInParts(context, object, home.database, view, { database_id: home.database });
    else
      context.target
        .conversion('')
        .note(
          'lost',
          `view ${view.body.type}`,
          view.id,
          'a linked database can be created for one data source only',
        );
  }
  return home !== undefined;
}
