/** A store as one of several copies that share an id and a master key. */
import type { StoreParts } from '../access/store-parts.ts';
import type { ReplicaOptions } from './create-replica.ts';
import { createReplica } from './create-replica.ts';
import type { ExportOptions } from './export.ts';
import { exportSnapshots } from './export.ts';
import type { DamagedPlace, HealOptions } from './heal.ts';
import { healFromCopy } from './heal.ts';
import type { HealReport } from './heal-notes.ts';
import { syncSnapshots } from './sync.ts';
import type { SyncOptions, SyncReport } from './sync-options.ts';

export class Replica {
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  /** Creates an empty replica at another place; `copyTo` fills it. See create-replica.ts. */
  async create(options: ReplicaOptions): Promise<void> {
    await createReplica(this.#parts, options);
  }

  /** Copies snapshots from here to `target`. See sync.ts. */
  async copyTo(target: Replica, options: SyncOptions): Promise<SyncReport> {
    return await syncSnapshots(this.#parts, target.#parts, options);
  }

  /** Gives what this copy still has to the store at another place. See heal.ts. */
  async heal(place: DamagedPlace, options: HealOptions): Promise<HealReport> {
    return await healFromCopy(this.#parts, place, options);
  }

  /** Writes snapshots into one file that can be read as a store. See export.ts. */
  async export(options: ExportOptions): Promise<SyncReport> {
    return await exportSnapshots(this.#parts, options);
  }
}
