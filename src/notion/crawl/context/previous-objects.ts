/** The objects of the previous snapshot, by id. A failure to look one up would meet every other, so it ends the run. */
import type { FileEntry, PreviousObject, PreviousSnapshot } from '../../../document/content.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';

export class PreviousObjects {
  readonly #snapshot: PreviousSnapshot | null;

  constructor(snapshot: PreviousSnapshot | null) {
    this.#snapshot = snapshot;
  }

  get(id: string): PreviousObject | undefined {
    try {
      return this.#snapshot?.object(id);
    } catch (error) {
      throw new EndOfRun(error);
    }
  }

  /** The files of an object; those of the workspace itself when `id` is empty. */
  filesOf(id: string): readonly FileEntry[] {
    if (id !== '') return this.get(id)?.files ?? [];
    return this.#snapshot?.rootFiles?.() ?? [];
  }
}
