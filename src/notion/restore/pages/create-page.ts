/** Creates a page or row, with its looks, its values, and the first blocks where nothing holds them back. */

import type { PageDocument } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import { plainText } from '../../../document/rich-text.ts';
import { messageOf } from '../../../errors.ts';
import { apiFailureOf } from '../../api/api.ts';
import { filesOf } from '../blocks/append-blocks.ts';
import { convertBlocks } from '../blocks/block-payload.ts';
import { originMarker } from '../blocks/origin-marker.ts';
import { outline, requestBlock, withPlaceholders } from '../blocks/request-batches.ts';
import type { WriteNode } from '../blocks/write-node.ts';
import { optionsOf, schemaOf } from '../databases/schema-levels.ts';
import type { Made } from '../journal/journal.ts';
import { decodedPropertyId } from '../journal/journal.ts';
import type { RestoredObject } from '../journal/objects.ts';
import { StepGraph } from '../journal/steps.ts';
import type { Conversion, PendingFile } from '../requests/conversion.ts';
import { writableCover, writableIcon } from '../requests/files.ts';
import { findNewChild, findNewRoot, findNewRow } from '../requests/read-back.ts';
import { blockReferences, pageReferences, relationReferences } from '../requests/references.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { boundedRuns, textRuns } from '../requests/rich-text.ts';
import { readPage } from '../requests/snapshot-documents.ts';
import type { MadeIn } from '../requests/target-parent.ts';
import { parentOf, positionInKept, rootDetail } from '../requests/target-parent.ts';
import { withUploads } from '../requests/uploads.ts';
import type { RowContext, RowValues } from './property-values.ts';
import { rowValue, rowValues } from './property-values.ts';

/**
 * Carries out a `page` step. What Notion refuses is tried with less: first without its blocks, which follow by themselves,
 * then with its title alone.
 */
export async function createPage(context: RestoreContext, object: RestoredObject): Promise<void> {
  const document = await readPage(context.snapshot, object.path);
  const carried = document.blocks.slice(0, object.carry);
  await context.target.learnLimits();
  await context.target.learn([
    ...pageReferences(document.page),
    ...carried.flatMap((block) => [...blockReferences(block)]),
  ]);
  await context.target.learn(object.source === null ? [] : relationReferences(document.page));
  const bare = { ...object, carry: 0 };
  try {
    return await sendPage(context, object, document, 'whole');
  } catch (error) {
    if (apiFailureOf(error)?.status !== 400) throw error;
    if (object.carry > 0) postponeBlocks(context, object);
    try {
      if (object.carry === 0) throw error;
      return await sendPage(context, bare, document, 'whole');
    } catch (again) {
      if (apiFailureOf(again)?.status !== 400) throw again;
      const reason = `Notion refused its properties: ${messageOf(again)}`.slice(0, 400);
      context.target.conversion(object.path).note('lost', 'page properties', object.id, reason);
      return sendPage(context, bare, document, 'title');
    }
  }
}

/** Lets the blocks that were to travel with the page follow it. */
function postponeBlocks({ journal }: RestoreContext, object: RestoredObject): void {
  journal.atomically(() => {
    const graph = new StepGraph(journal);
    journal.prepare('UPDATE object SET carry = 0 WHERE id = ?').run(object.id);
    const run = graph.step('run', object.id, 0, `page:${object.id}`, 2);
    graph.setStage(run, 2);
  });
}

async function sendPage(
  context: RestoreContext,
  object: RestoredObject,
  document: PageDocument,
  extent: 'whole' | 'title',
): Promise<void> {
  const { journal } = context;
  const parent = parentOf(context, object);
  const conversion = context.target.conversion(object.path);
  const marker = context.markers
    ? await originMarker(document.page, (id) => context.target.nameOf(id))
    : undefined;
  const key = `page ${object.id}`;
  const earlier = journal.writeOf(key)?.detail;
  const title = plainText(titleOf(document.page));
  const { body, files, ...now } =
    extent === 'whole' ? pageBody(context, object, document, { conversion, marker }) : bareBody(title);
  // What an earlier run sent, though by now it would be cut otherwise.
  const pending = earlier === undefined ? now.pending : arrayAt(earlier, 'pending').map(String);
  const count = typeof earlier?.count === 'number' ? earlier.count : now.count;
  await withUploads(context.uploads, files, () =>
    context.writer.write({
      key,
      detail: { pending: [...pending], count, ...rootDetail(parent, title) },
      request: async () => {
        await context.uploads.fill(files, object.path);
        const position = await positionInKept(context, object, parent);
        return {
          method: 'post',
          path: 'pages',
          body: { parent: parent.request, ...body, ...position },
          effect: 'write',
        };
      },
      keep: (answer) => ({ id: stringAt(answer, 'id') ?? '' }),
      committed: (additional) => {
        const id = stringAt(additional, 'committed_resource_id');
        return id === undefined ? undefined : { id };
      },
      find: async ({ sentAt }) => {
        const id = await findPage(context, parent, title, sentAt);
        return id === undefined ? undefined : { id };
      },
      made: (kept) => made(context, object, parent, { id: stringAt(kept, 'id') ?? '', count }),
    }),
  );
  journal.setSeen('carried', object.id, String(count));
  if (pending.length > 0) journal.setSeen('pending', object.id, JSON.stringify(pending));
}

/** A page of nothing but a plain title. */
function bareBody(title: string): PageBody {
  const runs = textRuns(title).slice(0, 1);
  return { body: { properties: { title: { title: runs } } }, files: [], pending: [], count: 0 };
}

function made(
  { journal }: RestoreContext,
  object: RestoredObject,
  parent: MadeIn,
  { id, count }: { id: string; count: number },
): Made {
  const children: [string, number][] = [[id, count]];
  if (parent.page !== undefined) children.push([parent.page, journal.childCount(parent.page) + 1]);
  return {
    ids: [[object.id, id, 'page']],
    children,
    ...(parent.isRoot ? { root: { id, kind: 'page' } } : {}),
  };
}

function findPage(
  { api, journal }: RestoreContext,
  parent: MadeIn,
  title: string,
  since: number,
): Promise<string | undefined> {
  if (parent.source !== undefined) return findNewRow(api, journal, parent.source, since);
  if (parent.page === undefined) return findNewRoot(api, journal, { title, since });
  return findNewChild(api, journal, {
    parent: parent.page,
    type: 'child_page',
    ...(parent.isRoot ? { title } : {}),
  });
}

interface PageBody {
  readonly body: JsonObject;
  readonly files: readonly PendingFile[];
  readonly pending: readonly string[];
  /** How many blocks travel with it. */
  readonly count: number;
}

function pageBody(
  context: RestoreContext,
  object: RestoredObject,
  document: PageDocument,
  { conversion: given, marker }: { readonly conversion: Conversion; readonly marker: WriteNode | undefined },
): PageBody {
  const files: PendingFile[] = [];
  const conversion: Conversion = { ...given, attach: (file) => files.push(file) };
  const { page } = document;
  const icon = writableIcon(page.icon, object.id, conversion);
  const cover = writableCover(page.cover, object.id, conversion);
  const { values, pending } = pageValues(context, object, page, conversion);
  const carried = withPlaceholders(convertBlocks(document.blocks.slice(0, object.carry), given));
  const nodes = marker === undefined ? carried : [marker, ...carried];
  files.push(...filesOf(nodes, false, 1));
  const children = nodes.map((node) => requestBlock(node, (each, tier) => outline(each, tier).inline));
  const body: JsonObject = {
    properties: values,
    ...(icon === undefined ? {} : { icon }),
    ...(cover === undefined ? {} : { cover }),
    ...(children.length === 0 ? {} : { children }),
  };
  return { body, files, pending, count: nodes.length };
}

function pageValues(
  context: RestoreContext,
  object: RestoredObject,
  page: JsonObject,
  conversion: Conversion,
): RowValues {
  if (object.template === 1)
    conversion.note(
      'approximated',
      'page template',
      object.id,
      'templates cannot be created: it is a row like any other',
    );
  if (page.in_trash === true)
    conversion.note(
      'approximated',
      'page in the trash',
      object.id,
      'it lay in the trash: it is restored as an ordinary page',
    );
  if (object.source !== null)
    return rowValues(page, object.id, rowContext(context, object.source, conversion));
  const row = rowContext(context, '', conversion);
  for (const [name, property] of Object.entries(objectAt(page, 'properties') ?? {})) {
    if (
      !isObject(property) ||
      property.type === 'title' ||
      rowValue(property, `${object.id}/${name}`, { ...row, conversion: silent(conversion) }) === undefined
    )
      continue;
    conversion.note(
      'lost',
      `value ${stringAt(property, 'type')}`,
      `${object.id}/${name}`,
      'outside a data source a page has only its title',
    );
  }
  const title = boundedRuns(titleOf(page), object.id, conversion);
  const awaits = arrayAt({ title: titleOf(page) }, 'title').some((run) => {
    const mention = objectAt(run, 'mention');
    return row.isStillToCome(stringAt(objectAt(mention, stringAt(mention, 'type') ?? ''), 'id') ?? '');
  });
  return { values: title.length === 0 ? {} : { title: { title } }, pending: awaits ? ['title'] : [] };
}

function silent(conversion: Conversion): Conversion {
  return { ...conversion, note: () => {}, attach: () => {} };
}

/** What setting the values of a row of `source` needs. */
export function rowContext({ journal }: RestoreContext, source: string, conversion: Conversion): RowContext {
  const skipped = journal
    .prepare<[string, string], number>('SELECT 1 FROM skipped_relation WHERE source = ? AND property = ?')
    .pluck();
  const coming = journal.prepare<[string], string>('SELECT id FROM object WHERE id = ?').pluck();
  const statuses = new Map<string, Set<string>>();
  for (const property of schemaOf(journal, source)) {
    if (property.type !== 'status') continue;
    const names = optionsOf(property).map((option) => stringAt(option, 'name') ?? '');
    statuses.set(decodedPropertyId(stringAt(property, 'id') ?? ''), new Set(names.slice(0, 100)));
  }
  return {
    conversion,
    isWrittenElsewhere: (property) => skipped.get(source, decodedPropertyId(property)) !== undefined,
    isStillToCome: (id) =>
      id !== '' &&
      journal.newId(id) === undefined &&
      coming.get(id.replaceAll('-', '').toLowerCase()) !== undefined,
    hasStatus: (property, option) => statuses.get(decodedPropertyId(property))?.has(option) === true,
  };
}

/** The runs of a page's title. */
export function titleOf(page: JsonObject): JsonObject[] {
  const title = Object.values(objectAt(page, 'properties') ?? {}).find(
    (property) => stringAt(property, 'type') === 'title',
  );
  return arrayAt(title, 'title').filter(isObject);
}
