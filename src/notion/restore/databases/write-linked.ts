/** Re-creates a linked database as a linked view where it stood. */

import type { JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import { KlosetError } from '../../../errors.ts';
import { appendBlocks } from '../blocks/append-blocks.ts';
import { appendContext } from '../blocks/append-context.ts';
import { anchorBefore } from '../blocks/block-segment.ts';
import { markerNode } from '../blocks/write-node.ts';
import type { RestoredObject } from '../journal/objects.ts';
import { objectOf } from '../journal/objects.ts';
import { itemsOf } from '../journal/page-items.ts';
import type { Step } from '../journal/steps.ts';
import { findNewChild, findNewView } from '../requests/read-back.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import type { Wanted } from './write-views.ts';
import { createView, wantedViews } from './write-views.ts';

/** Carries out a `linked` step. @throws KlosetError `incomplete` when its page was not made */
export async function writeLinked(context: RestoreContext, step: Step): Promise<void> {
  const { journal, api } = context;
  const old = step.object;
  const pageId = journal.seen('linked page', old) ?? '';
  const page = objectOf(journal, pageId);
  const parent = journal.newId(pageId);
  if (page === undefined || parent === undefined)
    throw new KlosetError('incomplete', 'Its page was not restored.');
  const views = linkedViews(context, old);
  const wanted = await wantedViews(context, page, views, '');
  if (wanted.length === 0) return leaveMarker(context, page, parent, old);
  const items = itemsOf(journal, pageId);
  const place = items.find((item) => item.child === old)?.place ?? items.length;
  const after = step.stage === 1 ? undefined : await anchorOf(context, pageId, place, old);
  await createLinked(context, old, wanted, {
    page: parent,
    after,
    find: () => findNewChild(api, journal, { parent, type: 'child_database' }),
  });
}

function linkedViews({ journal }: RestoreContext, old: string): JsonObject[] {
  return journal
    .prepare<[string], string>('SELECT view FROM linked_view WHERE database = ? ORDER BY place')
    .pluck()
    .all(old)
    .map((text): unknown => JSON.parse(text))
    .filter(isObject);
}

/** What it comes after; asked for once, before it is there itself. */
async function anchorOf(
  context: RestoreContext,
  page: string,
  place: number,
  old: string,
): Promise<string | undefined> {
  const known = context.journal.seen('position', old);
  if (known !== undefined) return known === '' ? undefined : known;
  const anchor = await anchorBefore(context, page, itemsOf(context.journal, page), place);
  context.journal.setSeen('position', old, anchor ?? '');
  return anchor;
}

async function leaveMarker(
  context: RestoreContext,
  page: RestoredObject,
  parent: string,
  old: string,
): Promise<void> {
  const reason = 'the data source it shows cannot be seen';
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

/** Makes a linked database: its first view makes it, the others join it. Returns its id. */
async function createLinked(
  context: RestoreContext,
  old: string,
  wanted: readonly Wanted[],
  place: {
    readonly page: string;
    readonly after: string | undefined;
    readonly find: () => Promise<string | undefined>;
  },
): Promise<string> {
  const { writer, journal, api } = context;
  const [first, ...others] = wanted;
  if (first === undefined) throw new KlosetError('incomplete', 'It shows nothing that can be seen.');
  const position =
    place.after === undefined ? {} : { position: { type: 'after_block', block_id: place.after } };
  const kept = await writer.write({
    key: `linked ${old}`,
    request: () => ({
      method: 'post',
      path: 'views',
      body: {
        data_source_id: first.source,
        type: first.body.type,
        ...first.body.body,
        create_database: { parent: { type: 'page_id', page_id: place.page }, ...position },
      },
      effect: 'write',
    }),
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
    made: ({ id, database }) => ({
      ids: [
        [old, String(database), 'database'],
        [first.id, String(id), 'view'],
      ],
      children: [[place.page, journal.childCount(place.page) + 1]],
    }),
  });
  const database = stringAt(kept, 'database') ?? '';
  for (const view of others) {
    if (view.source !== first.source) {
      context.target
        .conversion('')
        .note(
          'lost',
          `view ${view.body.type}`,
          view.id,
          'a linked database can be made to show one data source only',
        );
      continue;
    }
    await createView(context, database, view, { database_id: database });
  }
  return database;
}
