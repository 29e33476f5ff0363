/** Creates a database with its first data source, and the further data sources of one that has several. */
import type { DatabaseDocument } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { isObject, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId } from '../../../document/notion-id.ts';
import { plainText } from '../../../document/rich-text.ts';
import { KlosetError } from '../../../errors.ts';
import type { Created, Journal } from '../journal/journal.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { Step } from '../journal/tables/steps/steps.ts';
import type { Conversion } from '../requests/conversion.ts';
import { collectingFiles } from '../requests/conversion.ts';
import { createdId, foundId, sendCreation } from '../requests/creation.ts';
import { writableCover, writableIcon } from '../requests/files.ts';
import { findNewChild, findNewRoot, findNewSource, sourceIdsOf } from '../requests/read-back.ts';
import { valueReferences } from '../requests/references.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { boundedRuns } from '../requests/rich-text.ts';
import type { TargetParent } from '../requests/target-parent.ts';
import { rootDetail, targetParentOf } from '../requests/target-parent.ts';
import { readDatabase } from '../snapshot/snapshot-documents.ts';
import { appearanceOf, lostCover, unwritableCovers } from './appearance.ts';
import { createInParts, noteRefusedPart, plainTitle, restOfSource, titleAlone } from './create-in-parts.ts';
import { define, plainProperties } from './schema.ts';

/** Executes a `database` step. */
export async function createDatabase(context: RestoreContext, object: RestoredObject): Promise<void> {
  const document = await readDatabase(context.snapshot, object.path);
  const appearance = appearanceOf(document);
  const { title = null, description = null, icon = null } = appearance;
  await context.target.resolveLimits();
  await context.target.resolve(valueReferences([title, description, icon]));
  const parent = targetParentOf(context, { ...object, source: null });
  const { conversion, files } = collectingFiles(context.target.conversion(object.path));
  for (const { id, type } of unwritableCovers(document))
    conversion.note('lost', `cover ${type}`, id, lostCover);
  const source = firstSourceOf(document);
  const properties = plainProperties(context.journal.dataSources.schemaOf(source), source, conversion);
  const body = {
    parent: parent.request,
    ...databaseBody(object.id, appearance, conversion),
    initial_data_source: { properties },
  };
  const titleText = plainText(title);
  const key = `database ${object.id}`;
  const { ids } = context.journal;
  const { parent: _, initial_data_source: __, ...fields } = body;
  await createInParts(context, {
    key,
    body,
    bare: {
      parent: parent.request,
      title: plainTitle(title),
      initial_data_source: { properties: titleAlone(properties) },
    },
    files,
    directory: object.path,
    send: (sent, sentFiles) =>
      sendCreation(context, {
        key,
        path: 'databases',
        files: sentFiles,
        directory: object.path,
        detail: rootDetail(parent, titleText),
        body: () => sent,
        keep: databaseIds,
        // A 503 names the database alone, not its data source.
        committed: () => undefined,
        find: ({ sentAt }) => findDatabase(context, parent, titleText, sentAt),
        created: (kept) => databaseCreated(context.journal, object, parent, source, kept),
      }),
    rest: () => [
      { path: `databases/${ids.copyOf(object.id) ?? ''}`, body: fields },
      ...restOfSource(context.journal, source, properties),
    ],
    onRefused: (part, reason, isDescription) =>
      noteRefusedPart(context.journal, conversion, { id: object.id, source, isDescription }, part, reason),
  });
}

/** The first data source of a database; empty when it has none that is visible. */
function firstSourceOf(document: DatabaseDocument): CompactId {
  return compactId(stringAt(document.data_sources[0], 'id') ?? '');
}

/** The ids of a new database and of its first data source. */
function databaseIds(answer: JsonObject): JsonObject {
  return { ...createdId(answer), source: sourceIdsOf(answer)[0] ?? '' };
}

async function findDatabase(
  { api, journal }: RestoreContext,
  parent: TargetParent,
  title: string,
  since: number,
): Promise<JsonObject | undefined> {
  const { page, isRoot } = parent;
  const id =
    page === undefined
      ? await findNewRoot(api, journal, { title, since })
      : await findNewChild(api, journal, {
          parent: page,
          type: 'child_database',
          ...(isRoot ? { title } : {}),
        });
  if (id === undefined) return undefined;
  return {
    ...databaseIds(await api.request({ method: 'get', path: `databases/${id}`, effect: 'read' })),
    id,
  };
}

function databaseCreated(
  { ids }: Journal,
  object: RestoredObject,
  { page, isRoot }: TargetParent,
  source: CompactId,
  kept: JsonObject,
): Created {
  const id = stringAt(kept, 'id') ?? '';
  const sourceCopy = stringAt(kept, 'source') ?? '';
  return {
    ids: [
      [object.id, id, 'database'],
      ...(source === '' ? [] : [[source, sourceCopy, 'data_source'] as const]),
    ],
    ...(page === undefined ? {} : { children: [[page, ids.childCount(page) + 1]] }),
    ...(isRoot ? { root: { id, kind: 'database' } } : {}),
  };
}

/** Title, description, icon and cover as requests take them. */
export function databaseBody(id: string, appearance: JsonObject, conversion: Conversion): JsonObject {
  const icon = writableIcon(appearance.icon, id, conversion);
  const cover = writableCover(appearance.cover, id, conversion);
  const description = boundedRuns(appearance.description, id, conversion);
  return {
    title: boundedRuns(appearance.title, id, conversion),
    ...(description.length === 0 ? {} : { description }),
    is_inline: appearance.is_inline === true,
    ...(icon === undefined ? {} : { icon }),
    ...(cover === undefined ? {} : { cover }),
  };
}

/** Executes a `source` step: one more data source. @throws KlosetError `incomplete` without its database */
export async function createSource(
  context: RestoreContext,
  object: RestoredObject,
  step: Step,
): Promise<void> {
  const { journal, api } = context;
  const database = journal.ids.copyOf(object.id);
  if (database === undefined) throw new KlosetError('incomplete', 'Its database was not restored.');
  const source = (await readDatabase(context.snapshot, object.path)).data_sources[step.index];
  if (source === undefined) return;
  const id = compactId(stringAt(source, 'id') ?? '');
  await context.target.resolve(valueReferences([source.title ?? null, source.icon ?? null]));
  const { conversion, files } = collectingFiles(context.target.conversion(object.path));
  const parent = { type: 'database_id', database_id: database };
  const body = sourceBody(journal, id, source, conversion);
  const { properties, ...fields } = body;
  const key = `source ${id}`;
  await createInParts(context, {
    key,
    body: { parent, ...body },
    bare: { parent, title: plainTitle(source.title), properties: titleAlone(properties) },
    files,
    directory: object.path,
    send: (sent, sentFiles) =>
      sendCreation(context, {
        key,
        path: 'data_sources',
        files: sentFiles,
        directory: object.path,
        body: () => sent,
        find: async () => foundId(await findNewSource(api, journal, database)),
        created: (kept) => ({ ids: [[id, stringAt(kept, 'id') ?? '', 'data_source']] }),
      }),
    rest: () => restOfSource(journal, id, properties, fields),
    onRefused: (part, reason, isDescription) =>
      noteRefusedPart(journal, conversion, { id, source: id, isDescription }, part, reason),
  });
}

function sourceBody(
  { dataSources }: Journal,
  id: CompactId,
  source: JsonObject,
  conversion: Conversion,
): JsonObject & { readonly properties: JsonObject } {
  const icon = writableIcon(source.icon, id, conversion);
  return {
    title: boundedRuns(source.title, id, conversion),
    properties: withoutDescriptions(plainProperties(dataSources.schemaOf(id), id, conversion)),
    ...(icon === undefined ? {} : { icon }),
  };
}

/** Descriptions are refused when a data source is added (seen in a live test); they are set afterwards. */
function withoutDescriptions(properties: JsonObject): JsonObject {
  const bare: JsonObject = {};
  for (const [name, property] of Object.entries(properties)) {
    if (!isObject(property)) continue;
    const { description, ...rest } = property;
    define(bare, name, rest);
  }
  return bare;
}
