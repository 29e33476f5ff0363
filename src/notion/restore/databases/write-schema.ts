/**
 * Gives data sources the properties that name others: relations first, then what gathers or computes over them. The other
 * side of a dual relation appears by itself under a name of Notion's and is renamed, never created twice.
 */
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { dashedId, decodedPropertyId } from '../../../document/notion-id.ts';
import { KlosetError } from '../../../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { Step } from '../journal/tables/steps/steps.ts';
import type { Conversion, PendingFile } from '../requests/conversion.ts';
import { collectingFiles } from '../requests/conversion.ts';
import { writableIcon } from '../requests/files.ts';
import { valueReferences } from '../requests/references.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import { boundedRuns } from '../requests/rich-text.ts';
import type { Part } from '../requests/write-parts.ts';
import { writeParts } from '../requests/write-parts.ts';
import { readDatabase } from '../snapshot/snapshot-documents.ts';
import { dataSourceAppearance, deferredDescriptions } from './appearance.ts';
import { noteRefusedPart } from './create-in-parts.ts';
import { mapProperties } from './map-properties.ts';
import type { PropertyHandle, SchemaContext } from './schema.ts';
import { define, descriptionOf, isLinked, isPlain, linkedDefinition, plainProperties } from './schema.ts';
import type { RelationSide } from './schema-levels.ts';
import { levelsOf, relationSides, sideKey } from './schema-levels.ts';
import { withoutGroups } from './status-groups.ts';

/** All relations and levels; computed once per run. */
export class SchemaPlan {
  readonly sides: ReadonlyMap<string, RelationSide>;
  readonly levels: ReadonlyMap<string, number>;

  constructor(journal: Journal) {
    const schemas = journal.dataSources.schemas();
    this.sides = relationSides(journal, schemas);
    this.levels = levelsOf(schemas, this.sides);
  }
}

/** Executes a `schema` step: the properties of one level. @throws KlosetError `incomplete` without a data source */
export async function writeSchema(context: RestoreContext, plan: SchemaPlan, step: Step): Promise<void> {
  const { journal, api } = context;
  const source = step.object;
  const copy = journal.ids.copyOf(source);
  if (copy === undefined) throw new KlosetError('incomplete', 'Its data source was not restored.');
  const more = step.index === 1 ? await deferredParts(context, source) : noDeferredParts;
  for (const side of plan.sides.values())
    if (side.source === source) await context.target.sourceId(side.target);
  const { linked, described } = definitionsOf(context, plan, step);
  const properties = { ...more.properties, ...linked };
  const body = { ...more.appearance, ...(Object.keys(properties).length === 0 ? {} : { properties }) };
  const conversion = context.target.conversion(more.path);
  const isDescription = (name: string) => !Object.hasOwn(linked, name);
  const patch = {
    path: `data_sources/${copy}`,
    files: more.files,
    directory: more.path,
    onRefused: (part: Part, reason: string) =>
      noteRefusedPart(
        journal,
        conversion,
        { id: source, source, isDescription: isDescription(part.name) },
        part,
        reason,
      ),
  };
  await writeParts(context, {
    ...patch,
    key: `schema ${source} ${step.index}`,
    body,
    onAnswer: (answer) => recordProperties(journal, plan, source, answer),
    find: async (sent) => {
      const found = await api.request({ method: 'get', path: `data_sources/${copy}`, effect: 'read' });
      const present = objectAt(found, 'properties') ?? {};
      const names = Object.keys(objectAt(sent, 'properties') ?? {}).filter((name) => !isDescription(name));
      if (names.length === 0 || !names.every((name) => isDone(present, name, linked[name]))) return undefined;
      recordProperties(journal, plan, source, found);
      return {};
    },
  });
  await writeParts(context, {
    ...patch,
    key: `descriptions ${source} ${step.index}`,
    body: { properties: described },
    onRefused: (part, reason) =>
      noteRefusedPart(journal, conversion, { id: source, source, isDescription: true }, part, reason),
  });
}

interface DeferredParts {
  readonly appearance: JsonObject;
  /** Descriptions by property. */
  readonly properties: JsonObject;
  /** The database's directory in the snapshot. */
  readonly path: string;
  readonly files: readonly PendingFile[];
}

const noDeferredParts: DeferredParts = { appearance: {}, properties: {}, path: '/', files: [] };

/** The parts of a data source that can only be set after it was created. */
async function deferredParts(context: RestoreContext, source: CompactId): Promise<DeferredParts> {
  const record = context.journal.dataSources.get(source);
  const owner = record === undefined ? undefined : context.journal.objects.get(record.owner);
  if (record === undefined || owner === undefined || !record.isDeferred) return noDeferredParts;
  const document = await readDatabase(context.snapshot, owner.path);
  const { conversion, files } = collectingFiles(context.target.conversion(owner.path));
  const { title, icon } = dataSourceAppearance(document, record.place);
  await context.target.resolve(valueReferences([title ?? null, icon ?? null]));
  const writtenIcon = writableIcon(icon, source, conversion);
  return {
    appearance: {
      ...(title === undefined ? {} : { title: boundedRuns(title, source, conversion) }),
      ...(writtenIcon === undefined ? {} : { icon: writtenIcon }),
    },
    properties: withDefinitions(context, source, deferredDescriptions(document, record.place)),
    path: owner.path,
    files,
  };
}

/** Properties that are there, with a description: requests take one beside the definition alone. */
function withDefinitions(context: RestoreContext, source: CompactId, descriptions: JsonObject): JsonObject {
  const schema = context.journal.dataSources.schemaOf(source);
  const quiet: Conversion = { ...context.target.conversion('/'), note: () => {} };
  const definitions = Object.entries(plainProperties(schema, source, quiet));
  const described = definitions.filter(([name]) => Object.hasOwn(descriptions, name));
  return objectAt(withoutGroups({ properties: Object.fromEntries(described) }), 'properties') ?? {};
}

/** True when the property exists under its name; a renamed one no longer has the name it was created with. */
function isDone(found: JsonObject, key: string, change: Json | undefined): boolean {
  const name = isObject(change) && change.type === undefined ? stringAt(change, 'name') : key;
  return name !== undefined && Object.hasOwn(found, name);
}

/** Ids of all properties of the answer, and of the other sides of its dual relations. */
function recordProperties(journal: Journal, plan: SchemaPlan, source: CompactId, answer: JsonObject): void {
  mapProperties(journal, source, answer);
  for (const [name, property] of Object.entries(objectAt(answer, 'properties') ?? {})) {
    const mirror = stringAt(objectAt(objectAt(property, 'relation'), 'dual_property'), 'synced_property_id');
    if (mirror === undefined) continue;
    const side = [...plan.sides.values()].find(
      (known) => known.source === source && known.name === name && known.isCreated,
    );
    if (side?.mirror !== undefined) journal.ids.mapProperty(side.target, side.mirror.property, mirror);
  }
}

interface Definitions {
  /** Properties to be created, and the names of those that appeared by themselves, by id. */
  readonly linked: JsonObject;
  /** The same names with descriptions: some validators take a name alone, and a description beside a definition alone. */
  readonly described: JsonObject;
}

function definitionsOf(context: RestoreContext, plan: SchemaPlan, step: Step): Definitions {
  const source = step.object;
  const schemaContext = schemaContextOf(context, plan, source);
  const [linked, described]: [JsonObject, JsonObject] = [{}, {}];
  for (const property of context.journal.dataSources.schemaOf(source)) {
    const id = decodedPropertyId(stringAt(property, 'id') ?? '');
    if (plan.levels.get(sideKey(source, id)) !== step.index) continue;
    const name = stringAt(property, 'name') ?? '';
    const side = plan.sides.get(sideKey(source, id));
    if (side?.isCreated === false) {
      const copy = context.journal.ids.copyOfProperty(source, id);
      const description = descriptionOf(property);
      if (copy !== undefined) define(linked, copy, { name });
      if (copy !== undefined && Object.keys(description).length > 0)
        define(described, copy, { name, ...description });
      continue;
    }
    const definition = linkedDefinition(property, source, schemaContext);
    if (definition !== undefined) define(linked, name, definition);
    else context.journal.progress.markPropertyLost(source, id);
  }
  return { linked, described };
}

function schemaContextOf(context: RestoreContext, plan: SchemaPlan, source: CompactId): SchemaContext {
  const { journal } = context;
  const owner = journal.objects.get(journal.dataSources.get(source)?.owner ?? '');
  return {
    conversion: context.target.conversion(owner?.path ?? '/'),
    schemaOf: (id) => journal.dataSources.schemaOf(id),
    sourceId: (id) => journal.ids.copyOf(id) ?? externalSource(context, id),
    isMirrored: (home, property) => plan.sides.get(sideKey(home, property))?.mirror !== undefined,
    property: (home, property) => handleOf(context, home, property),
    targetOf: (home, property) => plan.sides.get(sideKey(home, property))?.target,
  };
}

/** A data source that is not restored but still exists. */
function externalSource({ journal }: RestoreContext, id: CompactId): string | undefined {
  return journal.target.presenceOf('data_source', id) === 'present' ? dashedId(id) : undefined;
}

/** The name of a property in the copy; undefined when it was not created. */
function handleOf(context: RestoreContext, source: CompactId, property: string): PropertyHandle | undefined {
  const { journal } = context;
  const stored = journal.dataSources
    .schemaOf(source)
    .find((candidate) => decodedPropertyId(stringAt(candidate, 'id') ?? '') === property);
  // Properties of a data source outside the restore keep their ids.
  if (stored === undefined)
    return externalSource(context, source) === undefined ? undefined : { id: property, name: '' };
  const isWritable = isPlain(stored) || isLinked(stored);
  if (!isWritable || journal.progress.isPropertyLost(source, property)) return undefined;
  const id = journal.ids.copyOfProperty(source, property) ?? (property === 'title' ? 'title' : undefined);
  return { id, name: stringAt(stored, 'name') ?? '' };
}
