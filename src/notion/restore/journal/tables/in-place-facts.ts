/** Facts a restore in place starts from: the state of each object now, and the action planned for it. */
import type { CompactId } from '../../../../document/notion-id.ts';
import type { FactTable } from './facts.ts';

/** The action planned for one object. */
export type InPlaceAction = 'compare' | 'untrash' | 'create';

/** One respect in which an object differs, as the plan tells it; with `left` it stays so. */
export interface RecordedDifference {
  readonly what: string;
  readonly name?: string;
  readonly id?: string;
  readonly was?: string;
  readonly now?: string;
  readonly left?: string;
}

/** An object made since the snapshot, below one that is restored. */
export interface AddedObject {
  readonly id: CompactId;
  readonly kind: 'page' | 'database';
  /** Its path in the backup taken just before. */
  readonly path: string;
  /** The restored object it lies in. */
  readonly parent: CompactId;
}

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

  /** The differences found when the restore was planned. */
  differencesOf(id: CompactId): readonly RecordedDifference[] {
    return parsedList<RecordedDifference>(this.#facts.get('differences', id));
  }

  setDifferences(id: CompactId, differences: readonly RecordedDifference[]): void {
    if (differences.length > 0) this.#facts.set('differences', id, JSON.stringify(differences));
  }

  /** Objects made since, in the order of their ids. */
  added(): readonly AddedObject[] {
    return this.#facts.all('added').flatMap(({ value }) => parsedList<AddedObject>(`[${value}]`));
  }

  addAdded(object: AddedObject): void {
    this.#facts.set('added', object.id, JSON.stringify(object));
  }

  /** The ancestors of the restored object that lie in the trash, as JSON. */
  ancestors(): string {
    return this.#facts.get('ancestors', '') ?? '[]';
  }

  setAncestors(json: string): void {
    this.#facts.set('ancestors', '', json);
  }

  /** True for an object that this restore wrote to, or meant to. */
  isTouched(id: CompactId): boolean {
    return this.#facts.has('touched', id);
  }

  markTouched(id: CompactId): void {
    this.#facts.set('touched', id, 'yes');
  }

  /** Objects that are looked at once more when all steps are done: parts of them waited for others. */
  secondLooks(): readonly string[] {
    return this.#facts.all('second look').map(({ id }) => id);
  }

  markSecondLook(id: CompactId): void {
    this.#facts.set('second look', id, 'yes');
  }

  /** True for an original of a synced block that is gone, and is written again under another id. */
  isRewritten(block: CompactId): boolean {
    return this.#facts.has('rewritten', block);
  }

  markRewritten(block: CompactId): void {
    this.#facts.set('rewritten', block, 'yes');
  }

  /** The view that an earlier restore in place created this one for; undefined when none did. */
  originalOfView(copy: CompactId): string | undefined {
    return this.#facts.get('view copy', copy);
  }

  addEarlierView(copy: CompactId, original: string): void {
    this.#facts.set('view copy', copy, original);
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

/** A list this program wrote into the journal. */
function parsedList<Item>(text: string | undefined): readonly Item[] {
  const list: unknown = text === undefined ? [] : JSON.parse(text);
  return Array.isArray(list) ? list : [];
}
