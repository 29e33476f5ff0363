/** A generated world under edits: finds parts to edit, each part once, and notes what was done. */
import { generateWorkspace } from '../../../src/simulator/sample/generated/generate.ts';
import { colours, rich } from '../../../src/simulator/sample/parts/text.ts';
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import type { Random } from '../../../src/simulator/workspace/random.ts';
import { seededRandom, shuffled } from '../../../src/simulator/workspace/random.ts';
import type {
  Block,
  Container,
  Database,
  DataSource,
  Page,
  State,
} from '../../../src/simulator/workspace/state.ts';
import {
  findContainer,
  isTrashed,
  isVisible,
  pageOf,
  parentOf,
  touch,
} from '../../../src/simulator/workspace/state.ts';

/** One edit: what `diff` is to say of it, or undefined when the world has nothing left for it. */
export type Edit = (world: EditedWorld) => string[] | undefined;

export class EditedWorld {
  readonly state: State;
  readonly random: Random;
  readonly #claimed = new Set<string>();
  readonly #touched = new Set<string>();
  /** Ids of parts that were added: an edit of those is not told. */
  readonly added = new Set<string>();
  /** Ids of properties with edited values: those are not to go away. */
  readonly valued = new Set<string>();
  #words = 0;

  constructor(seed: number) {
    this.state = generateWorkspace({
      seed,
      pages: 16,
      databases: 3,
      rowsPerDatabase: 5,
      viewsPerDatabase: 3,
      depth: 4,
      blocksPerPage: 12,
      media: 8,
      mediaBytes: 2_000,
      comments: 12,
    });
    this.random = seededRandom(seed);
    // Values made when they are asked for depend on the schema: an edit of it would edit them.
    for (const page of this.state.pages.values()) page.values = { ...page.values };
  }

  /** Words that nothing else has. */
  words(): string {
    this.#words += 1;
    return `Edited words ${this.#words}`;
  }

  text(): JsonObject[] {
    return rich(this.words());
  }

  /** A colour that is not `color`. */
  otherColour(color: Json | undefined): string {
    return this.some(colours.filter((each) => each !== color && each !== 'default')) ?? 'red';
  }

  some<T>(list: readonly T[]): T | undefined {
    return list[this.random.below(list.length)];
  }

  /** Claims all of `parts`; false, and nothing claimed, when one of them is taken. */
  claim(...parts: readonly string[]): boolean {
    if (parts.some((part) => this.#claimed.has(part))) return false;
    for (const part of parts) this.#claimed.add(part);
    return true;
  }

  /** The first of `list`, in a random order, whose parts are free. */
  take<T>(list: readonly T[], partsOf: (one: T) => readonly string[]): T | undefined {
    return shuffled(list, this.random).find((one) => this.claim(...partsOf(one)));
  }

  /** Live pages, rows among them. */
  pages(): Page[] {
    return [...this.state.pages.values()].filter(
      (page) => this.isLive(page) && !page.isTemplate && !this.added.has(page.id),
    );
  }

  rows(): Page[] {
    return this.pages().filter(({ parent }) => parent.type === 'data_source_id');
  }

  /** Pages that lie on another page. */
  subpages(): Page[] {
    return this.pages().filter(({ parent }) => parent.type === 'page_id');
  }

  databases(): Database[] {
    return [...this.state.databases.values()].filter((each) => this.isLive(each));
  }

  sources(): DataSource[] {
    return [...this.state.dataSources.values()].filter((each) => this.isLive(each));
  }

  isLive(object: Container): boolean {
    return isVisible(this.state, object) && !isTrashed(this.state, object);
  }

  /** Live blocks of all pages, outside of synced blocks: a copy shows the edits of its original. */
  blocks(): Block[] {
    return this.pages().flatMap((page) => this.#blocksOf(page));
  }

  #blocksOf(holder: Page | Block): Block[] {
    return holder.children.flatMap((id) => {
      const block = this.state.blocks.get(id);
      if (block === undefined || block.inTrash || block.type === 'synced_block' || this.added.has(id))
        return [];
      return [block, ...this.#blocksOf(block)];
    });
  }

  /** The live children of the holder of `object`, as the API lists them. */
  siblings(object: Block | Page | Database): string[] {
    const holder = parentOf(this.state, object);
    if (holder === undefined || !('children' in holder)) return [];
    return holder.children.filter((id) => {
      const child = findContainer(this.state, id);
      return child !== undefined && !child.inTrash;
    });
  }

  /** `object` and all pages, databases and rows below it. */
  objectsBelow(object: Page | Database | Block): (Page | Database)[] {
    if (object.inTrash) return [];
    const own = object.kind === 'block' ? [] : [object];
    const ids =
      object.kind === 'database'
        ? object.dataSources.flatMap((id) => this.state.dataSources.get(id)?.rows ?? [])
        : object.children;
    return [
      ...own,
      ...ids.flatMap((id) => {
        const child = findContainer(this.state, id);
        return child === undefined || child.kind === 'data_source' ? [] : this.objectsBelow(child);
      }),
    ];
  }

  /** Ids of `object` and of every block, page, database and row below it. */
  idsBelow(object: Page | Database | Block): string[] {
    const ids =
      object.kind === 'database'
        ? object.dataSources.flatMap((id) => this.state.dataSources.get(id)?.rows ?? [])
        : object.children;
    return [
      object.id,
      ...ids.flatMap((id) => {
        const child = findContainer(this.state, id);
        return child === undefined || child.kind === 'data_source' ? [] : this.idsBelow(child);
      }),
    ];
  }

  /** True when nothing was done to `object` or below it, and nobody talks about a block of it. */
  isUntouched(object: Page | Database | Block): boolean {
    const ids = new Set(this.idsBelow(object));
    return (
      ![...ids].some((id) => this.#touched.has(id)) &&
      (object.kind !== 'block' || ![...this.state.comments.values()].some(({ parent }) => ids.has(parent.id)))
    );
  }

  /** The page that `object` lies on. */
  pageIdOf(object: Block | Page): string {
    return pageOf(this.state, object)?.id ?? '';
  }

  /** Marks objects edited, as Notion does for the pages that an edit touches. */
  edited(...objects: readonly (Container | undefined)[]): void {
    for (const object of objects) {
      if (object === undefined) continue;
      this.#touched.add(object.id);
      touch(object, Date.now(), this.state.botId);
      const page = pageOf(this.state, object);
      if (page !== undefined) touch(page, Date.now(), this.state.botId);
    }
  }
}

/** An id as `said` writes it. */
export function short(id: string): string {
  return id.replaceAll('-', '');
}

interface SaidChange {
  readonly kind: string;
  readonly part: string;
  readonly id: string;
  readonly before?: string;
  readonly after?: string;
  readonly details?: readonly { readonly name: string }[];
}

/** The objects of `diff --json`, one line for each edit. */
export function said(
  objects: readonly {
    readonly kind: string;
    readonly id: string;
    readonly changes: readonly SaidChange[];
  }[],
): string[] {
  return objects.flatMap(({ kind, id, changes }) => [
    ...(kind === 'changed' ? [] : [`${kind} ${short(id)}`]),
    ...changes.map((change) => {
      const words = change.before !== undefined && change.after !== undefined ? ['words'] : [];
      const names = (change.details ?? []).map(({ name }) => name);
      return edit(id, change.part, change.kind, change.id, ...words, ...names);
    }),
  ]);
}

/** One line for an edit of a part of the object `owner`. */
export function edit(owner: string, part: string, kind: string, id: string, ...what: string[]): string {
  return [
    `in ${short(owner)}:`,
    part,
    kind,
    part === 'property' || part === 'value' ? id : short(id),
    ...what,
  ].join(' ');
}
