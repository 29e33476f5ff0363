/** Changes one page or database back to the snapshot's state; sends only differences. */
import { blockType } from '../../../document/block-types.ts';
import type { SnapshotReader } from '../../../document/content.ts';
import type { BlockNode, PageDocument } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import { propertyType } from '../../../document/property-types.ts';
import { withoutSignature } from '../../../document/volatile.ts';
import type { NotionApi } from '../../api/api.ts';
import { list } from '../../api/listing.ts';
import { appendContext } from '../blocks/append-context.ts';
import { patchBlocks } from '../blocks/patch-blocks.ts';
import { define, plainProperties } from '../databases/schema.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { Conversion, PendingFile } from '../requests/conversion.ts';
import { collectingFiles } from '../requests/conversion.ts';
import { writeWithUploads } from '../requests/creation.ts';
import { writableCover, writableIcon } from '../requests/files.ts';
import { blockReferences, pageReferences, relationReferences } from '../requests/references.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { boundedRuns } from '../requests/rich-text.ts';
import { readDatabase, readPage } from '../snapshot/snapshot-documents.ts';
import { rowContext } from './create-page.ts';
import { rowValue } from './property-values.ts';

/** Executes a `patch` step: takes the object out of the trash if it lies there, and changes back what differs. */
export async function patchObject(
  context: RestoreContext,
  present: SnapshotReader,
  object: RestoredObject,
): Promise<void> {
  const { id } = object;
  const { journal, api, writer } = context;
  const path = `${object.kind === 'database' ? 'databases' : 'pages'}/${dashedId(id)}`;
  const isTrashed = journal.inPlace.actionFor(id) === 'untrash';
  if (isTrashed) {
    const now = await api.request({ method: 'get', path, effect: 'read' });
    // It may have come out of the trash with its parent.
    if (now.in_trash === true)
      await writer.write({
        key: `untrash ${id}`,
        request: () => ({ method: 'patch', path, body: { in_trash: false }, effect: 'write' }),
        keep: () => ({}),
      });
  }
  if (object.kind === 'database') await patchDatabase(context, present, object);
  else await patchPage(context, present, object);
}

/** Changes properties, icon, cover and blocks of a page back. */
async function patchPage(
  context: RestoreContext,
  present: SnapshotReader,
  object: RestoredObject,
): Promise<void> {
  const was = await readPage(context.snapshot, object.path);
  const now = await presentPage(context, present, object);
  await context.target.resolveLimits();
  await context.target.resolve([
    ...pageReferences(was.page),
    ...relationReferences(was.page),
    ...was.blocks.flatMap((block) => [...blockReferences(block)]),
  ]);
  const { conversion, files } = collectingFiles(context.target.conversion(object.path));
  const body = {
    ...changedProperties(context, object, was.page, now.page, conversion),
    ...changedAppearance(was.page, now.page, object.id, conversion, null),
    ...(was.page.is_locked === true && now.page.is_locked !== true ? { is_locked: true } : {}),
  };
  if (Object.keys(body).length > 0) await sendPatch(context, object, 'pages', body, files);
  const counts = { updated: 0, inserted: 0, removed: 0 };
  const blocks = context.target.conversion(object.path);
  await patchBlocks(
    appendContext(context, object),
    blocks,
    { parent: object.id, was: was.blocks, is: now.blocks },
    counts,
  );
}

/** The page's state now: from the backup just taken, or asked for when it lay in the trash. */
async function presentPage(
  context: RestoreContext,
  present: SnapshotReader,
  object: RestoredObject,
): Promise<Pick<PageDocument, 'page' | 'blocks'>> {
  const path = context.journal.inPlace.presentPath(object.id);
  if (path !== undefined) return readPage(present, path);
  const id = dashedId(object.id);
  const page = await context.api.request({ method: 'get', path: `pages/${id}`, effect: 'read' });
  return { page, blocks: await readTree(context.api, id) };
}

async function readTree(api: NotionApi, parent: string): Promise<BlockNode[]> {
  const blocks: BlockNode[] = [];
  for await (const block of list(api, { method: 'get', path: `blocks/${parent}/children`, effect: 'read' })) {
    const { children: below } = blockType(stringAt(block, 'type') ?? '') ?? {};
    const isListed = below !== 'own object' && below !== 'hidden';
    const isCopy = objectAt(objectAt(block, 'synced_block'), 'synced_from') !== undefined;
    const children =
      block.has_children === true && isListed && !isCopy
        ? await readTree(api, stringAt(block, 'id') ?? '')
        : undefined;
    blocks.push(children === undefined ? block : { ...block, children });
  }
  return blocks;
}

function changedProperties(
  context: RestoreContext,
  object: RestoredObject,
  was: JsonObject,
  now: JsonObject,
  conversion: Conversion,
): JsonObject {
  const row = rowContext(context, object.source, conversion);
  const quiet = { ...row, conversion: { ...conversion, note: () => {}, attach: () => {} } };
  const changed: JsonObject = {};
  const current = objectAt(now, 'properties') ?? {};
  for (const [name, property] of Object.entries(objectAt(was, 'properties') ?? {})) {
    const other = Object.hasOwn(current, name) ? current[name] : undefined;
    if (!isObject(property) || !isObject(other) || other.type !== property.type) continue;
    if (object.source === null && property.type !== 'title') continue;
    const id = `${object.id}/${name}`;
    if (valueForm(property, rowValue(property, id, quiet)) === valueForm(other, rowValue(other, id, quiet)))
      continue;
    const value = rowValue(property, id, row) ?? emptied(stringAt(property, 'type') ?? '');
    if (value !== undefined) define(changed, name, value);
  }
  return Object.keys(changed).length === 0 ? {} : { properties: changed };
}

/** A value as one text; files by name and where they lie. */
function valueForm(property: JsonObject, written: JsonObject | undefined): string {
  if (property.type !== 'files') return JSON.stringify(written ?? null);
  return JSON.stringify(
    arrayAt(property, 'files').map((file) => [stringAt(file, 'name') ?? '', fileForm(file)]),
  );
}

function fileForm(value: Json | undefined): string {
  const file = objectAt(value, 'file') ?? objectAt(value, 'external');
  return withoutSignature(stringAt(file, 'url') ?? '');
}

/** The request that clears a value. */
function emptied(type: string): JsonObject | undefined {
  switch (propertyType(type)?.value) {
    case 'list':
      return { [type]: [] };
    case 'single':
      return { [type]: null };
    case 'flag':
      return { [type]: false };
    default:
      return undefined;
  }
}

/** Icon and cover where they differ. `none` is what clears them; undefined where nothing does. */
function changedAppearance(
  was: JsonObject,
  now: JsonObject,
  id: string,
  conversion: Conversion,
  none: null | undefined,
): JsonObject {
  const changed: JsonObject = {};
  const quiet: Conversion = { ...conversion, note: () => {}, attach: () => {} };
  for (const [part, write] of [
    ['icon', writableIcon],
    ['cover', writableCover],
  ] as const) {
    const form = (value: Json | undefined) =>
      JSON.stringify([write(value, id, quiet) ?? null, fileForm(value)]);
    if (form(was[part]) === form(now[part])) continue;
    const written = write(was[part], id, conversion);
    if (written !== undefined) changed[part] = written;
    else if (none === null && was[part] === null) changed[part] = null;
  }
  return changed;
}

async function sendPatch(
  context: RestoreContext,
  object: RestoredObject,
  kind: 'pages' | 'databases',
  body: JsonObject,
  files: readonly PendingFile[],
): Promise<void> {
  await writeWithUploads(context, {
    key: `patch ${object.id}`,
    files,
    directory: object.path,
    request: () => ({ method: 'patch', path: `${kind}/${dashedId(object.id)}`, body, effect: 'write' }),
    keep: () => ({}),
  });
}

/** Changes title, description, icon and cover of a database back, and adds missing plain properties. */
async function patchDatabase(
  context: RestoreContext,
  present: SnapshotReader,
  object: RestoredObject,
): Promise<void> {
  if (object.isLinked) return;
  const was = await readDatabase(context.snapshot, object.path);
  const path = context.journal.inPlace.presentPath(object.id);
  const now =
    path === undefined
      ? await context.api.request({ method: 'get', path: `databases/${dashedId(object.id)}`, effect: 'read' })
      : ((await readDatabase(present, path)).database ?? {});
  const { conversion, files } = collectingFiles(context.target.conversion(object.path));
  const before = was.database;
  if (before !== null) {
    const body: JsonObject = { ...changedAppearance(before, now, object.id, conversion, undefined) };
    for (const part of ['title', 'description'] as const) {
      const written = boundedRuns(before[part], object.id, conversion);
      if (JSON.stringify(written) !== JSON.stringify(boundedRuns(now[part], object.id, conversion)))
        body[part] = written;
    }
    if (before.is_inline !== now.is_inline && typeof before.is_inline === 'boolean')
      body.is_inline = before.is_inline;
    if (before.is_locked === true && now.is_locked !== true) body.is_locked = true;
    if (Object.keys(body).length > 0) await sendPatch(context, object, 'databases', body, files);
  }
  for (const source of was.data_sources)
    await patchSource(context, compactId(stringAt(source, 'id') ?? ''), conversion);
}

/** Adds the plain properties a data source has lost. */
async function patchSource(
  context: RestoreContext,
  source: CompactId,
  conversion: Conversion,
): Promise<void> {
  const now = await context.api.request({
    method: 'get',
    path: `data_sources/${dashedId(source)}`,
    effect: 'read',
  });
  const names = objectAt(now, 'properties') ?? {};
  const ids = new Set(Object.values(names).map((property) => stringAt(property, 'id')));
  const missing = context.journal.dataSources
    .schemaOf(source)
    .filter(
      (property) =>
        property.type !== 'title' &&
        !ids.has(stringAt(property, 'id')) &&
        !Object.hasOwn(names, stringAt(property, 'name') ?? ''),
    );
  const { Name, ...properties } = plainProperties(missing, source, conversion);
  const isNamed = missing.some((property) => property.name === 'Name');
  const body = isNamed && Name !== undefined ? { ...properties, Name } : properties;
  if (Object.keys(body).length === 0) return;
  await context.writer.write({
    key: `patch source ${source}`,
    request: () => ({
      method: 'patch',
      path: `data_sources/${dashedId(source)}`,
      body: { properties: body },
      effect: 'write',
    }),
    keep: () => ({}),
  });
}
