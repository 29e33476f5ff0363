/** A table of blocks most of which exist only while somebody looks at them. */
import type { JsonObject } from '../../workspace/json.ts';
import type { Block, Parent, Table } from '../../workspace/state.ts';

/** The parts a generated block is created from, each when it is asked for. */
export interface BlockOrigin {
  readonly type: string;
  readonly parent: Parent;
  readonly createdTime: number;
  readonly userId: string;
  payload(): JsonObject;
  children(): readonly string[];
}

/** Source of generated blocks. */
export interface BlockSource {
  origin(id: string): BlockOrigin | undefined;
  /** Every id there was at the start. */
  ids(): Iterable<string>;
  readonly count: number;
}

type Changes = Partial<Omit<Block, 'kind' | 'id' | 'type'>>;

/** Blocks of a source, with what has been changed, added and removed since. */
export class GeneratedBlocks implements Table<Block> {
  readonly #source: BlockSource;
  readonly #added = new Map<string, Block>();
  readonly #changed = new Map<string, Changes>();
  readonly #removed = new Set<string>();

  constructor(source: BlockSource) {
    this.#source = source;
  }

  get size(): number {
    return this.#source.count + this.#added.size - this.#removed.size;
  }

  get(id: string): Block | undefined {
    const added = this.#added.get(id);
    if (added !== undefined || this.#removed.has(id)) return added;
    const origin = this.#source.origin(id);
    return origin === undefined ? undefined : new GeneratedBlock(id, origin, this.#changed);
  }

  has(id: string): boolean {
    return this.#added.has(id) || (!this.#removed.has(id) && this.#source.origin(id) !== undefined);
  }

  set(id: string, block: Block): this {
    if (this.#source.origin(id) !== undefined) this.#removed.add(id);
    this.#added.set(id, block);
    return this;
  }

  delete(id: string): boolean {
    const isThere = this.has(id);
    this.#added.delete(id);
    if (this.#source.origin(id) !== undefined) this.#removed.add(id);
    return isThere;
  }

  *values(): IterableIterator<Block> {
    for (const id of this.#source.ids()) {
      const block = this.#removed.has(id) ? undefined : this.get(id);
      if (block !== undefined) yield block;
    }
    yield* this.#added.values();
  }
}

/** One look at a generated block. What is changed on it is kept with the table, so every later look shows it. */
class GeneratedBlock implements Block {
  readonly kind = 'block';
  readonly id: string;
  readonly #origin: BlockOrigin;
  readonly #changed: Map<string, Changes>;

  constructor(id: string, origin: BlockOrigin, changed: Map<string, Changes>) {
    this.id = id;
    this.#origin = origin;
    this.#changed = changed;
  }

  get type(): string {
    return this.#origin.type;
  }

  get parent(): Parent {
    return this.#changes?.parent ?? this.#origin.parent;
  }
  set parent(parent: Parent) {
    this.#change({ parent });
  }

  get payload(): JsonObject {
    return this.#changes?.payload ?? this.#origin.payload();
  }
  set payload(payload: JsonObject) {
    this.#change({ payload });
  }

  get children(): readonly string[] {
    return this.#changes?.children ?? this.#origin.children();
  }
  set children(children: readonly string[]) {
    this.#change({ children });
  }

  get inTrash(): boolean {
    return this.#changes?.inTrash ?? false;
  }
  set inTrash(inTrash: boolean) {
    this.#change({ inTrash });
  }

  get createdTime(): number {
    return this.#changes?.createdTime ?? this.#origin.createdTime;
  }
  set createdTime(createdTime: number) {
    this.#change({ createdTime });
  }

  get editedTime(): number {
    return this.#changes?.editedTime ?? this.#origin.createdTime;
  }
  set editedTime(editedTime: number) {
    this.#change({ editedTime });
  }

  get createdBy(): string {
    return this.#changes?.createdBy ?? this.#origin.userId;
  }
  set createdBy(createdBy: string) {
    this.#change({ createdBy });
  }

  get editedBy(): string {
    return this.#changes?.editedBy ?? this.#origin.userId;
  }
  set editedBy(editedBy: string) {
    this.#change({ editedBy });
  }

  get #changes(): Changes | undefined {
    return this.#changed.size === 0 ? undefined : this.#changed.get(this.id);
  }

  #change(changes: Changes): void {
    this.#changed.set(this.id, { ...this.#changed.get(this.id), ...changes });
  }
}
