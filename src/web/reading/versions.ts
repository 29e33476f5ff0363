/** The versions of one object through the backups of its workspace, remembered for the objects that were looked at last. */
import type { PageDocument } from '../../document/documents.ts';
import { KlosetError } from '../../errors.ts';
import type { Version } from '../../operations/history/versions.ts';
import { versionsOf } from '../../operations/history/versions.ts';
import { isBackup } from '../../operations/look/known-snapshots.ts';
import { workspaceOf } from '../../operations/look/sources.ts';
import type { Catalog } from './catalog.ts';
import type { PlacedObject } from './objects.ts';
import { Recent } from './recent.ts';
import type { OpenSnapshot } from './snapshot.ts';

/** The versions, oldest first, and the one that a snapshot has. */
export interface History {
  readonly versions: readonly Version[];
  /** Place of the version that the snapshot has. */
  readonly at: number;
}

const maxRemembered = 20;
const remembered = new WeakMap<Catalog, Recent<string, Promise<readonly Version[]>>>();

/** @throws KlosetError `not-found`, `integrity` */
export async function historyOf(
  catalog: Catalog,
  snapshot: OpenSnapshot,
  { id }: PlacedObject,
): Promise<History> {
  const workspace = workspaceOf(snapshot.header.source);
  const { snapshots } = await catalog.survey();
  const backups = snapshots
    .filter((each) => isBackup(each) && workspaceOf(each.header?.source ?? '') === workspace)
    .reverse();
  const known = remembered.get(catalog) ?? new Recent<string, Promise<readonly Version[]>>(maxRemembered);
  remembered.set(catalog, known);
  const key = `${id} ${backups.at(-1)?.id} ${backups.length}`;
  const dated = backups.flatMap(({ id: own, header }) =>
    header === undefined ? [] : [{ id: own, time: header.time, open: () => catalog.store.openSnapshot(own) }],
  );
  const reading = known.keep(key, known.get(key) ?? all(dated, id));
  reading.catch(() => known.delete(key));
  const versions = await reading;
  const order = new Map(backups.map((each, place) => [each.id as string, place]));
  const here = order.get(snapshot.id) ?? placeByTime(dated, snapshot.header.time);
  const at = versions.findLastIndex((version) => (order.get(version.snapshot) ?? 0) <= here);
  return { versions, at: Math.max(0, at) };
}

async function all(...parameters: Parameters<typeof versionsOf>): Promise<readonly Version[]> {
  const found: Version[] = [];
  for await (const { version } of versionsOf(...parameters)) found.push(version);
  return found;
}

/** The place of an automatic snapshot among the backups. */
function placeByTime(dated: readonly { readonly time: string }[], time: string): number {
  return dated.findLastIndex((each) => each.time <= time);
}

/** The page of another snapshot as it was there; undefined where that does not have it. @throws KlosetError `integrity` */
export async function pageIn(
  catalog: Catalog,
  word: string,
  id: string,
): Promise<
  | { readonly snapshot: OpenSnapshot; readonly object: PlacedObject; readonly document: PageDocument }
  | undefined
> {
  const snapshot = await catalog.open(word);
  const object = await snapshot.objects.find(id);
  if (object === undefined) return undefined;
  const document = await snapshot.document(object);
  if (document.kind === 'page') return { snapshot, object, document };
  throw new KlosetError('usage', 'A database is compared by its list of changes, not by its page.');
}
