/** A store as one of several copies that share an id and a master key. */
import { isKlosetError } from '../../errors.ts';
import { unlockStore } from '../access/key-slots.ts';
import type { StoreParts } from '../access/store-parts.ts';
import type { Secret } from '../format/key-slot.ts';
import type { ReplicaOptions } from './create-replica.ts';
import { createReplica } from './create-replica.ts';
import type { ExportOptions } from './export.ts';
import { exportSnapshots } from './export.ts';
import type { DamagedPlace, HealOptions } from './heal.ts';
import { healFromCopy } from './heal.ts';
import type { HealReport } from './heal-notes.ts';
import { moveToNewKey } from './move-to-new-key.ts';
import { syncSnapshots } from './sync.ts';
import type { SyncOptions, SyncReport } from './sync-options.ts';

export class Replica {
  readonly #parts: StoreParts;
  readonly #changed: () => void;

  /** `changed` is called when something was written here. */
  constructor(parts: StoreParts, changed: () => void) {
    this.#parts = parts;
    this.#changed = changed;
  }

  /** Creates an empty replica at another place; `copyTo` fills it. See create-replica.ts. */
  async create(options: ReplicaOptions): Promise<void> {
    await createReplica(this.#parts, options);
  }

  /** Copies snapshots from here to `target`. See sync.ts. */
  async copyTo(target: Replica, options: SyncOptions): Promise<SyncReport> {
    try {
      return await syncSnapshots(this.#parts, target.#parts, options);
    } finally {
      target.#changed();
    }
  }

  /** Gives what this copy still has to the store at another place. See heal.ts. */
  async heal(place: DamagedPlace, options: HealOptions): Promise<HealReport> {
    return await healFromCopy(this.#parts, place, options);
  }

  /** Moves everything from here into `target`, which has another key. See move-to-new-key.ts. */
  async moveTo(
    target: Replica,
    options: Pick<SyncOptions, 'host' | 'lock'>,
    handOver: () => Promise<void>,
  ): Promise<SyncReport> {
    try {
      return await moveToNewKey(this.#parts, target.#parts, options, handOver);
    } finally {
      target.#changed();
    }
  }

  /** True when `secret` opens the store. @throws KlosetError integrity, unavailable */
  async isOpenedBy(secret: Secret): Promise<boolean> {
    const { backend, config } = this.#parts;
    try {
      await unlockStore(backend, config.storeId, secret);
      return true;
    } catch (error) {
      if (isKlosetError(error, 'credentials')) return false;
      throw error;
    }
  }

  /** Writes snapshots into one file that can be read as a store. See export.ts. */
  async export(options: ExportOptions): Promise<SyncReport> {
    return await exportSnapshots(this.#parts, options);
  }
}
