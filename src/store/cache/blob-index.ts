/** The index deltas of a store as tables: which packfile holds which blob. Derived; a wrong answer is noticed when the blob is opened. */
import type { Database } from '../../database.ts';
import { blobTypeByte, blobTypeOf } from '../format/blob.ts';
import type { PackedBlob } from '../format/blob-location.ts';
import type { BlobId, DeltaId, PackId } from '../format/ids.ts';
import { idBytes, idFrom, isBlobId, isDeltaId, isPackId } from '../format/ids.ts';
import type { IndexedPack } from '../format/index-delta.ts';

/** A blob and the packfile it lies in. */
export interface BlobLocation extends PackedBlob {
  readonly packId: PackId;
  readonly packBytes: number;
}

interface Pack {
  readonly id: PackId;
  readonly sizeBytes: number;
}

type BlobRow = [pack: number, offset: number, sealed: number, plain: number, type: number];

export class BlobIndex {
  readonly #database: Database;
  readonly #packs = new Map<number, Pack>();
  /** Numbers of packfiles that the store no longer has whole; their blobs count as absent. */
  readonly #lost = new Set<number>();
  readonly #findBlob;
  readonly #findPack;
  readonly #insertPack;
  readonly #insertBlob;

  constructor(database: Database) {
    this.#database = database;
    this.#findBlob = database
      .prepare<[Uint8Array], BlobRow>('SELECT pack, offset, sealed, plain, type FROM blobs WHERE id = ?')
      .raw();
    this.#findPack = database.prepare<[number], { id: Uint8Array; size: number }>(
      'SELECT id, size FROM packs WHERE number = ?',
    );
    this.#insertPack = database.prepare<[Uint8Array, number], { number: number }>(
      'INSERT INTO packs (id, size) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET size = excluded.size RETURNING number',
    );
    this.#insertBlob = database.prepare('INSERT OR IGNORE INTO blobs VALUES (?, ?, ?, ?, ?, ?)');
  }

  /** The first place where the blob lies in a packfile that is there; undefined when there is none. */
  find(id: BlobId): BlobLocation | undefined {
    const row = this.#findBlob.get(idBytes(id));
    return row === undefined ? undefined : (this.#located(id, row) ?? this.locations(id)[0]);
  }

  /** Every place where the blob lies in a packfile that is there. */
  locations(id: BlobId): BlobLocation[] {
    return this.#findBlob.all(idBytes(id)).flatMap((row) => this.#located(id, row) ?? []);
  }

  #located(
    id: BlobId,
    [number, offset, sealedBytes, plainBytes, typeByte]: BlobRow,
  ): BlobLocation | undefined {
    const pack = this.#lost.has(number) ? undefined : this.#pack(number);
    const type = blobTypeOf(typeByte);
    if (pack === undefined || type === undefined) return undefined;
    return { id, type, offset, sealedBytes, plainBytes, packId: pack.id, packBytes: pack.sizeBytes };
  }

  /** Two at most of the ids that begin with `prefix`, hex digits in lower case. */
  idsWith(prefix: string): BlobId[] {
    const rows = this.#database
      .prepare<[Uint8Array, Uint8Array], Uint8Array>(
        'SELECT DISTINCT id FROM blobs WHERE id BETWEEN ? AND ? LIMIT 2',
      )
      .pluck()
      .all(Buffer.from(prefix.padEnd(64, '0'), 'hex'), Buffer.from(prefix.padEnd(64, 'f'), 'hex'));
    return rows.map((id) => idFrom(id, isBlobId));
  }

  /** Names of the deltas whose content is in the tables. */
  deltaIds(): Set<DeltaId> {
    const rows = this.#database.prepare<[], Uint8Array>('SELECT id FROM deltas').pluck().all();
    return new Set(rows.map((id) => idFrom(id, isDeltaId)));
  }

  /** Takes in what one delta lists. */
  add(deltaId: DeltaId, packs: readonly IndexedPack[]): void {
    const delta = idBytes(deltaId);
    this.#database
      .transaction(() => {
        this.#database.prepare('INSERT OR IGNORE INTO deltas VALUES (?)').run(delta);
        for (const pack of packs) {
          const number = this.#addPack(pack);
          this.#database.prepare('INSERT OR IGNORE INTO delta_packs VALUES (?, ?)').run(delta, number);
        }
      })
      .immediate();
  }

  /** Forgets deltas that left the store, and the packfiles that no other delta lists. */
  forget(deltaIds: Iterable<DeltaId>): void {
    this.#database
      .transaction(() => {
        for (const id of deltaIds) {
          this.#database.prepare('DELETE FROM deltas WHERE id = ?').run(idBytes(id));
          this.#database.prepare('DELETE FROM delta_packs WHERE delta = ?').run(idBytes(id));
        }
        this.#database.exec('DELETE FROM packs WHERE number NOT IN (SELECT pack FROM delta_packs)');
        this.#database.exec('DELETE FROM blobs WHERE pack NOT IN (SELECT number FROM packs)');
      })
      .immediate();
    this.#packs.clear();
  }

  /** Every packfile the deltas list. */
  *packs(): Generator<Pack> {
    for (const row of this.#database
      .prepare<[], { id: Uint8Array; size: number }>('SELECT id, size FROM packs')
      .all()) {
      yield { id: idFrom(row.id, isPackId), sizeBytes: row.size };
    }
  }

  /** Makes {@link blobsOf} quick. For an index that is read whole; it costs a third more room. */
  sortByPack(): void {
    this.#database.exec('CREATE INDEX IF NOT EXISTS blobs_by_pack ON blobs (pack, offset)');
  }

  /** The blobs of one packfile in the order in which they lie; undefined when no delta lists it. */
  blobsOf(packId: PackId): IndexedPack | undefined {
    const pack = this.#database
      .prepare<[Uint8Array], { number: number; size: number }>('SELECT number, size FROM packs WHERE id = ?')
      .get(idBytes(packId));
    if (pack === undefined) return undefined;
    const rows = this.#database
      .prepare<[number], [Uint8Array, ...BlobRow]>(
        'SELECT id, pack, offset, sealed, plain, type FROM blobs WHERE pack = ? ORDER BY offset',
      )
      .raw()
      .all(pack.number);
    const blobs = rows.flatMap(([id, , offset, sealedBytes, plainBytes, typeByte]) => {
      const type = blobTypeOf(typeByte);
      return type === undefined ? [] : [{ id: idFrom(id, isBlobId), type, offset, sealedBytes, plainBytes }];
    });
    return { id: packId, sizeBytes: pack.size, blobs };
  }

  /** Counts a blob as absent from a packfile in which it was found damaged, so that the next backup writes it anew. */
  forgetBlob(id: BlobId, packId: PackId): void {
    this.#database
      .prepare('DELETE FROM blobs WHERE id = ? AND pack = (SELECT number FROM packs WHERE id = ?)')
      .run(idBytes(id), idBytes(packId));
  }

  /** Puts a place right in which the blob was found: a row for it that names another part of the packfile goes. */
  correct({ id, type, offset, sealedBytes, plainBytes, packId, packBytes }: BlobLocation): void {
    const blob = { id, type, offset, sealedBytes, plainBytes };
    this.#database
      .transaction(() => {
        this.forgetBlob(id, packId);
        this.#addPack({ id: packId, sizeBytes: packBytes, blobs: [blob] });
      })
      .immediate();
    this.#packs.clear();
  }

  countBlobs(): number {
    return this.#database.prepare<[], number>('SELECT count(*) FROM blobs').pluck().get() ?? 0;
  }

  /** Names the packfiles that are gone or cut, so that what lay in them is written anew. */
  setLost(packIds: Iterable<PackId>): void {
    this.#lost.clear();
    const find = this.#database
      .prepare<[Uint8Array], number>('SELECT number FROM packs WHERE id = ?')
      .pluck();
    for (const id of packIds) {
      const number = find.get(idBytes(id));
      if (number !== undefined) this.#lost.add(number);
    }
  }

  /** True for a packfile that the store no longer has whole. */
  isLost(packId: PackId): boolean {
    const found = this.#database
      .prepare<[Uint8Array], number>('SELECT number FROM packs WHERE id = ?')
      .pluck()
      .get(idBytes(packId));
    return found !== undefined && this.#lost.has(found);
  }

  #addPack(pack: IndexedPack): number {
    const row = this.#insertPack.get(idBytes(pack.id), pack.sizeBytes);
    if (row === undefined) throw new Error('INSERT … RETURNING returned nothing');
    for (const blob of pack.blobs) this.#addBlob(row.number, blob);
    return row.number;
  }

  #addBlob(pack: number, blob: PackedBlob): void {
    const { id, offset, sealedBytes, plainBytes, type } = blob;
    this.#insertBlob.run(idBytes(id), pack, offset, sealedBytes, plainBytes, blobTypeByte(type));
  }

  /** Another process may have added packfiles since they were last read. */
  #pack(number: number): Pack | undefined {
    const known = this.#packs.get(number);
    if (known !== undefined) return known;
    const row = this.#findPack.get(number);
    if (row === undefined) return undefined;
    const pack = { id: idFrom(row.id, isPackId), sizeBytes: row.size };
    this.#packs.set(number, pack);
    return pack;
  }
}
