/** The originals of synced blocks that copies point at: each is asked for once. */
import { dashedId } from '../../../document/notion-id.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';
import { parentOf } from '../state/parent.ts';
import type { ReadApi } from './read-api.ts';

export interface SyncedOriginal {
  readonly isReadable: boolean;
  /** The page it lies on, when that is known. */
  readonly page: string | undefined;
}

export class SyncedOriginals {
  readonly #api: ReadApi;
  readonly #known = new Map<string, Promise<SyncedOriginal>>();

  constructor(api: ReadApi) {
    this.#api = api;
  }

  /** Finds the original block `id`. */
  find(id: string): Promise<SyncedOriginal> {
    const original = this.#known.get(id) ?? this.#ask(id);
    this.#known.set(id, original);
    return original;
  }

  async #ask(id: string): Promise<SyncedOriginal> {
    try {
      const parent = parentOf(await this.#api.get(`blocks/${dashedId(id)}`));
      return { isReadable: true, page: parent.type === 'page' ? parent.id : undefined };
    } catch (error) {
      if (error instanceof EndOfRun) throw error;
      return { isReadable: false, page: undefined };
    }
  }
}
