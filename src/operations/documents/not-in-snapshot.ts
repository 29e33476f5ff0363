/** Parts of Notion that should be in a snapshot and are not: gaps of its documents, and objects that could not be read. */
import type { SnapshotReader } from '../../document/content.ts';
import type { BlockNode } from '../../document/documents.ts';
import type { NotInSnapshot } from '../../document/gaps.ts';
import { Gaps } from '../../document/gaps.ts';
import type { JsonObject } from '../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../document/json.ts';
import { compactId } from '../../document/notion-id.ts';
import { leftOutIn } from '../../document/selection/left-out.ts';
import { documentPath, readJson } from './read-document.ts';

/** Objects of which the snapshot has nothing, by compact id, with the reason. */
export type UnreadObjects = ReadonlyMap<string, UnreadObject>;

export interface UnreadObject {
  /** As the snapshot names it: a file by its address. */
  readonly id: string;
  readonly kind: string;
  readonly reason: string;
}

/** The objects that the snapshot's crawl could not read. */
export async function unreadObjects(snapshot: SnapshotReader): Promise<UnreadObjects> {
  return objectsAmong(unreadIn(await manifestOf(snapshot)));
}

/** The same, and the parts of objects and of the workspace that could not be read. */
export async function unreadParts(snapshot: SnapshotReader): Promise<UnreadObjects> {
  return unreadIn(await manifestOf(snapshot));
}

/** A part has the id of its object, which is there. */
function objectsAmong(unread: UnreadObjects): UnreadObjects {
  return new Map([...unread].filter(([, { kind }]) => kind === 'page' || kind === 'database'));
}

/** Empty where there is none, as in a snapshot of a test. */
async function manifestOf(snapshot: SnapshotReader): Promise<JsonObject> {
  const entry = await snapshot.entry('/manifest.json');
  return entry === undefined ? {} : await readJson(snapshot, '/manifest.json');
}

function unreadIn({ errors }: JsonObject): UnreadObjects {
  const unread = arrayAt(errors, 'list').flatMap((error): [string, UnreadObject][] => {
    const [kind, what, id] = [stringAt(error, 'kind'), stringAt(error, 'what'), stringAt(error, 'id')];
    // A word after the kind tells that the object is there after all, as the snapshot before had it.
    if (kind === undefined || kind !== what || id === undefined) return [];
    return [[compactId(id), { id, kind, reason: stringAt(error, 'reason') ?? '' }]];
  });
  return new Map(unread);
}

/** The same, and the objects that it leaves out by choice: neither are gone. */
export async function absentObjects(snapshot: SnapshotReader): Promise<UnreadObjects> {
  const manifest = await manifestOf(snapshot);
  const leftOut = leftOutIn(manifest)?.list ?? [];
  const reason = leftOutReason;
  return new Map([
    ...leftOut.map(({ id, kind }): [string, UnreadObject] => [id, { id, kind, reason }]),
    ...objectsAmong(unreadIn(manifest)),
  ]);
}

/** The reason of what is not in a snapshot because its backup was told to leave it out. */
export const leftOutReason = 'left out by choice';

/** Every gap, and every object that could not be read, at and below `path`, or of the object at `path` alone. Comments count only where they are restored. */
export async function gapsBelow(
  snapshot: SnapshotReader,
  path: string,
  { comments, isAlone }: { readonly comments: boolean; readonly isAlone: boolean },
): Promise<NotInSnapshot[]> {
  const found: NotInSnapshot[] = [];
  const unread = await unreadObjects(snapshot);
  for await (const entry of snapshot.walk(path)) {
    if (entry.type !== 'directory' || entry.object === undefined) continue;
    if (isAlone && entry.path !== path) continue;
    const missing = missingFrom(await readJson(snapshot, documentPath(entry)), entry.path, unread);
    found.push(...missing.filter(({ what }) => comments || what !== 'comments'));
  }
  return found;
}

/** Parts that are missing from the document at `path`: its gaps, and the unread objects that its blocks show. */
export function missingFrom(document: JsonObject, path: string, unread: UnreadObjects): NotInSnapshot[] {
  const gaps = new Gaps(document).all.map((gap) => ({ path, ...gap }));
  const objects = shownObjects(arrayAt(document, 'blocks')).flatMap((id): NotInSnapshot[] => {
    const object = unread.get(compactId(id));
    return object === undefined
      ? []
      : [{ path, what: object.kind, id: compactId(id), reason: object.reason }];
  });
  return [...gaps, ...objects];
}

/** Ids of the pages and databases that blocks stand for. */
function shownObjects(blocks: readonly unknown[]): string[] {
  return blocks.filter(isObject).flatMap((block: BlockNode) => {
    const isObjectBlock = objectAt(block, 'child_page') ?? objectAt(block, 'child_database');
    const own = isObjectBlock === undefined ? [] : [stringAt(block, 'id') ?? ''];
    const sections = Object.values(isObject(block.sections) ? block.sections : {});
    return [...own, ...[block.children ?? [], ...sections].flatMap(shownObjects)];
  });
}
