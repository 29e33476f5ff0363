/** Facts a restore in place starts from: the state of each object now, and the action planned for it. */
import type { CompactId } from '../../../../document/notion-id.ts';
import type { FactTable } from './facts.ts';

/** The action planned for one object. */
export type InPlaceAction = 'compare' | 'untrash' | 'create';

export class InPlaceFacts {
  readonly #facts: FactTable;

  constructor(facts: FactTable) {
    this.#facts = facts;
  }

  /** The object's directory in the backup taken just before; undefined when it holds none. */
  presentPath(id: CompactId): string | undefined {
    return this.#facts.get('present path', id);
  }

  setPresentPath(id: CompactId, path: string): void {
    this.#facts.set('present path', id, path);
  }

  actionFor(id: CompactId): InPlaceAction {
    const action = this.#facts.get('action', id);
    return action === 'untrash' || action === 'create' ? action : 'compare';
  }

  setAction(id: CompactId, action: InPlaceAction): void {
    this.#facts.set('action', id, action);
  }

  /** The page that an object at the top lay on when the snapshot was taken. */
  originalPage(id: CompactId): string | undefined {
    return this.#facts.get('original page', id);
  }

  setOriginalPage(id: CompactId, page: string): void {
    this.#facts.set('original page', id, page);
  }

  /** True for an object or data source that still exists: the restore changes it and does not create it. */
  isExisting(id: CompactId): boolean {
    return this.#facts.has('existing', id);
  }

  markExisting(id: CompactId): void {
    this.#facts.set('existing', id, 'yes');
  }
}
