/**
 * Reachability as tables: every blob of every packfile, and every blob that some snapshot needs. Read from the store
 * itself, never from the cache: what is found unreachable here may be deleted.
 */
import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../../database.ts';
import { isKlosetError, KlosetError } from '../../errors.ts';
import type { ReadingParts } from '../access/store-parts.ts';
import { BlobIndex } from '../cache/blob-index.ts';
import { openCacheDatabase } from '../cache/cache-database.ts';
import { readIndexDelta } from '../cache/index-sync.ts';
import { readPackIndex } from '../check/check-packs.ts';
import type { PackedBlob } from '../format/blob-location.ts';
import type { BlobContent, DeltaId, PackId, SnapshotId } from '../format/ids.ts';
import { idBytes, idFrom, isBlobId, isDeltaId, isPackId } from '../format/ids.ts';
import type { IndexedPack } from '../format/index-delta.ts';
import { deltaIdIn, deltasPrefix } from '../format/index-delta.ts';
import { packIdIn } from '../format/packfile.ts';
import type { SnapshotHeader } from '../format/snapshot-header.ts';
import type { TreeEntry } from '../format/tree.ts';
import { decodeListing } from '../format/tree.ts';
import type { BlobSource } from '../packs/content-reader.ts';
import { ContentReader, readContent } from '../packs/content-reader.ts';
import { PackReader } from '../packs/pack-reader.ts';
import type { NamingDelta } from '../packs/sealed-pack-writer.ts';
import type { SnapshotSummary } from '../snapshots/snapshot-list.ts';

/** One packfile and how much of it is needed. */
export interface PackUsage {
  readonly id: PackId;
  readonly sizeBytes: number;
  readonly blobBytes: number;
  /** Sealed bytes of blobs that are needed and for which this packfile is the one to keep. */
  readonly liveBytes: number;
  readonly liveBlobs: number;
  readonly blobs: number;
}

export class UsageScan {
  readonly database: Database;
  readonly index: BlobIndex;
  readonly blobs: BlobSource;
  /** Packfiles that are there, with their sizes. */
  readonly present = new Map<PackId, number>();
  /** Packfiles that are there and that no delta names; by their own index, or undefined when it cannot be read. */
  readonly unindexed = new Map<PackId, IndexedPack | undefined>();
  readonly #parts: ReadingParts;
  readonly #listings = new Set<string>();
  /** Ids that stand in the tables for deltas that do not exist: of packfiles that no delta names. */
  readonly #orphanDeltas = new Set<DeltaId>();

  constructor(parts: ReadingParts, database: Database) {
    this.#parts = parts;
    this.database = database;
    this.index = new BlobIndex(database);
    const packs = new PackReader(parts.backend);
    this.blobs = new ContentReader(parts.context, (id) => this.index.locations(id), packs);
    database.exec('CREATE TABLE reachable (id BLOB PRIMARY KEY) WITHOUT ROWID');
  }

  /**
   * Reads all index deltas, lists all packfiles, and takes in those that no delta names.
   * @throws KlosetError integrity for a damaged delta, unless `onDamagedDelta` is told of it
   */
  async readIndex(onDamagedDelta?: (id: DeltaId, error: KlosetError) => void): Promise<void> {
    const { backend } = this.#parts;
    for await (const { name, sizeBytes } of backend.list(deltasPrefix)) {
      const id = deltaIdIn(name);
      if (id === undefined) continue;
      try {
        this.index.add(id, await readIndexDelta(this.#parts, id, sizeBytes));
      } catch (error) {
        if (onDamagedDelta === undefined || !isKlosetError(error, 'integrity')) throw error;
        onDamagedDelta(id, error);
      }
    }
    this.index.sortByPack();
    await this.#listPacks();
    const lost = [...this.index.packs()].filter(({ id, sizeBytes }) => this.present.get(id) !== sizeBytes);
    this.index.setLost(lost.map(({ id }) => id));
  }

  /** Adds packfiles that were just written to the tables. */
  addWritten(deltas: readonly NamingDelta[]): void {
    for (const { id, packs } of deltas) this.index.add(id, packs);
  }

  /** Notes every blob that `snapshot` needs. @throws KlosetError integrity when a listing cannot be read */
  async markReachable(snapshot: SnapshotSummary): Promise<void> {
    this.database.exec('BEGIN');
    try {
      await this.#markReachable(snapshot);
    } finally {
      this.database.exec('COMMIT');
    }
  }

  async #markReachable({ id, header }: SnapshotSummary): Promise<void> {
    if (header === undefined) throw unreadable(id);
    const insert = this.database.prepare('INSERT OR IGNORE INTO reachable VALUES (?)');
    for await (const { chunks } of this.contents(id, header)) {
      for (const chunk of chunks) insert.run(idBytes(chunk));
    }
  }

  /**
   * The root listing of a snapshot, every listing below it and every file, but not what lies below a listing
   * that an earlier call has been through. @throws KlosetError integrity when a listing cannot be read
   */
  async *contents(id: SnapshotId, header: SnapshotHeader): AsyncGenerator<BlobContent> {
    yield header.root;
    const seen = new Set<string>();
    const open: BlobContent[] = [header.root];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const key = listingKey(next);
      if (this.#listings.has(key) || seen.has(key)) continue;
      seen.add(key);
      for await (const entry of this.#listing(id, next)) {
        yield entry.content;
        if (entry.type === 'directory') open.push(entry.content);
      }
    }
    // Only now: had this ended in between, what lies below some of them would have been left out.
    for (const key of seen) this.#listings.add(key);
  }

  /** The share of its sealed bytes that some snapshot needs, here or elsewhere, of each packfile that has blobs. */
  neededShares(): Map<PackId, number> {
    const rows = this.database.prepare<[], [Uint8Array, number]>(`
      SELECT packs.id, total(CASE WHEN reachable.id IS NULL THEN 0 ELSE blobs.sealed END) / total(blobs.sealed)
      FROM packs JOIN blobs ON blobs.pack = packs.number LEFT JOIN reachable ON reachable.id = blobs.id GROUP BY packs.number
    `);
    return new Map(
      rows
        .raw()
        .all()
        .map(([id, share]) => [idFrom(id, isPackId), share]),
    );
  }

  /**
   * Chooses for each needed blob the packfile to keep it in: of several the first of `order`, which names all
   * packfiles that may be kept. Returns the state of each.
   */
  choosePacks(order: readonly PackId[]): PackUsage[] {
    const { database } = this;
    database.exec(
      'DROP TABLE IF EXISTS ranks; CREATE TABLE ranks (pack INTEGER PRIMARY KEY, rank INTEGER NOT NULL)',
    );
    const rank = database.prepare('INSERT INTO ranks SELECT number, ? FROM packs WHERE id = ?');
    database.transaction(() => order.forEach((id, at) => void rank.run(at, idBytes(id))))();
    // SQLite takes the other columns of an aggregate query from the row that has the minimum.
    database.exec(`
      DROP TABLE IF EXISTS kept;
      CREATE TABLE kept AS SELECT blobs.id AS id, ranks.pack AS pack, min(ranks.rank) AS rank
        FROM reachable JOIN blobs ON blobs.id = reachable.id JOIN ranks ON ranks.pack = blobs.pack GROUP BY blobs.id;
      CREATE UNIQUE INDEX kept_by_pack ON kept (pack, id);
    `);
    const rows = database.prepare<[], PackRow>(`
      SELECT packs.id AS id, packs.size AS sizeBytes, count(blobs.id) AS blobs, total(blobs.sealed) AS blobBytes,
        count(kept.id) AS liveBlobs, total(CASE WHEN kept.id IS NULL THEN 0 ELSE blobs.sealed END) AS liveBytes
      FROM ranks JOIN packs ON packs.number = ranks.pack LEFT JOIN blobs ON blobs.pack = ranks.pack
        LEFT JOIN kept ON kept.pack = blobs.pack AND kept.id = blobs.id
      GROUP BY ranks.pack ORDER BY ranks.rank
    `);
    return rows.all().map((row) => ({ ...row, id: idFrom(row.id, isPackId) }));
  }

  /** Blobs of the packfile that are to be kept there, after `place`. */
  liveBlobs(packId: PackId): PackedBlob[] {
    return this.#blobsWhere(
      packId,
      'EXISTS (SELECT 1 FROM kept WHERE kept.pack = blobs.pack AND kept.id = blobs.id)',
    );
  }

  /** Blobs of the packfile that some snapshot needs, whether they are to be kept there or elsewhere. */
  reachableBlobs(packId: PackId): PackedBlob[] {
    return this.#blobsWhere(packId, 'EXISTS (SELECT 1 FROM reachable WHERE reachable.id = blobs.id)');
  }

  /** The packfiles `ids` as the index has them. */
  *packs(ids: Iterable<PackId>): Generator<IndexedPack> {
    for (const id of ids) {
      const pack = this.index.blobsOf(id);
      if (pack !== undefined) yield pack;
    }
  }

  /** Packfiles that deltas name and that are not in the store. */
  gonePacks(): PackId[] {
    return [...this.index.packs()].map(({ id }) => id).filter((id) => !this.present.has(id));
  }

  /**
   * The deltas to be replaced when `packsToDelete` leave the index, because they are many and small, or because all that
   * they list stands in others too; and what must be listed anew. Those of `kept` stay as they are.
   */
  deltasToReplace(
    packsToDelete: ReadonlySet<PackId>,
    kept: ReadonlySet<DeltaId> = new Set(),
  ): {
    readonly deltas: DeltaId[];
    readonly packs: Set<PackId>;
  } {
    const all = new Map([...this.listedDeltas()].filter(([id]) => !kept.has(id)));
    const superfluous = superfluousDeltas(all);
    const listed = new Map([...all].filter(([id]) => !superfluous.has(id)));
    const small = [...listed].filter(([, packs]) => packs.length < smallDeltaPacks).map(([id]) => id);
    const isMerged = small.length >= minSmallDeltas;
    const deltas = [...listed].filter(
      ([, packs]) =>
        packs.some((id) => packsToDelete.has(id)) || (isMerged && packs.length < smallDeltaPacks),
    );
    const replaced = deltas.map(([id]) => id);
    return { deltas: [...replaced, ...superfluous], packs: new Set(deltas.flatMap(([, packs]) => packs)) };
  }

  /** The packfiles that each delta lists. */
  listedDeltas(): ReadonlyMap<DeltaId, readonly PackId[]> {
    const rows = this.database
      .prepare<[], { delta: Uint8Array; pack: Uint8Array }>(
        'SELECT delta_packs.delta AS delta, packs.id AS pack FROM delta_packs JOIN packs ON packs.number = delta_packs.pack',
      )
      .all();
    const listed = new Map<DeltaId, PackId[]>();
    for (const row of rows) {
      const delta = idFrom(row.delta, isDeltaId);
      if (this.#orphanDeltas.has(delta)) continue;
      const packs = listed.get(delta) ?? [];
      listed.set(delta, packs);
      packs.push(idFrom(row.pack, isPackId));
    }
    return listed;
  }

  #blobsWhere(packId: PackId, condition: string): PackedBlob[] {
    const number = 'SELECT number FROM packs WHERE id = ?';
    const ids = this.database
      .prepare<[Uint8Array], Uint8Array>(`SELECT id FROM blobs WHERE pack = (${number}) AND ${condition}`)
      .pluck()
      .all(idBytes(packId));
    const wanted = new Set(ids.map((id) => idFrom(id, isBlobId)));
    return (this.index.blobsOf(packId)?.blobs ?? []).filter(({ id }) => wanted.has(id));
  }

  /** Number of reachable blobs that lie in no packfile that is there. */
  countMissing(): number {
    const sql = 'SELECT count(*) FROM reachable WHERE id NOT IN (SELECT id FROM kept)';
    return this.database.prepare<[], number>(sql).pluck().get() ?? 0;
  }

  async #listPacks(): Promise<void> {
    const indexed = new Set([...this.index.packs()].map(({ id }) => id));
    for await (const { name, sizeBytes } of this.#parts.backend.list('packs/')) {
      const id = packIdIn(name);
      if (id === undefined) continue;
      this.present.set(id, sizeBytes);
      if (!indexed.has(id)) await this.#indexOrphan(id, sizeBytes);
    }
  }

  async #indexOrphan(id: PackId, sizeBytes: number): Promise<void> {
    try {
      const blobs = await readPackIndex(this.#parts, id, sizeBytes);
      const pack = { id, sizeBytes, blobs };
      this.unindexed.set(id, pack);
      // In the tables it stands under the packfile's own id, which is none of a delta that lies in the store.
      const delta = idFrom(idBytes(id), isDeltaId);
      this.#orphanDeltas.add(delta);
      this.index.add(delta, [pack]);
    } catch (error) {
      if (!isKlosetError(error, 'integrity')) throw error;
      this.unindexed.set(id, undefined);
    }
  }

  async *#listing(snapshotId: SnapshotId, content: BlobContent): AsyncGenerator<TreeEntry> {
    const what = `A listing of snapshot ${snapshotId.slice(0, 12)}…`;
    yield* decodeListing(readContent(this.blobs, content, 'tree'), what);
  }
}

/** Snapshots share most of their listings. */
function listingKey(content: BlobContent): string {
  const hash = createHash('sha256');
  for (const chunk of content.chunks) hash.update(chunk);
  return hash.digest('base64');
}

/** Deltas without which every packfile is still listed: the largest are kept. */
function superfluousDeltas(listed: ReadonlyMap<DeltaId, readonly PackId[]>): Set<DeltaId> {
  const superfluous = new Set<DeltaId>();
  const seen = new Set<PackId>();
  const largestFirst = [...listed].sort(
    ([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1),
  );
  for (const [id, packs] of largestFirst) {
    if (packs.every((pack) => seen.has(pack))) superfluous.add(id);
    for (const pack of packs) seen.add(pack);
  }
  return superfluous;
}

/** A delta that lists fewer packfiles is small; so many small ones are merged. */
const smallDeltaPacks = 8;
const minSmallDeltas = 32;

type PackRow = Omit<PackUsage, 'id'> & { readonly id: Uint8Array };

/** Scans a store in a file of the cache folder that is removed afterwards. */
export async function withUsageScan<T>(
  parts: ReadingParts,
  use: (scan: UsageScan) => Promise<T>,
): Promise<T> {
  const path = join(
    parts.cacheFolder,
    parts.context.storeId,
    `scan-${randomBytes(8).toString('hex')}.sqlite`,
  );
  const database = openCacheDatabase(path);
  // Nobody reads it after a crash.
  database.pragma('synchronous = OFF');
  try {
    return await use(new UsageScan(parts, database));
  } finally {
    database.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  }
}

function unreadable(id: SnapshotId): KlosetError {
  return new KlosetError(
    'integrity',
    `Snapshot ${id.slice(0, 12)}… cannot be read, so unreferenced data cannot be determined.`,
    {
      hint: 'Bring it back with `notion-kloset repair --from` a copy of the store, or remove it with `notion-kloset rm`.',
    },
  );
}
