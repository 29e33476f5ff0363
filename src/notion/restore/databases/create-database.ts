/** Creates a database with its first data source, and the further data sources of one that has several. */

import type { JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import { plainText } from '../../../document/rich-text.ts';
import { KlosetError } from '../../../errors.ts';
import type { Journal } from '../journal/journal.ts';
import { decodedPropertyId } from '../journal/journal.ts';
import type { RestoredObject } from '../journal/objects.ts';
import type { Step } from '../journal/steps.ts';
import type { Conversion, PendingFile } from '../requests/conversion.ts';
import { writableCover, writableIcon } from '../requests/files.ts';
import { findNewChild, findNewRoot, findNewSource, sourceIdsOf } from '../requests/read-back.ts';
import { valueReferences } from '../requests/references.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { boundedRuns } from '../requests/rich-text.ts';
import { readDatabase } from '../requests/snapshot-documents.ts';
import { parentOf, rootDetail } from '../requests/target-parent.ts';
import { withUploads } from '../requests/uploads.ts';
import { looksOf } from './appearance.ts';
import { define, plainProperties } from './schema.ts';
import { schemaOf } from './schema-levels.ts';

/** Carries out a `database` step. */
export async function createDatabase(context: RestoreContext, object: RestoredObject): Promise<void> {
  const { journal, api } = context;
  const document = await readDatabase(context.snapshot, object.path);
  const looks = looksOf(document);
  await context.target.learnLimits();
  await context.target.learn(
    valueReferences([looks.title ?? null, looks.description ?? null, looks.icon ?? null]),
  );
  const files: PendingFile[] = [];
  const conversion: Conversion = {
    ...context.target.conversion(object.path),
    attach: (file) => files.push(file),
  };
  const parent = parentOf({ ...context }, { ...object, source: null });
  const first = document.data_sources[0];
  const firstId = compactId(stringAt(first, 'id') ?? '');
  const title = plainText(looks.title);
  await withUploads(context.uploads, files, () =>
    context.writer.write({
      key: `database ${object.id}`,
      detail: rootDetail(parent, title),
      request: async () => {
        files.length = 0;
        const body = databaseBody(object.id, looks, conversion);
        const properties = plainProperties(schemaOf(journal, firstId), firstId, conversion);
        await context.uploads.fill(files, object.path);
        return {
          method: 'post',
          path: 'databases',
          body: { parent: parent.request, ...body, initial_data_source: { properties } },
          effect: 'write',
        };
      },
      keep: (answer) => ({ id: stringAt(answer, 'id') ?? '', source: sourceIdsOf(answer)[0] ?? '' }),
      committed: () => undefined,
      find: async ({ sentAt }) => {
        const id =
          parent.page === undefined
            ? await findNewRoot(api, journal, { title, since: sentAt })
            : await findNewChild(api, journal, {
                parent: parent.page,
                type: 'child_database',
                ...(parent.isRoot ? { title } : {}),
              });
        if (id === undefined) return undefined;
        const found = await api.request({ method: 'get', path: `databases/${id}`, effect: 'read' });
        return { id, source: sourceIdsOf(found)[0] ?? '' };
      },
      made: (kept) => {
        const id = stringAt(kept, 'id') ?? '';
        return {
          ids: [
            [object.id, id, 'database'],
            ...(first === undefined
              ? []
              : [[firstId, stringAt(kept, 'source') ?? '', 'data_source'] as const]),
          ],
          ...(parent.page === undefined
            ? {}
            : { children: [[parent.page, journal.childCount(parent.page) + 1] as const] }),
          ...(parent.isRoot ? { root: { id, kind: 'database' as const } } : {}),
        };
      },
    }),
  );
}

function databaseBody(id: string, looks: JsonObject, conversion: Conversion): JsonObject {
  const icon = writableIcon(looks.icon, id, conversion);
  const cover = writableCover(looks.cover, id, conversion);
  const description = boundedRuns(looks.description, id, conversion);
  return {
    title: boundedRuns(looks.title, id, conversion),
    ...(description.length === 0 ? {} : { description }),
    is_inline: looks.is_inline === true,
    ...(icon === undefined ? {} : { icon }),
    ...(cover === undefined ? {} : { cover }),
  };
}

/** Carries out a `source` step: one more data source. @throws KlosetError `incomplete` when its database was not made */
export async function createSource(
  context: RestoreContext,
  object: RestoredObject,
  step: Step,
): Promise<void> {
  const { journal, api } = context;
  const database = journal.newId(object.id);
  if (database === undefined) throw new KlosetError('incomplete', 'Its database was not restored.');
  const document = await readDatabase(context.snapshot, object.path);
  const source = document.data_sources[step.part];
  if (source === undefined) return;
  const id = compactId(stringAt(source, 'id') ?? '');
  await context.target.learn(valueReferences([source.title ?? null, source.icon ?? null]));
  const files: PendingFile[] = [];
  const conversion: Conversion = {
    ...context.target.conversion(object.path),
    attach: (file) => files.push(file),
  };
  await withUploads(context.uploads, files, () =>
    context.writer.write({
      key: `source ${id}`,
      request: async () => {
        files.length = 0;
        const icon = writableIcon(source.icon, id, conversion);
        const properties = withoutDescriptions(plainProperties(schemaOf(journal, id), id, conversion));
        await context.uploads.fill(files, object.path);
        return {
          method: 'post',
          path: 'data_sources',
          body: {
            parent: { type: 'database_id', database_id: database },
            title: boundedRuns(source.title, id, conversion),
            properties,
            ...(icon === undefined ? {} : { icon }),
          },
          effect: 'write',
        };
      },
      keep: (answer) => ({ id: stringAt(answer, 'id') ?? '' }),
      committed: (additional) => {
        const made = stringAt(additional, 'committed_resource_id');
        return made === undefined ? undefined : { id: made };
      },
      find: async () => {
        const made = await findNewSource(api, journal, database);
        return made === undefined ? undefined : { id: made };
      },
      made: (kept) => ({ ids: [[id, stringAt(kept, 'id') ?? '', 'data_source']] }),
    }),
  );
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

/** Remembers the ids the copy's properties were given, by the names both share. */
export function mapProperties(journal: Journal, source: string, answer: JsonObject): void {
  const fresh = objectAt(answer, 'properties') ?? {};
  journal.atomically(() => {
    for (const property of schemaOf(journal, source)) {
      const made = Object.hasOwn(fresh, stringAt(property, 'name') ?? '')
        ? fresh[stringAt(property, 'name') ?? '']
        : undefined;
      const id = stringAt(made, 'id');
      if (id !== undefined)
        journal.mapPropertyId(source, decodedPropertyId(stringAt(property, 'id') ?? ''), id);
    }
  });
}
