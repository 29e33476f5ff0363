/** Creates a page or row, with its icon, cover and values, and with its first blocks when they need not wait. */

import type { PageDocument } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId } from '../../../document/notion-id.ts';
import { propertyIdOf } from '../../../document/schema-names.ts';
import { pageTitle, titleRuns } from '../../../document/title.ts';
import { messageOf } from '../../../errors.ts';
import { apiFailureOf } from '../../api/api.ts';
import { filesOf } from '../blocks/append-request.ts';
import { convertBlocks } from '../blocks/block-payload.ts';
import { originMarker } from '../blocks/origin-marker.ts';
import { outline, requestBlock, withPlaceholders } from '../blocks/request-batches.ts';
import type { WriteNode } from '../blocks/write-node.ts';
import type { Created } from '../journal/journal.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { Conversion, PendingFile } from '../requests/conversion.ts';
import { collectingFiles } from '../requests/conversion.ts';
import { foundId, sendCreation } from '../requests/creation.ts';
import { writableCover, writableIcon } from '../requests/files.ts';
import { findNewChild, findNewRoot, findNewRow } from '../requests/read-back.ts';
import { blockReferences, pageReferences, relationReferences } from '../requests/references.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { boundedRuns, textRuns } from '../requests/rich-text.ts';
import type { TargetParent } from '../requests/target-parent.ts';
import { positionInExisting, rootDetail, targetParentOf } from '../requests/target-parent.ts';
import { writeParts } from '../requests/write-parts.ts';
import { readPage } from '../snapshot/snapshot-documents.ts';
import type { RowContext, RowValues } from './property-values.ts';
import { rowValue, rowValues } from './property-values.ts';
import { noteRefused } from './refused-parts.ts';
import { anyProperty, targetProperties } from './target-property.ts';

/**
 * Executes a `page` step. A page that Notion refuses is sent with less: first without its blocks, which follow by
 * themselves, then with its title alone, and its other parts after it, as far as Notion takes them.
 */
export async function createPage(context: RestoreContext, object: RestoredObject): Promise<void> {
  const document = await readPage(context.snapshot, object.path);
  const withPage = document.blocks.slice(0, object.blocksWithPage);
  await context.target.resolveLimits();
  await context.target.resolve([
    ...pageReferences(document.page),
    ...withPage.flatMap((block) => [...blockReferences(block)]),
  ]);
  await context.target.resolve(object.source === null ? [] : relationReferences(document.page));
  const bare = { ...object, blocksWithPage: 0 };
  const known = context.journal.progress.refusalOf(`page ${object.id}`);
  if (known !== undefined) return sendInParts(context, bare, document, known);
  try {
    return await sendPage(context, object, document, 'whole');
  } catch (error) {
    if (apiFailureOf(error)?.status !== 400) throw error;
    if (object.blocksWithPage > 0) postponeBlocks(context, object);
    try {
      if (object.blocksWithPage === 0) throw error;
      return await sendPage(context, bare, document, 'whole');
    } catch (again) {
      if (apiFailureOf(again)?.status !== 400) throw again;
      return sendInParts(context, bare, document, messageOf(again));
    }
  }
}

/** Creates a page with its title alone, then gives it its other parts; those that Notion refuses are noted. */
async function sendInParts(
  context: RestoreContext,
  bare: RestoredObject,
  document: PageDocument,
  refusal: string,
): Promise<void> {
  const { journal } = context;
  journal.progress.setRefusal(`page ${bare.id}`, refusal.slice(0, 400));
  await sendPage(context, bare, document, 'title');
  const { conversion, files } = collectingFiles(context.target.conversion(bare.path));
  const { body, pending } = pageBody(context, bare, document, { conversion, marker: undefined });
  await writeParts(context, {
    key: `page parts ${bare.id}`,
    path: `pages/${journal.ids.copyOf(bare.id) ?? ''}`,
    body,
    files,
    directory: bare.path,
    refusal,
    onRefused: (part, reason) => noteRefused(conversion, bare, document.page, part, reason),
  });
  if (pending.length > 0) journal.progress.setPendingProperties(bare.id, pending);
}

/** Lets the blocks that were to be sent with the page follow it. */
function postponeBlocks({ journal }: RestoreContext, object: RestoredObject): void {
  journal.atomically(() => {
    journal.objects.setBlocksWithPage(object.id, 0);
    const segment = journal.steps.ensure('segment', object.id, 0, `page:${object.id}`, 2);
    journal.steps.setStage(segment, 2);
  });
}

async function sendPage(
  context: RestoreContext,
  object: RestoredObject,
  document: PageDocument,
  extent: 'whole' | 'title',
): Promise<void> {
  const { journal } = context;
  const parent = targetParentOf(context, object);
  const title = pageTitle(document.page);
  const page = extent === 'whole' ? await wholeBody(context, object, document) : bareBody(title);
  const key = `page ${object.id}`;
  const { pending, count } = sentBefore(journal.writes.get(key)?.detail) ?? page;
  await sendCreation(context, {
    key,
    path: 'pages',
    files: page.files,
    directory: object.path,
    detail: { pending: [...pending], count, ...rootDetail(parent, title) },
    body: async () => {
      const position = await positionInExisting(context, object, parent);
      return { parent: parent.request, ...page.body, ...position };
    },
    find: async ({ sentAt }) => foundId(await findPage(context, parent, title, sentAt)),
    created: (kept) => pageCreated(context, object, parent, { id: stringAt(kept, 'id') ?? '', count }),
  });
  journal.progress.setBlocksWithPage(object.id, count);
  if (pending.length > 0) journal.progress.setPendingProperties(object.id, pending);
}

/** The parts an earlier run sent, though by now they would be chosen otherwise. */
function sentBefore(detail: JsonObject | undefined): Pick<PageBody, 'pending' | 'count'> | undefined {
  if (typeof detail?.count !== 'number') return undefined;
  return { pending: arrayAt(detail, 'pending').map(String), count: detail.count };
}

/** The page with its values and its first blocks, after a marker of its origin where markers are wanted. */
async function wholeBody(
  context: RestoreContext,
  object: RestoredObject,
  document: PageDocument,
): Promise<PageBody> {
  const conversion = context.target.conversion(object.path);
  const marker = context.markers
    ? await originMarker(document, (id) => context.target.nameOf(id))
    : undefined;
  return pageBody(context, object, document, { conversion, marker });
}

/** A page with only a plain title. */
function bareBody(title: string): PageBody {
  const runs = textRuns(title).slice(0, 1);
  return { body: { properties: { title: { title: runs } } }, files: [], pending: [], count: 0 };
}

function pageCreated(
  { journal }: RestoreContext,
  object: RestoredObject,
  parent: TargetParent,
  { id, count }: { id: string; count: number },
): Created {
  const children: [string, number][] = [[id, count]];
  if (parent.page !== undefined) children.push([parent.page, journal.ids.childCount(parent.page) + 1]);
  return {
    ids: [[object.id, id, 'page']],
    children,
    ...(parent.isRoot ? { root: { id, kind: 'page' } } : {}),
  };
}

function findPage(
  { api, journal }: RestoreContext,
  parent: TargetParent,
  title: string,
  since: number,
): Promise<string | undefined> {
  const named = parent.isRoot ? { title } : {};
  if (parent.source !== undefined)
    return findNewRow(api, journal, { source: parent.source, since, ...named });
  if (parent.page === undefined) return findNewRoot(api, journal, { title, since });
  return findNewChild(api, journal, {
    parent: parent.page,
    type: 'child_page',
    ...named,
  });
}

interface PageBody {
  readonly body: JsonObject;
  readonly files: readonly PendingFile[];
  readonly pending: readonly string[];
  /** Number of blocks sent with it. */
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
  const carried = withPlaceholders(convertBlocks(document.blocks.slice(0, object.blocksWithPage), given));
  const nodes = marker === undefined ? carried : [marker, ...carried];
  files.push(...filesOf(nodes, false, 1));
  const children = nodes.map((node) =>
    requestBlock(node, (each, level) => outline(each, level).inlineChildren),
  );
  const body: JsonObject = {
    properties: values,
    ...(icon === undefined ? {} : { icon }),
    ...(cover === undefined ? {} : { cover }),
    ...(children.length === 0 ? {} : { children }),
  };
  return { body, files, pending, count: nodes.length };
}

/** The values of a page or row as requests take them, and those that must wait. */
export function pageValues(
  context: RestoreContext,
  object: RestoredObject,
  page: JsonObject,
  conversion: Conversion,
): RowValues {
  if (object.isTemplate)
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
  const row = rowContext(context, null, conversion);
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
  const title = boundedRuns(titleRuns(page), object.id, conversion);
  const awaits = titleRuns(page).some((run) => {
    const mention = objectAt(run, 'mention');
    return row.isStillToCome(stringAt(objectAt(mention, stringAt(mention, 'type') ?? ''), 'id') ?? '');
  });
  return { values: title.length === 0 ? {} : { title: { title } }, pending: awaits ? ['title'] : [] };
}

function silent(conversion: Conversion): Conversion {
  return { ...conversion, note: () => {}, attach: () => {} };
}

/** The data source of a row as its values see it; a page outside of one has no `source`. */
export function rowContext(
  { journal }: RestoreContext,
  source: CompactId | null,
  conversion: Conversion,
): RowContext {
  const { dataSources, ids, objects, progress, relations } = journal;
  const schema = (source === null ? [] : dataSources.schemaOf(source)).filter(
    (property) => source === null || !progress.isPropertyLost(source, propertyIdOf(property)),
  );
  return {
    conversion,
    isWrittenElsewhere: (property) => source !== null && relations.isSkipped(source, property),
    isStillToCome: (id) => id !== '' && ids.copyOf(compactId(id)) === undefined && objects.has(compactId(id)),
    target: source === null ? anyProperty : targetProperties(schema),
  };
}
