/**
 * Documents of a restore in place as they are compared: without what was not to be restored, what the snapshot does not
 * know, and what was added since.
 */
import type { Finding } from '../../document/compare/block-diff.ts';
import type { Json, JsonObject } from '../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../document/json.ts';
import { compactId, decodedPropertyId } from '../../document/notion-id.ts';
import { lacksBytes } from '../../notion/restore/changed-blocks/kept-blocks.ts';
import type { RestorePart } from '../../notion/restore/in-place/in-place-run.ts';
import type { Origins } from './places-in-place.ts';
import { blocksInOrder, idOf, objectsAtHome } from './places-in-place.ts';

export interface ComparedParts {
  readonly part: RestorePart;
  /** Compare comments too, where they are restored. */
  readonly isFull: boolean;
  readonly comments: boolean;
}

export interface ComparablePair {
  readonly was: JsonObject;
  readonly now: JsonObject | undefined;
  /** Pages and databases that are there, at another place of their page. */
  readonly misplaced: readonly Finding[];
}

/** Both documents without what was not to be restored, what is not known, and what was added since. */
export function comparable(
  was: JsonObject,
  now: JsonObject | undefined,
  { part, isFull, comments }: ComparedParts,
  ids: ReadonlyMap<string, string>,
  origins: Origins,
): ComparablePair {
  if (now === undefined) return { was, now, misplaced: [] };
  if (was.kind === 'database') return { was, now: databaseLike(was, now, ids), misplaced: [] };
  const keepComments = isFull && comments;
  const gaps = arrayAt(was, 'gaps').filter(isObject);
  const unknown = new Set(gaps.map((gap) => stringAt(gap, 'what') ?? ''));
  const blockGaps = gaps.filter(({ what }) => what !== 'comments');
  const lists = new Set(blockGaps.map((gap) => compactId(stringAt(gap, 'id') ?? '')));
  const page = objectAt(was, 'page') ?? {};
  const names = Object.keys(objectAt(page, 'properties') ?? {}).filter(
    (name) =>
      !unknown.has(`property ${name}`) &&
      part.block === undefined &&
      (part.properties === undefined || part.properties.includes(name)),
  );
  const isPart = part.block !== undefined || part.properties !== undefined;
  const pageNow = objectAt(now, 'page') ?? {};
  const state = isPart ? page : pageNow;
  const blocksOf = (document: JsonObject) => {
    if (part.properties !== undefined) return [];
    const blocks = arrayAt(document, 'blocks').filter(isObject);
    return part.block === undefined ? blocks : blockWithin(blocks, part.block);
  };
  const wasBlocks = blocksOf(was);
  const wasComments = new Set(arrayAt(was, 'comments').filter(isObject).map(idOf));
  // As everything else that people added since, their comments stay.
  const commentsNow = arrayAt(now, 'comments').filter(
    (comment) => isObject(comment) && wasComments.has(origins.originalId(comment)),
  );
  const id = compactId(stringAt(page, 'id') ?? '');
  const home = objectsAtHome(wasBlocks, blocksOf(now), origins);
  const known = blocksLike(wasBlocks, home.blocks, id, lists, origins);
  const placed = blocksInOrder(wasBlocks, known, lists, origins);
  return {
    misplaced: [...home.misplaced, ...placed.misplaced],
    was: {
      ...was,
      page: { ...page, properties: named(page, page, names, origins) },
      blocks: wasBlocks,
      comments: keepComments && !isPart ? (was.comments ?? []) : [],
    },
    now: {
      ...now,
      page: { ...state, properties: named(page, pageNow, names, origins) },
      blocks: placed.blocks,
      comments: keepComments && !isPart ? commentsNow : [],
    },
  };
}

/** The properties of `page` that have these names in the snapshot, matched by id and under those names. */
function named(was: JsonObject, page: JsonObject, names: readonly string[], origins: Origins): JsonObject {
  const source = compactId(stringAt(objectAt(was, 'parent'), 'data_source_id') ?? '');
  const before = objectAt(was, 'properties') ?? {};
  const current = objectAt(page, 'properties') ?? {};
  const byId = new Map(
    Object.values(current).map((value) => [decodedPropertyId(stringAt(value, 'id') ?? ''), value]),
  );
  return Object.fromEntries(
    names.flatMap((name): [string, Json][] => {
      const id = decodedPropertyId(stringAt(before[name] ?? null, 'id') ?? '');
      const value =
        byId.get(id) ??
        byId.get(origins.propertyNow(source, id)) ??
        (Object.hasOwn(current, name) ? current[name] : undefined);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function blockWithin(blocks: readonly JsonObject[], id: string): JsonObject[] {
  return blocks.flatMap((block) =>
    compactId(stringAt(block, 'id') ?? '') === id
      ? [block]
      : blockWithin(arrayAt(block, 'children').filter(isObject), id),
  );
}

/** The blocks now without those that the snapshot does not know, and without pages made since. */
function blocksLike(
  was: readonly JsonObject[],
  now: readonly JsonObject[],
  parent: string,
  lists: ReadonlySet<string>,
  origins: Origins,
): JsonObject[] {
  const before = new Map<string, JsonObject>(
    was.map((block) => [compactId(stringAt(block, 'id') ?? ''), block]),
  );
  return now.flatMap((block): JsonObject[] => {
    const id = origins.originalId(block);
    const type = stringAt(block, 'type') ?? '';
    const other = before.get(id);
    if (other === undefined)
      return lists.has(parent) || type === 'child_page' || type === 'child_database' ? [] : [block];
    const payload = objectAt(other, stringAt(other, 'type') ?? '');
    if (payload === undefined || lacksBytes(payload)) return [other];
    const children = arrayAt(block, 'children').filter(isObject);
    const wasChildren = other.children;
    if (!Array.isArray(wasChildren)) {
      const { children: _unknown, ...alone } = block;
      // Without children in the snapshot: it had none, or they are not known.
      return other.has_children === true || lists.has(id) ? [alone] : [block];
    }
    return [{ ...block, children: blocksLike(wasChildren.filter(isObject), children, id, lists, origins) }];
  });
}

/** The database now: views in the snapshot's order, without views and properties made since. */
function databaseLike(was: JsonObject, now: JsonObject, ids: ReadonlyMap<string, string>): JsonObject {
  const idOf = (value: Json) => compactId(stringAt(value, 'id') ?? '');
  const views = new Map(arrayAt(now, 'views').map((view) => [idOf(view), view]));
  const known = arrayAt(was, 'views').flatMap((view) => {
    const found = views.get(compactId(ids.get(idOf(view)) ?? idOf(view)));
    return found === undefined ? [] : [found];
  });
  const sources = new Map(arrayAt(now, 'data_sources').map((source) => [idOf(source), source]));
  const kept = arrayAt(was, 'data_sources').flatMap((source): Json[] => {
    const found = sources.get(compactId(ids.get(idOf(source)) ?? idOf(source)));
    if (!isObject(found)) return [];
    const properties = objectAt(found, 'properties') ?? {};
    const before = objectAt(source, 'properties') ?? {};
    const wasIds = new Set(Object.values(before).map((value) => stringAt(value, 'id')));
    const entries = Object.entries(properties).filter(
      ([name, value]) => wasIds.has(stringAt(value, 'id')) || Object.hasOwn(before, name),
    );
    return [{ ...found, properties: Object.fromEntries(entries) }];
  });
  return { ...now, views: known, data_sources: kept };
}
