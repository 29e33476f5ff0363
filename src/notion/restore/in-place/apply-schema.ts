/** Gives a data source its properties and options back, in an order in which each can be created. */
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, dashedId, decodedPropertyId } from '../../../document/notion-id.ts';
import { writableOptionName } from '../../../document/option-names.ts';
import { messageOf } from '../../../errors.ts';
import { apiFailureOf } from '../../api/api.ts';
import { list } from '../../api/listing.ts';
import { mapProperties } from '../databases/create-database.ts';
import type { SchemaContext } from '../databases/schema.ts';
import { define, linkedDefinition } from '../databases/schema.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import type { SourceChanges } from './database-changes.ts';
import type { InPlaceRun } from './in-place-run.ts';
import type { OptionChanges } from './schema-changes.ts';
import { optionRequest } from './schema-changes.ts';

/** Sends the changes of one data source. A property that Notion refuses is reported; the others are still sent. */
export async function applySourceChanges(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
  changes: SourceChanges,
): Promise<void> {
  const { id, body, schema } = changes;
  const patch = new SourcePatch(context, object, id);
  if (Object.keys(body).length > 0) await patch.send('looks', body);
  await patch.properties('plain', schema.plain);
  for (const { key, property } of schema.linked) {
    const definition = linkedDefinition(property, id, await linkedContext(context, object, id, property));
    if (definition === undefined) continue;
    const { type: _type, ...change } = definition;
    await patch.properties(`linked ${key}`, { [key]: change });
  }
  for (const options of schema.options) await applyOptions(context, patch, id, options);
  if (run.pruneAdded && schema.added.length > 0)
    await patch.properties('added', Object.fromEntries(schema.added.map((property) => [property, null])));
  const { writes } = patch;
  if (writes > 0) {
    run.sources.delete(id);
    const answer = await context.api.request({
      method: 'get',
      path: `data_sources/${dashedId(id)}`,
      effect: 'read',
    });
    mapProperties(context.journal, id, answer);
  }
}

class SourcePatch {
  readonly #context: RestoreContext;
  readonly #object: RestoredObject;
  readonly #source: CompactId;
  writes = 0;

  constructor(context: RestoreContext, object: RestoredObject, source: CompactId) {
    this.#context = context;
    this.#object = object;
    this.#source = source;
  }

  async send(key: string, body: JsonObject): Promise<void> {
    this.writes += 1;
    await this.#context.writer.write({
      key: `patch source ${this.#source} ${key}`,
      request: () => ({
        method: 'patch',
        path: `data_sources/${dashedId(this.#source)}`,
        body,
        effect: 'write',
      }),
      keep: () => ({}),
    });
  }

  /** Sends changes of properties in one request, or, when Notion refuses that, each by itself. */
  async properties(key: string, properties: JsonObject): Promise<void> {
    const entries = Object.entries(properties);
    if (entries.length === 0) return;
    try {
      await this.send(key, { properties });
    } catch (error) {
      if (apiFailureOf(error)?.status !== 400) throw error;
      if (entries.length === 1) return this.#refused(entries[0]?.[0] ?? '', error);
      for (const [name, change] of entries) {
        const one: JsonObject = {};
        Object.defineProperty(one, name, { value: change, enumerable: true });
        await this.properties(`${key} ${name}`, one);
      }
    }
  }

  #refused(name: string, error: unknown): void {
    const message = messageOf(error);
    const { path } = this.#object;
    this.#context.journal.queue.addFailure({ path, what: `property ${name}`, message });
    this.#context.monitor.report({ type: 'warning', path, message: `property ${name}: ${message}` });
  }
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
    // The other side may still be there: a second one must not appear beside it.
    isMirrored: () => false,
    property: (id, wanted) => {
      const found = stored(id, wanted);
      const copy = journal.ids.copyOfProperty(id, wanted) ?? wanted;
      return { id: copy, name: stringAt(found, 'name') ?? '' };
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
