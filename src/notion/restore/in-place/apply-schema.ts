/** Gives a data source its properties and options back, in an order in which each can be created. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, dashedId, decodedPropertyId } from '../../../document/notion-id.ts';
import { writableOptionName } from '../../../document/option-names.ts';
import { namedProperties } from '../../../document/schema-names.ts';
import { messageOf } from '../../../errors.ts';
import { apiFailureOf } from '../../api/api.ts';
import { list } from '../../api/listing.ts';
import type { SchemaContext } from '../databases/schema.ts';
import { define, linkedDefinition } from '../databases/schema.ts';
import type { Journal } from '../journal/journal.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import { answerOrRefusal } from '../requests/creation.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import type { SourceChanges } from './database-changes.ts';
import type { InPlaceRun } from './in-place-run.ts';
import type { OptionChanges } from './option-changes.ts';
import { optionRequest } from './option-changes.ts';
import { propertyIdsNow } from './property-ids.ts';
import type { LinkedChange } from './schema-changes.ts';

/**
 * Sends the changes of one data source. A property that Notion refuses is kept in `run.refused`; the others are still sent.
 * @returns true when anything was sent
 */
export async function applySourceChanges(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
  changes: SourceChanges,
): Promise<boolean> {
  const { id, body, schema } = changes;
  const patch = new SourcePatch(context, run, object, id);
  await patch.looks(body);
  await patch.properties('plain', schema.plain);
  await patch.recordIds();
  for (const type of ['relation', 'rollup', 'formula'])
    for (const change of schema.linked.filter(({ property }) => property.type === type))
      await applyLinked(context, patch, object, id, change);
  for (const options of schema.options) await applyOptions(context, patch, id, options);
  if (run.pruneAdded && schema.added.length > 0)
    await patch.properties('added', Object.fromEntries(schema.added.map((property) => [property, null])));
  await patch.recordIds();
  return patch.writes > 0;
}

class SourcePatch {
  readonly #context: RestoreContext;
  readonly #run: InPlaceRun;
  readonly #object: RestoredObject;
  readonly #source: CompactId;
  writes = 0;
  #recorded = 0;

  constructor(context: RestoreContext, run: InPlaceRun, object: RestoredObject, source: CompactId) {
    this.#context = context;
    this.#run = run;
    this.#object = object;
    this.#source = source;
  }

  async send(key: string, body: JsonObject): Promise<void> {
    await this.#context.writer.write({
      key: `patch source ${this.#source} ${key} ${JSON.stringify(body)}`,
      request: () => ({
        method: 'patch',
        path: `data_sources/${dashedId(this.#source)}`,
        body,
        effect: 'write',
      }),
      keep: () => ({}),
    });
    this.writes += 1;
  }

  /** Sends title and icon, which Notion may refuse as it may properties. */
  async looks(body: JsonObject): Promise<void> {
    for (const [field, value] of Object.entries(body)) {
      const refusal = await answerOrRefusal(() => this.send('looks', { [field]: value }));
      if (typeof refusal === 'string') this.refuse(field, refusal, 'data source');
      else this.#run.refused.delete(this.#refusalKey(field));
    }
  }

  /** Sends changes of properties in one request, or, when Notion refuses that, each by itself. */
  async properties(key: string, properties: JsonObject): Promise<void> {
    const entries = Object.entries(properties);
    if (entries.length === 0) return;
    try {
      await this.send(key, { properties });
      for (const [name] of entries) this.#run.refused.delete(this.#refusalKey(name));
    } catch (error) {
      if (apiFailureOf(error)?.status !== 400) throw error;
      if (entries.length === 1) return this.refuse(entries[0]?.[0] ?? '', messageOf(error));
      for (const [name, change] of entries) {
        const one: JsonObject = {};
        Object.defineProperty(one, name, { value: change, enumerable: true });
        await this.properties(key, one);
      }
    }
  }

  refuse(name: string, message: string, kind = 'property'): void {
    const { path } = this.#object;
    this.#run.refused.set(this.#refusalKey(name), { path, what: `${kind} ${name}`, message });
  }

  /** Reads the ids that properties have now; those of the snapshot's properties are kept in the journal. */
  async recordIds(): Promise<void> {
    if (this.writes === this.#recorded) return;
    this.#recorded = this.writes;
    this.#run.sources.delete(this.#source);
    const { api, journal } = this.#context;
    const path = `data_sources/${dashedId(this.#source)}`;
    const now = namedProperties(await api.request({ method: 'get', path, effect: 'read' }));
    const was = journal.dataSources.schemaOf(this.#source);
    for (const property of was) {
      const id = decodedPropertyId(stringAt(property, 'id') ?? '');
      const known = decodedPropertyId(journal.ids.copyOfProperty(this.#source, id) ?? '');
      if (now.some((other) => decodedPropertyId(stringAt(other, 'id') ?? '') === known)) continue;
      const found = propertyIdsNow(was, now).get(id);
      if (found !== undefined) journal.ids.mapProperty(this.#source, id, found);
    }
  }

  #refusalKey(name: string): string {
    return `${this.#source} ${name}`;
  }
}

/**
 * Creates or changes a property that names others, once those are there. Of a relation that shows on both sides one side
 * is sent; the other appears by itself, and gets its name when its own data source is looked at again.
 */
async function applyLinked(
  context: RestoreContext,
  patch: SourcePatch,
  object: RestoredObject,
  source: CompactId,
  { key, property, isThere }: LinkedChange,
): Promise<void> {
  const { journal } = context;
  const id = decodedPropertyId(stringAt(property, 'id') ?? '');
  const mirror = mirrorOf(journal, property);
  if (mirror !== undefined && !isThere) {
    if (journal.ids.copyOfProperty(source, id) !== undefined) return;
    const isOtherThere = journal.ids.copyOfProperty(mirror.source, mirror.property) !== undefined;
    if (isOtherThere || `${mirror.source}/${mirror.property}` < `${source}/${id}`) return;
  }
  const definition = linkedDefinition(
    property,
    source,
    await linkedContext(context, object, source, property),
  );
  if (definition === undefined)
    return patch.refuse(key, 'A property or data source that it names is not there.');
  const { type: _type, ...change } = definition;
  const before = patch.writes;
  await patch.properties('linked', { [key]: change });
  if (patch.writes > before && mirror !== undefined) await recordMirror(context, patch, source, id, mirror);
}

interface OtherSide {
  readonly source: CompactId;
  readonly property: string;
}

/** The other side of a relation, when it is restored too. */
function mirrorOf(journal: Journal, property: JsonObject): OtherSide | undefined {
  const relation = objectAt(property, 'relation');
  const source = compactId(stringAt(relation, 'data_source_id') ?? '');
  const id = decodedPropertyId(stringAt(objectAt(relation, 'dual_property'), 'synced_property_id') ?? '');
  const isRestored = journal.dataSources
    .schemaOf(source)
    .some((other) => decodedPropertyId(stringAt(other, 'id') ?? '') === id);
  return isRestored ? { source, property: id } : undefined;
}

/** Notes the side that appeared by itself. */
async function recordMirror(
  { api, journal }: RestoreContext,
  patch: SourcePatch,
  source: CompactId,
  id: string,
  mirror: OtherSide,
): Promise<void> {
  await patch.recordIds();
  const own = decodedPropertyId(journal.ids.copyOfProperty(source, id) ?? '');
  const path = `data_sources/${dashedId(source)}`;
  const now = namedProperties(await api.request({ method: 'get', path, effect: 'read' }));
  const relation = objectAt(
    now.find((other) => decodedPropertyId(stringAt(other, 'id') ?? '') === own),
    'relation',
  );
  const fresh = stringAt(objectAt(relation, 'dual_property'), 'synced_property_id');
  if (fresh !== undefined) journal.ids.mapProperty(mirror.source, mirror.property, fresh);
}

/** The other properties, as the definition of a property that names them sees them. */
async function linkedContext(
  context: RestoreContext,
  object: RestoredObject,
  source: CompactId,
  property: JsonObject,
): Promise<SchemaContext> {
  const { journal, target } = context;
  const related = compactId(stringAt(objectAt(property, 'relation'), 'data_source_id') ?? '');
  if (related !== '') await target.sourceId(related);
  const through = decodedPropertyId(stringAt(objectAt(property, 'rollup'), 'relation_property_id') ?? '');
  const schemaOf = (id: CompactId) => journal.dataSources.schemaOf(id);
  const stored = (id: CompactId, wanted: string) =>
    schemaOf(id).find((candidate) => decodedPropertyId(stringAt(candidate, 'id') ?? '') === wanted);
  const targetOf = (id: CompactId, wanted: string) => {
    const found = stringAt(objectAt(stored(id, wanted), 'relation'), 'data_source_id');
    return found === undefined ? undefined : compactId(found);
  };
  const gathered = through === '' ? undefined : targetOf(source, through);
  if (gathered !== undefined) await target.sourceId(gathered);
  return {
    conversion: target.conversion(object.path),
    schemaOf,
    sourceId: (id) =>
      journal.ids.copyOf(id) ??
      (journal.target.presenceOf('data_source', id) === 'present' ? dashedId(id) : undefined),
    isMirrored: () => mirrorOf(journal, property) !== undefined,
    property: (id, wanted) => {
      const found = stored(id, wanted);
      const copy = journal.ids.copyOfProperty(id, wanted) ?? (found === undefined ? wanted : undefined);
      return copy === undefined ? undefined : { id: copy, name: stringAt(found, 'name') ?? '' };
    },
    targetOf,
  };
}

/**
 * Gives renamed options their names back. The API cannot rename one: the old name is created again, the rows that have
 * the option get it, and then the option with the new name is dropped.
 */
async function applyOptions(
  context: RestoreContext,
  patch: SourcePatch,
  source: CompactId,
  options: OptionChanges,
): Promise<void> {
  const { property, type } = options;
  const before = patch.writes;
  const change = (dropped: ReadonlySet<string>): JsonObject => {
    const properties: JsonObject = {};
    define(properties, property, { [type]: { options: optionRequest(options, dropped) } });
    return properties;
  };
  await patch.properties(`options ${property}`, change(new Set()));
  if (patch.writes === before) return;
  const renamed = options.changes.filter(({ id }) => id !== undefined);
  if (renamed.length === 0) return;
  for (const { id, nameNow, was } of renamed)
    await changeRows(context, source, options, {
      id: id ?? '',
      from: nameNow ?? '',
      to: writableOptionName(stringAt(was, 'name') ?? ''),
    });
  const dropped = new Set(renamed.map(({ id }) => id ?? ''));
  await patch.properties(`dropped options ${property}`, change(dropped));
}

/** Gives every row that has the option called `from` the one called `to` in its place. */
async function changeRows(
  { api, writer, journal }: RestoreContext,
  source: CompactId,
  { property, type }: OptionChanges,
  { id, from, to }: { readonly id: string; readonly from: string; readonly to: string },
): Promise<void> {
  const condition = type === 'multi_select' ? { contains: from } : { equals: from };
  const rows = list(api, {
    method: 'post',
    path: `data_sources/${dashedId(source)}/query`,
    body: { filter: { property, [type]: condition } },
    effect: 'read',
  });
  const found: JsonObject[] = [];
  for await (const row of rows) if (row.object === 'page') found.push(row);
  for (const row of found) {
    const value = Object.values(objectAt(row, 'properties') ?? {}).find(
      (candidate) => decodedPropertyId(stringAt(candidate, 'id') ?? '') === decodedPropertyId(property),
    );
    const chosen = isObject(value) ? (value[type] ?? null) : null;
    const written: Json = Array.isArray(chosen)
      ? chosen.map((option) => ({
          name: stringAt(option, 'id') === id ? to : (stringAt(option, 'name') ?? ''),
        }))
      : { name: to };
    const page = stringAt(row, 'id') ?? '';
    journal.inPlace.markTouched(compactId(page));
    await writer.write({
      key: `option ${property} ${id} ${page}`,
      request: () => ({
        method: 'patch',
        path: `pages/${page}`,
        body: { properties: { [property]: { [type]: written } } },
        effect: 'write',
      }),
      keep: () => ({}),
    });
  }
}
