/**
 * Counts what changed between each snapshot and the one before of its source and scope. Equal subtrees are skipped by the ids of their
 * contents, and what was counted once is kept on this machine: two snapshots never change.
 */
import { isObject } from '../../document/json.ts';
import { isKlosetError } from '../../errors.ts';
import type { DerivedFile, Store, TreeReader } from '../../store/open-store.ts';
import type { KnownSnapshot } from '../look/known-snapshots.ts';
import { isBackup } from '../look/known-snapshots.ts';
import { reasonsOfAbsence } from './absence.ts';
import type { PairedObject } from './diff-trees.ts';
import { diffTrees } from './diff-trees.ts';

/** Pages, rows and databases. */
export interface ChangeCounts {
  readonly added: number;
  /** Stored otherwise than before, and not only for the title of what lies in it; or moved. */
  readonly changed: number;
  readonly removed: number;
  /** In one of the two alone, because the other could not read them: neither added nor removed. */
  readonly unknown: number;
}

/** A snapshot beside the one before. */
export interface CountedChanges {
  /** Id of the backup before of the same source and scope; undefined for the first. */
  readonly comparedWith: string | undefined;
  /** Undefined where there is nothing to compare with, where it was not counted, or where one of the two cannot be read. */
  readonly counts: ChangeCounts | undefined;
  /** True where counting was left for another time. */
  readonly isLeft?: boolean;
}

export interface CountOptions {
  /** Comparisons that are made at most, the newest first; what is known already costs nothing. */
  readonly limit: number;
  /** Asked after each comparison; true leaves the rest for another time. */
  readonly isTimeUp?: () => boolean;
  /** Told before each comparison. */
  readonly onCompare?: (done: number) => void;
}

/** The changes of each of `shown`, by id. `all` are the snapshots of the store, newest first. */
export async function countChanges(
  store: Store,
  all: readonly KnownSnapshot[],
  shown: readonly KnownSnapshot[],
  { limit, isTimeUp = () => false, onCompare = () => {} }: CountOptions,
): Promise<ReadonlyMap<string, CountedChanges>> {
  const cache = new CountCache(store.derivedFile('changes'), all);
  const found = new Map<string, CountedChanges>();
  const wanted = new Set(shown.map(({ id }) => id));
  let opener: Promise<Opener> | undefined;
  let compared = 0;
  for (const [at, snapshot] of all.entries()) {
    if (!wanted.has(snapshot.id) || snapshot.header === undefined || snapshot.problem !== undefined) continue;
    const before = theOneBefore(all, at);
    if (before === undefined) {
      found.set(snapshot.id, { comparedWith: undefined, counts: undefined });
      continue;
    }
    const pair = [before.id, snapshot.id] as const;
    let counts = cache.get(pair);
    const isLeft = counts === undefined && (compared >= limit || (compared > 0 && isTimeUp()));
    if (counts === undefined && !isLeft) {
      onCompare(compared);
      compared += 1;
      opener ??= store.snapshotOpener();
      counts = await countedOrUnknown(opener, pair);
      if (counts !== undefined) cache.set(pair, counts);
    }
    found.set(snapshot.id, { comparedWith: before.id, counts, ...(isLeft ? { isLeft } : {}) });
  }
  cache.save();
  return found;
}

/** The next older backup of the same source and scope; what the program took by itself does not count. */
function theOneBefore(all: readonly KnownSnapshot[], at: number): KnownSnapshot | undefined {
  const source = all[at]?.header?.source;
  return all.find(
    (snapshot, place) => place > at && isBackup(snapshot) && snapshot.header?.source === source,
  );
}

type Opener = (id: string) => TreeReader;
type Pair = readonly [before: string, after: string];

/** Undefined where the trees of one of the two cannot be read: a list goes on without. */
async function countedOrUnknown(
  opener: Promise<Opener>,
  [before, after]: Pair,
): Promise<ChangeCounts | undefined> {
  try {
    const open = await opener;
    return await counted(open(before), open(after));
  } catch (error) {
    const isDamage = (['integrity', 'not-found', 'incompatible', 'unavailable'] as const).some((code) =>
      isKlosetError(error, code),
    );
    if (isDamage) return undefined;
    throw error;
  }
}

async function counted(before: TreeReader, after: TreeReader): Promise<ChangeCounts> {
  const { added, removed, paired } = await diffTrees(
    { snapshot: before, path: '/' },
    { snapshot: after, path: '/' },
  );
  const unborn = await reasonsOfAbsence(before, added);
  const lost = await reasonsOfAbsence(after, removed);
  const [appeared, gone] = [
    added.filter(({ info }) => !unborn.has(info.id)).length,
    removed.filter(({ info }) => !lost.has(info.id)).length,
  ];
  const hasMoved = (pair: PairedObject) => pair.before.parent !== pair.after.parent;
  const stored = paired.filter((pair) => pair.hasOtherFiles || hasMoved(pair));
  const unedited = stored.filter(
    (pair) => !hasMoved(pair) && pair.before.info.edited === pair.after.info.edited,
  );
  return {
    added: appeared,
    changed: stored.length - (await countEqual(before, after, unedited.slice(0, maxRead))),
    removed: gone,
    unknown: added.length - appeared + removed.length - gone,
  };
}

/**
 * Objects that nobody edited are stored anew for what lies in them (the title of a child) or on them (a comment): the
 * documents of so many are looked into, and where nothing of their own differs they do not count.
 */
const maxRead = 50;

async function countEqual(
  before: TreeReader,
  after: TreeReader,
  pairs: readonly PairedObject[],
): Promise<number> {
  const { ownChanges } = await import('./diff-snapshots.ts');
  let equal = 0;
  for (const pair of pairs)
    try {
      if ((await ownChanges(before, after, pair)).length === 0) equal += 1;
    } catch (error) {
      // Its listing says that it is stored otherwise, whatever became of the document.
      if (!isKlosetError(error, 'integrity')) throw error;
    }
  return equal;
}

/** Another number means another way of counting: it begins anew. */
const cacheVersion = 2;

/** Counts by pairs of ids, of snapshots that are still there. */
class CountCache {
  readonly #file: DerivedFile;
  readonly #counts = new Map<string, ChangeCounts>();
  #isChanged = false;

  constructor(file: DerivedFile, snapshots: readonly KnownSnapshot[]) {
    this.#file = file;
    const present = new Set<string>(snapshots.map(({ id }) => id));
    for (const [key, counts] of storedCounts(file.read()))
      if (key.split(':').every((id) => present.has(id))) this.#counts.set(key, counts);
  }

  get(pair: Pair): ChangeCounts | undefined {
    return this.#counts.get(pair.join(':'));
  }

  set(pair: Pair, counts: ChangeCounts): void {
    this.#counts.set(pair.join(':'), counts);
    this.#isChanged = true;
  }

  /** Writes what is new; a machine whose cache cannot be written counts again next time. */
  save(): void {
    if (!this.#isChanged) return;
    const pairs = Object.fromEntries(
      [...this.#counts].map(([key, { added, changed, removed, unknown }]) => [
        key,
        [added, changed, removed, unknown],
      ]),
    );
    try {
      this.#file.write(Buffer.from(JSON.stringify({ version: cacheVersion, pairs }), 'utf8'));
    } catch (error) {
      if (!isKlosetError(error)) throw error;
    }
  }
}

function storedCounts(bytes: Uint8Array | undefined): [string, ChangeCounts][] {
  if (bytes === undefined) return [];
  const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
  if (!isObject(value) || value.version !== cacheVersion || !isObject(value.pairs)) return [];
  return Object.entries(value.pairs).flatMap(([key, counts]) => {
    if (!Array.isArray(counts) || counts.length !== 4) return [];
    const [added = 0, changed = 0, removed = 0, unknown = 0] = counts.map(Number);
    return [[key, { added, changed, removed, unknown }] satisfies [string, ChangeCounts]];
  });
}
