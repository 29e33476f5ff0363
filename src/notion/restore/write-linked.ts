/** Re-creates a linked database as a linked view where it stood. */
import type { JsonObject } from '../../document/json.ts';
import { isObject } from '../../document/json.ts';
import { KlosetError } from '../../errors.ts';
import { appendBlocks } from './append-blocks.ts';
import { itemsOf } from './plan-steps.ts';
import { findNewChild } from './read-back.ts';
import type { RestoreContext, RestoredObject } from './restore-context.ts';
import { appendContext, objectOf } from './restore-context.ts';
import type { Step } from './steps.ts';
import { markerNode } from './write-node.ts';
import { anchorBefore } from './write-run.ts';
import { createLinked, wantedViews } from './write-views.ts';

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
