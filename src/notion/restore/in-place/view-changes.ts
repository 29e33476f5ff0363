/** Views of a database that differ from the snapshot's: changed ones are patched, deleted ones created again. */
import type { Gap } from '../../../document/documents.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, decodedPropertyId } from '../../../document/notion-id.ts';
import { messageOf } from '../../../errors.ts';
import { apiFailureOf } from '../../api/api.ts';
import { createView } from '../databases/send-view.ts';
import { viewReferences } from '../databases/view-filters.ts';
import { viewBody } from '../databases/view-payload.ts';
import { writableViews } from '../databases/write-views.ts';
import type { Journal } from '../journal/journal.ts';
import type { RestoredObject } from '../journal/tables/objects.ts';
import type { Conversion } from '../requests/conversion.ts';
import type { RestoreContext } from '../requests/restore-context.ts';
import type { Difference } from './differences.ts';
import type { InPlaceRun } from './in-place-run.ts';

export interface ViewChanges {
  readonly differences: readonly Difference[];
  readonly patches: readonly { readonly id: string; readonly body: JsonObject }[];
  /** Views of the snapshot that are gone. */
  readonly missing: readonly JsonObject[];
  /** Ids of views created since. */
  readonly added: readonly string[];
}

/** A database as its views see it. */
export interface ViewedDatabase {
  readonly sources: readonly JsonObject[];
  readonly views: readonly JsonObject[];
}

/** Compares views by id. Where the snapshot or the present list has a gap, none is taken for deleted or new. */
export async function viewChanges(
  context: RestoreContext,
  object: RestoredObject,
  was: ViewedDatabase,
  now: ViewedDatabase & { readonly gaps: readonly Gap[] },
  isGap: boolean,
): Promise<ViewChanges> {
  const differences: Difference[] = [];
  const patches: { id: string; body: JsonObject }[] = [];
  const missing: JsonObject[] = [];
  const own = was.views.filter((view) => isOwn(view, object.id));
  const standing = standingViews(context.journal, object.id, was.views, now.views);
  for (const [view, other] of standing) {
    if (other === undefined || idOf(view) === idOf(other)) continue;
    // Known from before: it is not this restore that created it.
    context.journal.ids.markExisting(idOf(other));
    context.journal.ids.map(idOf(view), idOf(other), 'view');
  }
  for (const view of own) {
    const other = standing.get(view);
    const name = stringAt(view, 'name') ?? '';
    if (other === undefined) {
      if (now.gaps.some(({ what }) => what === 'views')) continue;
      missing.push(view);
      differences.push({ what: 'view removed', name, was: stringAt(view, 'type') ?? '' });
      continue;
    }
    await context.target.resolve(viewReferences(view));
    const change = viewChange(context, object, view, other, now.sources);
    if (change === undefined) continue;
    differences.push(change.difference);
    if (change.body !== undefined) patches.push({ id: stringAt(other, 'id') ?? '', body: change.body });
  }
  const known = new Set(
    [...was.views, ...standing.values()].map((view) => (view === undefined ? '' : idOf(view))),
  );
  const added = isGap ? [] : now.views.filter((view) => isOwn(view, object.id) && !known.has(idOf(view)));
  for (const view of added)
    differences.push({
      what: 'view added',
      name: stringAt(view, 'name') ?? '',
      now: stringAt(view, 'type') ?? '',
    });
  return { differences, patches, missing, added: added.map((view) => stringAt(view, 'id') ?? '') };
}

/**
 * The views that stand for those of the snapshot now: the same, or those that an earlier restore created. One of the name, type and data source of a missing one is that: somebody,
 * or a restore that was interrupted, created it again.
 */
function standingViews(
  { inPlace }: Journal,
  database: string,
  was: readonly JsonObject[],
  now: readonly JsonObject[],
): ReadonlyMap<JsonObject, JsonObject | undefined> {
  const present = new Map(now.map((view) => [idOf(view), view]));
  const taken = new Set(was.map(idOf));
  const standing = new Map<JsonObject, JsonObject | undefined>();
  for (const view of was.filter((each) => isOwn(each, database))) {
    const other =
      present.get(idOf(view)) ??
      now.find((each) => !taken.has(idOf(each)) && isCopyOf(inPlace, idOf(each), idOf(view))) ??
      now.find(
        (each) => !taken.has(idOf(each)) && isOwn(each, database) && likeness(each) === likeness(view),
      );
    if (other !== undefined) taken.add(idOf(other));
    standing.set(view, other);
  }
  return standing;
}

/** True for a view that an earlier restore created for `original`, or for a copy of that. */
function isCopyOf(inPlace: Journal['inPlace'], view: CompactId, original: CompactId): boolean {
  const seen = new Set<string>();
  for (let id = inPlace.originalOfView(view); id !== undefined && !seen.has(id); ) {
    if (id === original) return true;
    seen.add(id);
    id = inPlace.originalOfView(compactId(id));
  }
  return false;
}

function likeness({ name, type, data_source_id: source, dashboard_view_id: dashboard }: JsonObject): string {
  return JSON.stringify([name ?? '', type ?? '', source ?? null, dashboard ?? null]);
}

function idOf(view: JsonObject): CompactId {
  return compactId(stringAt(view, 'id') ?? '');
}

function isOwn(view: JsonObject, database: string): boolean {
  return compactId(stringAt(objectAt(view, 'parent'), 'database_id') ?? database) === database;
}

const parts = ['name', 'filter', 'sorts', 'quick_filters', 'configuration'] as const;

function viewChange(
  context: RestoreContext,
  object: RestoredObject,
  was: JsonObject,
  now: JsonObject,
  sources: readonly JsonObject[],
): { readonly difference: Difference; readonly body?: JsonObject } | undefined {
  const source = compactId(stringAt(was, 'data_source_id') ?? '');
  const { dataSources, ids } = context.journal;
  const moved = dataSources.schemaOf(source).filter((property) => {
    const id = decodedPropertyId(stringAt(property, 'id') ?? '');
    return decodedPropertyId(ids.copyOfProperty(source, id) ?? '') !== id && isNamedIn(was, property);
  });
  if (
    moved.length === 0 &&
    parts.every((part) => JSON.stringify(was[part] ?? null) === JSON.stringify(now[part] ?? null))
  )
    return undefined;
  const conversion: Conversion = { ...context.target.conversion(object.path), note: () => {} };
  // A property that is gone is created again before views are sent.
  const isGone = moved.some(
    (property) => ids.copyOfProperty(source, stringAt(property, 'id') ?? '') === undefined,
  );
  const propertyId = (property: string) => ids.copyOfProperty(source, property) ?? property;
  const before = viewBody(was, { conversion, schema: dataSources.schemaOf(source), propertyId });
  const schema = schemaNow(sources, source);
  const current = viewBody(now, { conversion, schema, propertyId: (property) => property });
  // Properties added since are no difference of the view that lists them.
  const known = new Set(
    dataSources
      .schemaOf(source)
      .map((property) => decodedPropertyId(propertyId(stringAt(property, 'id') ?? ''))),
  );
  const listed = viewBody(now, {
    conversion,
    schema: schema.filter((property) => known.has(decodedPropertyId(stringAt(property, 'id') ?? ''))),
    propertyId: (property) => (known.has(decodedPropertyId(property)) ? property : undefined),
  });
  const name = stringAt(was, 'name') ?? '';
  const nameNow = stringAt(now, 'name') ?? '';
  const words = {
    what: 'view changed',
    name,
    ...(name === nameNow ? {} : { was: name, now: nameNow }),
  } as const;
  if (before === undefined || current === undefined) return undefined;
  const body: JsonObject = {};
  for (const part of parts) {
    const wanted = before.body[part] ?? null;
    const present = (part === 'configuration' ? listed : current)?.body[part] ?? null;
    if (canonical(wanted) === canonical(present)) continue;
    if (part === 'configuration' && wanted === null) continue;
    if (part === 'sorts' && before.sortsByTime)
      return { difference: { ...words, left: 'no request sorts an existing view by time' } };
    body[part] = wanted;
  }
  const changed = Object.keys(body);
  if (changed.length === 0)
    return isGone ? { difference: { ...words, now: 'it names a property that is gone' } } : undefined;
  const differing = changed.filter((part) => part !== 'name').join(', ');
  return {
    difference: {
      ...words,
      ...(differing === '' || name !== nameNow ? {} : { now: `other ${differing.replaceAll('_', ' ')}` }),
    },
    body,
  };
}

/** True when the view's filter, order or layout names the property. */
function isNamedIn(view: JsonObject, property: JsonObject): boolean {
  const id = stringAt(property, 'id') ?? '';
  const text = JSON.stringify(parts.filter((part) => part !== 'name').map((part) => view[part] ?? null));
  return [id, decodedPropertyId(id)].some((form) => text.includes(JSON.stringify(form)));
}

function schemaNow(sources: readonly JsonObject[], id: string): JsonObject[] {
  const found = sources.find((source) => compactId(stringAt(source, 'id') ?? '') === id);
  return Object.values(objectAt(found, 'properties') ?? {}).filter(isObject);
}

function canonical(value: Json): string {
  return JSON.stringify(value, (_, member: Json) =>
    isObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** Sends the changes of views. */
export async function applyViewChanges(
  context: RestoreContext,
  run: InPlaceRun,
  object: RestoredObject,
  changes: ViewChanges,
  first: string | undefined,
): Promise<void> {
  const { writer } = context;
  for (const { id, body } of changes.patches)
    await refusable(run, object, `view ${id}`, () =>
      writer.write({
        key: `patch view ${id} ${JSON.stringify(body)}`,
        request: () => ({ method: 'patch', path: `views/${id}`, body, effect: 'write' }),
        keep: () => ({}),
      }),
    );
  const database = context.journal.ids.copyOf(object.id) ?? object.id;
  const source = first === undefined ? undefined : compactId(first);
  for (const wanted of await writableViews(context, object, changes.missing, source)) {
    const dashboard = stringAt(wanted.view, 'dashboard_view_id');
    const home =
      dashboard === undefined
        ? { database_id: database, position: { type: 'end' } }
        : {
            view_id: context.journal.ids.copyOf(compactId(dashboard)) ?? dashboard,
            placement: { type: 'new_row' },
          };
    const name = stringAt(wanted.view, 'name') ?? '';
    await refusable(run, object, `view ${name}`, () => createView(context, database, wanted, home));
  }
  if (!run.pruneAdded) return;
  for (const id of changes.added)
    await writer.write({
      key: `delete view ${id}`,
      request: () => ({ method: 'delete', path: `views/${id}`, effect: 'write' }),
      keep: () => ({}),
    });
}

/** Keeps what Notion refuses: other views are still sent, and this one is tried again when all properties are there. */
async function refusable(
  run: InPlaceRun,
  { id, path }: RestoredObject,
  what: string,
  send: () => Promise<unknown>,
): Promise<void> {
  const key = `${id} ${what}`;
  try {
    await send();
    run.refused.delete(key);
  } catch (error) {
    if (apiFailureOf(error)?.status !== 400) throw error;
    run.refused.set(key, { path, what, message: messageOf(error) });
  }
}
