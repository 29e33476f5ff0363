/**
 * Gives data sources the properties that name others: relations first, then what gathers or computes over them. The other
 * side of a dual relation appears by itself under a name of Notion's and is renamed, never made twice.
 */

import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import type { Journal } from '../journal/journal.ts';
import { decodedPropertyId } from '../journal/journal.ts';
import { objectOf } from '../journal/objects.ts';
import type { Step } from '../journal/steps.ts';
import type { PendingFile } from '../requests/conversion.ts';
import { writableIcon } from '../requests/files.ts';
import { valueReferences } from '../requests/references.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { boundedRuns } from '../requests/rich-text.ts';
import { readDatabase } from '../requests/snapshot-documents.ts';
import { withUploads } from '../requests/uploads.ts';
import { lateDescriptions, ownLooks } from './appearance.ts';
import { mapProperties } from './create-database.ts';
import type { PropertyHandle, SchemaContext } from './schema.ts';
import { define, descriptionOf, isLinked, isPlain, linkedDefinition } from './schema.ts';
import type { RelationSide } from './schema-levels.ts';
import { levelsOf, relationSides, schemaOf, schemasIn, sideKey } from './schema-levels.ts';

/** What is known of all relations and levels; worked out once per run. */
export class SchemaPlan {
  readonly sides: ReadonlyMap<string, RelationSide>;
  readonly levels: ReadonlyMap<string, number>;

  constructor(journal: Journal) {
    const schemas = schemasIn(journal);
    this.sides = relationSides(journal, schemas);
    this.levels = levelsOf(schemas, this.sides);
  }
}

/** Carries out a `schema` step: the properties of one level. @throws KlosetError `incomplete` without a data source */
export async function writeSchema(context: RestoreContext, plan: SchemaPlan, step: Step): Promise<void> {
  const { journal, api } = context;
  const source = step.object;
  const fresh = journal.newId(source);
  if (fresh === undefined) throw new KlosetError('incomplete', 'Its data source was not restored.');
  const files: PendingFile[] = [];
  const none = { looks: {}, properties: {}, path: '/' };
  const more = step.part === 1 ? await sourceLooks(context, source, files) : none;
  for (const side of plan.sides.values())
    if (side.source === source) await context.target.sourceId(side.target);
  const linked = definitionsOf(context, plan, step);
  const properties = { ...more.properties, ...linked };
  const names = Object.keys(linked);
  const body = { ...more.looks, ...(Object.keys(properties).length === 0 ? {} : { properties }) };
  if (Object.keys(body).length === 0) return;
  const write = () =>
    context.writer.write({
      key: `schema ${source} ${step.part}`,
      request: async () => {
        await context.uploads.fill(files, more.path);
        return { method: 'patch', path: `data_sources/${fresh}`, body, effect: 'write' };
      },
      keep: (answer) => {
        learnProperties(context, plan, source, answer);
        return {};
      },
      find: async () => {
        const there = await api.request({ method: 'get', path: `data_sources/${fresh}`, effect: 'read' });
        const found = objectAt(there, 'properties') ?? {};
        if (names.length === 0 || !names.every((name) => isDone(found, name, linked[name]))) return undefined;
        learnProperties(context, plan, source, there);
        return {};
      },
    });
  await withUploads(context.uploads, files, write);
}

/** What a data source shows otherwise than its database, and descriptions that adding it could not say. */
async function sourceLooks(
  context: RestoreContext,
  source: string,
  files: PendingFile[],
): Promise<{ readonly looks: JsonObject; readonly properties: JsonObject; readonly path: string }> {
  const row = context.journal
    .prepare<[string], { owner: string; place: number; more: number }>(
      'SELECT owner, place, more FROM source WHERE id = ?',
    )
    .get(source);
  const owner = objectOf(context.journal, row?.owner ?? '');
  if (row === undefined || owner === undefined || row.more === 0)
    return { looks: {}, properties: {}, path: '/' };
  const document = await readDatabase(context.snapshot, owner.path);
  const conversion = {
    ...context.target.conversion(owner.path),
    attach: (file: PendingFile) => files.push(file),
  };
  const { title, icon } = ownLooks(document, row.place);
  await context.target.learn(valueReferences([title ?? null, icon ?? null]));
  const writtenIcon = writableIcon(icon, source, conversion);
  return {
    looks: {
      ...(title === undefined ? {} : { title: boundedRuns(title, source, conversion) }),
      ...(writtenIcon === undefined ? {} : { icon: writtenIcon }),
    },
    properties: lateDescriptions(document, row.place),
    path: owner.path,
  };
}

/** A definition is there under its name; a renamed property no longer goes by its id's old name. */
function isDone(found: JsonObject, key: string, change: Json | undefined): boolean {
  const name = isObject(change) && change.type === undefined ? stringAt(change, 'name') : key;
  return name !== undefined && Object.hasOwn(found, name);
}

/** Ids of all properties of the answer, and of the other sides of its dual relations. */
function learnProperties(
  { journal }: RestoreContext,
  plan: SchemaPlan,
  source: string,
  answer: JsonObject,
): void {
  mapProperties(journal, source, answer);
  for (const [name, property] of Object.entries(objectAt(answer, 'properties') ?? {})) {
    const mirror = stringAt(objectAt(objectAt(property, 'relation'), 'dual_property'), 'synced_property_id');
    if (mirror === undefined) continue;
    const side = [...plan.sides.values()].find(
      (known) => known.source === source && known.name === name && known.isMade,
    );
    if (side?.mirror !== undefined) journal.mapPropertyId(side.target, side.mirror.property, mirror);
  }
}

function definitionsOf(context: RestoreContext, plan: SchemaPlan, step: Step): JsonObject {
  const source = step.object;
  const schemaContext = schemaContextOf(context, plan, source);
  const properties: JsonObject = {};
  for (const property of schemaOf(context.journal, source)) {
    const id = decodedPropertyId(stringAt(property, 'id') ?? '');
    if (plan.levels.get(sideKey(source, id)) !== step.part) continue;
    const name = stringAt(property, 'name') ?? '';
    const side = plan.sides.get(sideKey(source, id));
    if (side?.isMade === false) {
      const made = context.journal.newPropertyId(source, id);
      if (made !== undefined) define(properties, made, { name, ...descriptionOf(property) });
      continue;
    }
    const definition = linkedDefinition(property, source, schemaContext);
    if (definition !== undefined) define(properties, name, definition);
    else context.journal.setSeen('lost property', sideKey(source, id), 'yes');
  }
  return properties;
}

function schemaContextOf(context: RestoreContext, plan: SchemaPlan, source: string): SchemaContext {
  const { journal } = context;
  const owner = journal
    .prepare<[string], string>('SELECT owner FROM source WHERE id = ?')
    .pluck()
    .get(source);
  const path = objectOf(journal, owner ?? '')?.path ?? '/';
  return {
    conversion: context.target.conversion(path),
    schemaOf: (id) => schemaOf(journal, id),
    sourceId: (id) => journal.newId(id) ?? externalSource(context, id),
    isMirrored: (home, property) => plan.sides.get(sideKey(home, property))?.mirror !== undefined,
    property: (home, property) => handleOf(context, home, property),
    targetOf: (home, property) => plan.sides.get(sideKey(home, property))?.target,
  };
}

/** A data source that is not restored but still there. */
function externalSource({ journal }: RestoreContext, id: string): string | undefined {
  return journal.seen('data_source', compactId(id)) === 'there' ? dashedId(id) : undefined;
}

/** How a property can be named in the copy; undefined when it was not made. */
function handleOf(context: RestoreContext, source: string, property: string): PropertyHandle | undefined {
  const { journal } = context;
  const stored = schemaOf(journal, source).find(
    (candidate) => decodedPropertyId(stringAt(candidate, 'id') ?? '') === property,
  );
  // Of a data source that stays where it is, properties keep their ids.
  if (stored === undefined)
    return externalSource(context, source) === undefined ? undefined : { id: property, name: '' };
  const isMade = isPlain(stored) || isLinked(stored);
  if (!isMade || journal.seen('lost property', sideKey(source, property)) !== undefined) return undefined;
  const id = journal.newPropertyId(source, property) ?? (property === 'title' ? 'title' : undefined);
  return { id, name: stringAt(stored, 'name') ?? '' };
}
