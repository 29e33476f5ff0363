/**
 * Verifies a restore in place: reads back what was written (or everything), and compares it with the snapshot. Parts that
 * the snapshot does not hold, and parts added since, are not compared.
 */
import { canonicalBytes } from '../../document/canonical.ts';
import type { Finding } from '../../document/compare/block-diff.ts';
import type { SnapshotReader, WalkedEntry } from '../../document/content.ts';
import type { Json, JsonObject } from '../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../document/json.ts';
import { compactId, decodedPropertyId } from '../../document/notion-id.ts';
import { messageOf } from '../../errors.ts';
import { apiFailureOf } from '../../notion/api/api.ts';
import type { NotionConnection } from '../../notion/api/client.ts';
import { lacksBytes, misplacedObjects } from '../../notion/restore/blocks/patch-blocks.ts';
import type { RestorePart } from '../../notion/restore/in-place/in-place-run.ts';
import { apiPath, ask } from '../../notion/restore/in-place/present-state.ts';
import { touchedBy } from '../../notion/restore/in-place.ts';
import type { RestoreResult } from '../../notion/restore/journal/restore-result.ts';
import { documentPath, readJson } from '../documents/read-document.ts';
import type { JobContext } from '../job-context.ts';
import type { Comparison, PlacedFinding } from './compare.ts';
import { compareSnapshots } from './compare.ts';
import { liveDatabase, livePage } from './live-document.ts';
import { idsOf, SameIds } from './same-ids.ts';
import type { ScratchSnapshot } from './scratch-snapshot.ts';
import { withScratchSnapshot } from './scratch-snapshot.ts';

export interface VerifyInPlaceOptions {
  readonly api: NotionConnection;
  readonly snapshot: SnapshotReader;
  /** The state before, as far as it is known in full. */
  readonly present: SnapshotReader;
  readonly isPresentFull: boolean;
  readonly path: string;
  readonly part: RestorePart;
  readonly result: RestoreResult;
  /** Read back everything, comments included, in place of what was written. */
  readonly isFull: boolean;
  readonly comments: boolean;
}

/** The id of the original that a block, page or database stands for: its own where it is not a copy. */
type OriginalId = (block: JsonObject) => string;

type Directory = WalkedEntry & { readonly type: 'directory' };

/** Reads back and compares by meaning. Objects that were created again have new ids. */
export async function verifyInPlace(job: JobContext, options: VerifyInPlaceOptions): Promise<Comparison> {
  const ids = idsOf(options.result, new SameIds());
  const originals = new Map<string, string>([...ids].map(([original, copy]) => [copy, original]));
  const originalId: OriginalId = (block) => originals.get(idOf(block)) ?? idOf(block);
  const touched = touchedBy(options.result.journalFile);
  const before = options.isPresentFull
    ? await directoriesById(options.present)
    : new Map<string, Directory>();
  const misplaced: PlacedFinding[] = [];
  const unread: JsonObject[] = [];
  return withScratchSnapshot((original) =>
    withScratchSnapshot(async (copy) => {
      for (const scratch of [original, copy])
        await write(scratch, 'workspace.json', await readJson(options.present, '/workspace.json'));
      for await (const entry of options.snapshot.walk(options.path)) {
        if (entry.type !== 'directory' || entry.object === undefined) continue;
        if (options.part.block !== undefined && entry.path !== options.path) continue;
        const { id, kind } = entry.object;
        if (options.part.properties !== undefined && kind === 'database') continue;
        const was = await readJson(options.snapshot, documentPath(entry));
        const isNeeded = options.isFull || touched.has(compactId(id)) || !before.has(compactId(id));
        const copyId = compactId(ids.get(compactId(id)) ?? id);
        const needed = { id: copyId, was, before: before.get(compactId(id)), isNeeded, kind };
        const now = await presentDocument(job, options, needed).catch((error: unknown) => {
          // One object that cannot be read back is unknown; a token that is not valid any more ends it all.
          const status = apiFailureOf(error)?.status;
          if (status === undefined || status === 401) throw error;
          unread.push({ kind, what: kind, id: copyId, reason: messageOf(error) });
          return undefined;
        });
        const pair = comparable(was, now, options, ids, originalId);
        misplaced.push(...pair.misplaced.map((finding) => ({ path: entry.path, ...finding })));
        await writeObject(original, { ...entry.object }, pair.was);
        if (pair.now !== undefined) await writeObject(copy, { ...entry.object, id: copyId }, pair.now);
      }
      if (unread.length > 0) await write(copy, 'manifest.json', { errors: { list: unread } });
      const comparison = await compareSnapshots({ original, copy, path: '/', ids, keptIds: true });
      return withPositions(comparison, misplaced);
    }),
  );
}

interface Needed {
  readonly id: string;
  readonly kind: 'page' | 'database';
  readonly was: JsonObject;
  readonly before: Directory | undefined;
  readonly isNeeded: boolean;
}

/** The document now; undefined when the object is not there, or lies in the trash. */
async function presentDocument(
  job: JobContext,
  { api, present, isFull, comments }: VerifyInPlaceOptions,
  { id, kind, was, before, isNeeded }: Needed,
): Promise<JsonObject | undefined> {
  const known = before === undefined ? undefined : await readJson(present, documentPath(before));
  if (known !== undefined && !isNeeded) return known;
  const object = await ask(api, apiPath({ kind, id: compactId(id) }));
  if (object === undefined || object.in_trash === true) return undefined;
  const live = { api, known: known === undefined ? [was] : [was, known], comments: isFull && comments };
  if (kind === 'page') return livePage(job, id, live);
  const sources = arrayAt(was, 'data_sources').map((source) => stringAt(source, 'id') ?? '');
  return liveDatabase(job, id, sources, live);
}

interface ComparablePair {
  readonly was: JsonObject;
  readonly now: JsonObject | undefined;
  /** Pages and databases that are there, at another place of their page. */
  readonly misplaced: readonly Finding[];
}

/** Both documents without what was not to be restored, what is not known, and what was added since. */
function comparable(
  was: JsonObject,
  now: JsonObject | undefined,
  { part, isFull, comments }: VerifyInPlaceOptions,
  ids: ReadonlyMap<string, string>,
  originalId: OriginalId,
): ComparablePair {
  if (now === undefined) return { was, now, misplaced: [] };
  if (was.kind === 'database') return { was, now: databaseLike(was, now, ids), misplaced: [] };
  const keepComments = isFull && comments;
  const gaps = arrayAt(was, 'gaps').filter(isObject);
  const unknown = new Set(gaps.map((gap) => stringAt(gap, 'what') ?? ''));
  const lists = new Set(gaps.map((gap) => compactId(stringAt(gap, 'id') ?? '')));
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
    (comment) => isObject(comment) && wasComments.has(originalId(comment)),
  );
  const id = compactId(stringAt(page, 'id') ?? '');
  const known = blocksLike(wasBlocks, blocksOf(now), id, lists, originalId);
  const placed = objectsInOrder(wasBlocks, known, originalId);
  return {
    misplaced: placed.misplaced,
    was: {
      ...was,
      page: { ...page, properties: named(page, page, names) },
      blocks: wasBlocks,
      comments: keepComments && !isPart ? (was.comments ?? []) : [],
    },
    now: {
      ...now,
      page: { ...state, properties: named(page, pageNow, names) },
      blocks: placed.blocks,
      comments: keepComments && !isPart ? commentsNow : [],
    },
  };
}

/** `now` with its pages and databases where they were, and a finding for each that was not there. */
function objectsInOrder(
  was: readonly JsonObject[],
  now: readonly JsonObject[],
  originalId: OriginalId,
): { readonly blocks: JsonObject[]; readonly misplaced: Finding[] } {
  const misplacedIds = new Set(misplacedObjects({ was, is: withOriginalIds(now, originalId) }).map(idOf));
  const misplaced: Finding[] = [];
  const inOrder = (
    before: readonly JsonObject[],
    current: readonly JsonObject[],
    at: string,
  ): JsonObject[] => {
    const blocks = current.filter((block) => !misplacedIds.has(originalId(block)));
    for (const [place, block] of before.entries()) {
      const found = misplacedIds.has(idOf(block))
        ? current.find((other) => originalId(other) === idOf(block))
        : undefined;
      if (found === undefined) continue;
      const what = `position of ${stringAt(block, 'type') ?? ''}`;
      misplaced.push({ verdict: 'approximated', what, at: `${at}/${place}` });
      blocks.splice(place, 0, found);
    }
    return blocks.map((block) => {
      const other = before.find((candidate) => idOf(candidate) === originalId(block));
      if (!Array.isArray(block.children) || other === undefined) return block;
      const [wasBelow, below] = [arrayAt(other, 'children'), block.children].map((list) =>
        list.filter(isObject),
      );
      return { ...block, children: inOrder(wasBelow ?? [], below ?? [], `${at}/children`) };
    });
  };
  return { blocks: inOrder(was, now, 'blocks'), misplaced };
}

function withOriginalIds(blocks: readonly JsonObject[], originalId: OriginalId): JsonObject[] {
  return blocks.map((block) => {
    const children = Array.isArray(block.children) ? block.children.filter(isObject) : undefined;
    const below = children === undefined ? {} : { children: withOriginalIds(children, originalId) };
    return { ...block, id: originalId(block), ...below };
  });
}

function idOf(block: JsonObject): string {
  return compactId(stringAt(block, 'id') ?? '');
}

function withPositions(comparison: Comparison, misplaced: readonly PlacedFinding[]): Comparison {
  const { counts, findings } = comparison;
  return {
    ...comparison,
    counts: { ...counts, approximated: counts.approximated + misplaced.length },
    findings: [...findings, ...misplaced],
  };
}

/** The properties of `page` that have these names in the snapshot, matched by id and under those names. */
function named(was: JsonObject, page: JsonObject, names: readonly string[]): JsonObject {
  const before = objectAt(was, 'properties') ?? {};
  const current = objectAt(page, 'properties') ?? {};
  const byId = new Map(
    Object.values(current).map((value) => [decodedPropertyId(stringAt(value, 'id') ?? ''), value]),
  );
  return Object.fromEntries(
    names.flatMap((name): [string, Json][] => {
      const id = decodedPropertyId(stringAt(before[name] ?? null, 'id') ?? '');
      const value = byId.get(id) ?? (Object.hasOwn(current, name) ? current[name] : undefined);
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
  originalId: OriginalId,
): JsonObject[] {
  const before = new Map<string, JsonObject>(
    was.map((block) => [compactId(stringAt(block, 'id') ?? ''), block]),
  );
  return now.flatMap((block): JsonObject[] => {
    const id = originalId(block);
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
    return [
      { ...block, children: blocksLike(wasChildren.filter(isObject), children, id, lists, originalId) },
    ];
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

async function directoriesById(snapshot: SnapshotReader): Promise<Map<string, Directory>> {
  const found = new Map<string, Directory>();
  for await (const entry of snapshot.walk('/'))
    if (entry.type === 'directory' && entry.object !== undefined) found.set(entry.object.id, entry);
  return found;
}

async function writeObject(
  scratch: ScratchSnapshot,
  object: { readonly id: string; readonly kind: 'page' | 'database'; readonly edited: string },
  document: JsonObject,
): Promise<void> {
  const id = compactId(object.id);
  scratch.step({ type: 'enter', name: id, modified: '', object: { ...object, id } });
  await write(scratch, object.kind === 'page' ? 'page.json' : 'database.json', document);
  scratch.step({ type: 'leave' });
}

async function write(scratch: ScratchSnapshot, name: string, document: JsonObject): Promise<void> {
  const content = await scratch.writeDocument(canonicalBytes(document));
  scratch.step({ type: 'file', name, modified: '', content });
}
