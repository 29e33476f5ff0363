/**
 * Checks a store against itself: CONFIG and keys, index deltas, packfiles, snapshots and their chain, trees. It
 * trusts no cache. Snapshots are listed before deltas and deltas before packfiles, so that a backup that runs
 * beside it is never mistaken for damage: what is named was written before what names it.
 */
import type { ReadBackend } from '../../backend/backend.ts';
import { isThere, readAhead } from '../../backend/backend.ts';
import type { Clock } from '../../clock.ts';
import type { Database } from '../../database.ts';
import { KlosetError } from '../../errors.ts';
import type { Monitor } from '../../monitor.ts';
import { readConfigAgain } from '../access/config-again.ts';
import { checkKeySlots, keysPrefix } from '../access/key-slots.ts';
import type { Trust } from '../access/trust.ts';
import type { BlobLocation } from '../cache/blob-index.ts';
import { BlobIndex } from '../cache/blob-index.ts';
import { openCacheDatabase } from '../cache/cache-database.ts';
import type { SealContext } from '../format/blob.ts';
import { configName } from '../format/config.ts';
import type { BlobId, DeltaId, PackId, SnapshotId } from '../format/ids.ts';
import type { IndexedPack } from '../format/index-delta.ts';
import { deltaIdIn } from '../format/index-delta.ts';
import { packIdIn, packName } from '../format/packfile.ts';
import { headerIdIn, headerName } from '../format/snapshot-header.ts';
import { isLockId, locksPrefix } from '../locks/listed-locks.ts';
import type { BlobSource } from '../packs/content-reader.ts';
import { ContentReader } from '../packs/content-reader.ts';
import { PackReader } from '../packs/pack-reader.ts';
import { compareHeaders } from '../snapshots/all-headers.ts';
import type { ListedHeader } from '../snapshots/listed-header.ts';
import type { SnapshotSummary } from '../snapshots/snapshot-list.ts';
import { findSnapshot, snapshotsOf } from '../snapshots/snapshot-list.ts';
import { rootEntry, TreeReader } from '../snapshots/tree-reader.ts';
import type { DeltaCheckParts } from './check-deltas.ts';
import { checkDeltas, hasLostDeltas, indexedMeanwhile } from './check-deltas.ts';
import type { CheckFinding } from './check-findings.ts';
import { Findings } from './check-findings.ts';
import type { CheckedPack, PackCheckParts, PackToCheck } from './check-packs.ts';
import { checkPackBytes, checkPackStructure, checkPresence, readPack } from './check-packs.ts';
import type { Subset } from './check-subset.ts';
import { packsOf } from './check-subset.ts';
import { TreeCheck } from './check-trees.ts';
import { CheckedBackend } from './checked-backend.ts';

const folderNames = /^(keys|locks|index|snapshots|packs(\/[0-9a-f]{2})?)$/;

/** Limits of a check; without any of these every byte is checked. */
export interface CheckOptions {
  /** Structure, index, signatures and presence only; no blob but the trees' is opened. */
  readonly fast?: boolean;
  /** Reads only some packfiles whole: the `part`th of `of` equal shares, or a share chosen by chance. */
  readonly subset?: Subset;
  /** Only what this snapshot (id, prefix or `latest`) needs. */
  readonly snapshot?: string;
  /** Only what these snapshots need, by their whole ids. */
  readonly snapshots?: readonly SnapshotId[];
  /** Only what lies at this path; of the latest snapshot when none is named. */
  readonly path?: string;
}

export interface CheckReport {
  /** Errors first. The store is sound when there is no error among them. */
  readonly findings: readonly CheckFinding[];
  readonly snapshots: number;
  readonly packs: number;
  /** Packfiles of which every byte was read. */
  readonly packsRead: number;
  /** Blobs whose seals were opened in those packfiles. */
  readonly blobs: number;
  readonly files: number;
  readonly directories: number;
  /** Bytes of all objects that were read: packfiles whole or in part, deltas, headers and clear files. */
  readonly bytesRead: number;
}

export interface CheckParts {
  readonly backend: ReadBackend;
  readonly context: SealContext;
  readonly trust: Trust;
  readonly monitor: Monitor;
  readonly clock: Clock;
  /** Told of every blob that a packfile turned out to hold damaged. */
  readonly onBadBlob: (blobId: BlobId, packId: PackId) => void;
}

/**
 * Maintenance may take away packfiles that were listed: where it ran and something is missed, the store is looked at again.
 * @throws KlosetError unavailable when nothing can be listed or an index delta cannot be reached, not-found or usage when the
 * options match nothing, temporary when maintenance took something away during every look
 */
export async function checkStore(parts: CheckParts, options: CheckOptions): Promise<CheckReport> {
  let bytesRead = 0;
  for (let looks = 1; looks <= maxLooks; looks += 1) {
    const database = openCacheDatabase(':memory:');
    try {
      const check = new StoreCheck(parts, options, database);
      const report = await check.run();
      bytesRead += report.bytesRead;
      const hasErrors = report.findings.some(({ severity }) => severity === 'error');
      if (!hasErrors || !(await check.isOutdated())) return { ...report, bytesRead };
    } finally {
      database.close();
    }
  }
  throw new KlosetError(
    'temporary',
    `Maintenance removed packfiles from ${parts.backend.location} each of the ${maxLooks} times that it was read, so it is not known whether it is sound.`,
    { hint: 'Run `notion-kloset check` again when no maintenance runs.' },
  );
}

const maxLooks = 5;

class StoreCheck {
  readonly #parts: CheckParts;
  readonly #options: CheckOptions;
  readonly #database: Database;
  readonly #index: BlobIndex;
  readonly #findings = new Findings();
  readonly #later = new Set<DeltaId>();
  readonly #backend: CheckedBackend;
  /** `<pack id> <blob id>` of blobs, and ids of whole packfiles, that cannot be read. */
  readonly #bad = new Set<PackId | `${PackId} ${BlobId}`>();
  readonly #totals = { snapshots: 0, packs: 0, packsRead: 0, blobs: 0 };

  constructor(parts: CheckParts, options: CheckOptions, database: Database) {
    this.#backend = new CheckedBackend(parts.backend, this.#findings);
    this.#parts = { ...parts, backend: this.#backend };
    this.#options = options;
    this.#database = database;
    this.#index = new BlobIndex(database);
  }

  async run(): Promise<CheckReport> {
    const headers = await this.#checkHeaders();
    const snapshots = this.#chosenSnapshots(headers);
    await this.#checkClearFiles();
    await checkDeltas(this.#deltaParts);
    await this.#checkPacks();
    const trees = await this.#checkTrees(snapshots);
    await this.#checkStrays();
    await this.#checkRemoved(headers);
    const { bytesRead } = this.#backend;
    return { findings: this.#findings.list(), ...this.#totals, ...trees, bytesRead };
  }

  get #isPartial(): boolean {
    const { snapshot, snapshots, path } = this.#options;
    return snapshot !== undefined || snapshots !== undefined || path !== undefined;
  }

  async #checkHeaders(): Promise<ListedHeader[]> {
    const { headers, loss } = await compareHeaders(this.#parts, this.#database);
    for (const { id, problem, isRevoked = false } of headers) {
      if (problem === undefined) continue;
      this.#findings.add(isRevoked ? 'leftover' : 'damaged', `snapshots/${id}`, problem);
    }
    // What cannot be read was named above.
    if (loss !== undefined && loss.missing.length > 0) this.#findings.addError('snapshots', loss.error);
    return headers;
  }

  /** At the end: a removal under way when the headers were listed has taken its files away by now. */
  async #checkRemoved(headers: readonly ListedHeader[]): Promise<void> {
    const present = new Set(headers.map(({ id }) => id));
    for (const { header, problem } of headers) {
      if (header?.kind !== 'removal' || problem !== undefined) continue;
      for (const id of header.removed.filter((removed) => present.has(removed)))
        if (await isThere(this.#parts.backend, headerName(id)))
          this.#findings.add('leftover', headerName(id), 'It was removed; its file is still there.');
    }
  }

  #chosenSnapshots(headers: readonly ListedHeader[]): SnapshotSummary[] {
    const snapshots = snapshotsOf(headers, this.#parts.clock.now());
    const { snapshots: ids = [this.#options.snapshot ?? 'latest'] } = this.#options;
    const chosen = this.#isPartial ? ids.map((id) => findSnapshot(snapshots, id)) : snapshots;
    this.#totals.snapshots = chosen.length;
    return chosen.filter(({ problem }) => problem === undefined);
  }

  async #checkClearFiles(): Promise<void> {
    const { backend, context } = this.#parts;
    try {
      await readConfigAgain(this.#parts);
    } catch (error) {
      this.#findings.addError(configName, error);
    }
    for (const { name, type, problem } of await checkKeySlots(backend, context.storeId, context.keys)) {
      this.#findings.add(type, name, problem);
    }
  }

  get #deltaParts(): DeltaCheckParts {
    return { ...this.#parts, index: this.#index, findings: this.#findings, later: this.#later };
  }

  /** True when packfiles may have left the store since the check began, so that it knows nothing of what it missed. */
  async isOutdated(): Promise<boolean> {
    return await hasLostDeltas(this.#deltaParts);
  }

  async #checkPacks(): Promise<void> {
    const packs = await this.#listPacks();
    const meanwhile = await indexedMeanwhile(
      this.#deltaParts,
      packs.map(({ id }) => id),
    );
    this.#totals.packs = packs.length;
    const chosen = packsOf(
      this.#options.subset,
      packs.map(({ id }) => id),
    );
    if (this.#options.subset !== undefined && chosen.size === 0) {
      throw new KlosetError('not-found', 'No packfile of the store is in this subset.');
    }
    const parts = { ...this.#parts, findings: this.#findings };
    const toCheck = this.#presentPacks(parts, packs, meanwhile);
    const readsWhole = !this.#isPartial && !this.#options.fast;
    // While one is looked at, the next one is read.
    const reading = readAhead(toCheck, 2, async (pack) => ({
      pack,
      read: readsWhole && chosen.has(pack.id) ? await readPack(parts, pack) : undefined,
    }));
    for await (const { pack, read } of reading) {
      if (read !== undefined) this.#noteRead(pack.id, await checkPackBytes(parts, pack, read));
      else if (this.#options.fast && !this.#isPartial)
        this.#note(pack.id, await checkPackStructure(parts, pack));
    }
    this.#report('checking packfiles', packs.length, packs.length);
  }

  /** Those that can be looked into; the others are named. */
  async *#presentPacks(
    parts: PackCheckParts,
    packs: readonly Omit<PackToCheck, 'indexed'>[],
    meanwhile: ReadonlyMap<PackId, IndexedPack>,
  ): AsyncGenerator<PackToCheck> {
    for (const [at, { id, sizeBytes }] of packs.entries()) {
      this.#report('checking packfiles', at, packs.length);
      const pack = { id, sizeBytes, indexed: this.#index.blobsOf(id) ?? meanwhile.get(id) };
      if (checkPresence(parts, pack)) yield pack;
      else this.#bad.add(id);
    }
  }

  /** Packfiles that are there and packfiles that a delta names. */
  async #listPacks(): Promise<Omit<PackToCheck, 'indexed'>[]> {
    const packs = new Map<PackId, number | undefined>();
    for (const { id } of this.#index.packs()) packs.set(id, undefined);
    for await (const { name, sizeBytes } of this.#parts.backend.list('packs/')) {
      const id = packIdIn(name);
      if (id !== undefined) packs.set(id, sizeBytes);
    }
    return [...packs].map(([id, sizeBytes]) => ({ id, sizeBytes })).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #noteRead(packId: PackId, checked: CheckedPack): void {
    this.#totals.packsRead += 1;
    this.#totals.blobs += checked.blobs;
    this.#note(packId, checked);
  }

  #note(packId: PackId, { badBlobs }: CheckedPack): void {
    if (badBlobs === 'all') this.#bad.add(packId);
    else for (const id of badBlobs) this.#noteBad(packId, id);
  }

  #noteBad(packId: PackId, blobId: BlobId): void {
    this.#bad.add(`${packId} ${blobId}`);
    this.#parts.onBadBlob(blobId, packId);
  }

  #blame({ packId, id }: BlobLocation): string | undefined {
    return this.#bad.has(packId) || this.#bad.has(`${packId} ${id}`) ? packName(packId) : undefined;
  }

  async #checkTrees(snapshots: readonly SnapshotSummary[]): Promise<{ files: number; directories: number }> {
    const locations = (id: BlobId) => this.#index.locations(id);
    const readable = (id: BlobId) => locations(id).filter((location) => this.#blame(location) === undefined);
    const blobs = new ContentReader(this.#parts.context, readable, new PackReader(this.#parts.backend));
    const check = new TreeCheck({
      blobs,
      locations,
      findings: this.#findings,
      blame: (location) => this.#blame(location),
      readFiles: this.#isPartial && !this.#options.fast,
    });
    for (const [at, snapshot] of snapshots.entries()) {
      this.#report('checking trees', at, snapshots.length);
      await this.#checkTree(check, blobs, snapshot);
    }
    // Ends a check that was interrupted while it read the last of them.
    this.#report('checking trees', snapshots.length, snapshots.length);
    return check.totals;
  }

  async #checkTree(check: TreeCheck, blobs: BlobSource, { id, header }: SnapshotSummary): Promise<void> {
    if (header === undefined) return;
    const reader = new TreeReader(id, header, blobs);
    if (this.#options.path !== undefined) return await this.#checkPath(check, reader, this.#options.path);
    await check.directory(id, '/', rootEntry(header));
    await check.manifest(reader);
  }

  async #checkPath(check: TreeCheck, reader: TreeReader, path: string): Promise<void> {
    try {
      const found = await reader.treeEntry(path);
      if (found === undefined) {
        throw new KlosetError(
          'not-found',
          `There is nothing at ${path} in snapshot ${reader.id.slice(0, 12)}….`,
        );
      }
      if (found.type === 'file') await check.file(reader.id, path, found);
      else await check.directory(reader.id, path, found);
    } catch (error) {
      if (!(error instanceof KlosetError) || error.code === 'not-found') throw error;
      this.#findings.addError(`${reader.id.slice(0, 12)}:${path}`, error);
    }
  }

  /** Names every file that is not part of a store, and every link, device and pipe. */
  async #checkStrays(): Promise<void> {
    for await (const { name } of this.#parts.backend.list('')) {
      if (folderNames.test(name))
        this.#findings.add('damaged', name, 'A link or a file lies where a folder of the store must be.');
      else if (!isStoreName(name)) this.#findings.add('stray', name, 'This file is not part of a store.');
    }
    for await (const name of this.#backend.listSpecial()) {
      const problem =
        'It is a link, a device or a pipe, not a file of the store; nothing was read through it.';
      this.#findings.add('damaged', name, problem);
    }
  }

  #report(phase: string, done: number, total: number): void {
    this.#parts.monitor.report({ type: 'progress', phase, done, total, bytes: this.#backend.bytesRead });
  }
}

/** Names under `keys/` are judged by those who know them. */
function isStoreName(name: string): boolean {
  if (name === configName || name.startsWith(keysPrefix)) return true;
  if (name.startsWith(locksPrefix)) return isLockId(name.slice(locksPrefix.length));
  return [packIdIn(name), deltaIdIn(name), headerIdIn(name)].some((id) => id !== undefined);
}
