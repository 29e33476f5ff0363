/** Creates the children, values and blocks of generated pages, always the same from the same seed. */
import type { Json, JsonObject } from '../../workspace/json.ts';
import type { Random } from '../../workspace/random.ts';
import { hashText, seededRandom } from '../../workspace/random.ts';
import type { Parent } from '../../workspace/state.ts';
import type { BlockOrigin, BlockSource } from './blocks.ts';
import type { GeneratedTable } from './databases.ts';
import { pageValues, rowValues } from './databases.ts';
import type { IdCodec } from './ids.ts';
import { pageItself } from './ids.ts';
import type { Layout, LayoutOptions } from './layout.ts';
import { planPage } from './layout.ts';
import type { PageTree } from './page-tree.ts';
import type { PageOrigin } from './pages.ts';
import { payloadOf } from './payloads.ts';
import { pick } from './words.ts';

export interface ContentsPlan {
  readonly options: {
    readonly seed: number;
    readonly pages: number;
    readonly rowsPerDatabase?: number;
    readonly longRelations?: number;
    readonly containersPerPage?: number;
    readonly blocksPerPage?: number;
    readonly blockDepth?: number;
    readonly variety?: LayoutOptions['variety'];
  };
  /** Pages and rows. */
  readonly total: number;
  readonly ids: IdCodec;
  readonly stamps: { time(page: number): number; id(page: number): string };
  readonly users: readonly string[];
  readonly tree: PageTree;
  /** Payloads of image blocks by page number. */
  readonly media: ReadonlyMap<number, readonly JsonObject[]>;
}

/** Number of layouts remembered: enough for one listing and what it looks up. */
const rememberedLayouts = 64;
const dayMs = 86_400_000;
const firstDay = Date.UTC(2024, 0, 1);

export class PageContents implements PageOrigin, BlockSource {
  /** Set once the databases are there; rows are looked at only after that. */
  tables: readonly GeneratedTable[] = [];
  readonly #plan: ContentsPlan;
  readonly #layouts = new Map<number, Layout>();
  readonly #layoutOptions: LayoutOptions;
  #count: number | undefined;

  constructor(plan: ContentsPlan) {
    this.#plan = plan;
    const { blocksPerPage = 20, containersPerPage = 3, blockDepth = 4, variety = 'every' } = plan.options;
    this.#layoutOptions = {
      blocks: blocksPerPage,
      containers: containersPerPage,
      depth: blockDepth,
      variety,
    };
  }

  /** Blocks of the page, then the pages below it. */
  children(page: number): readonly string[] {
    const blocks = this.#layout(page).top.map((number) => this.#blockId(page, number));
    const below = page < this.#plan.options.pages ? this.#plan.tree.childrenOf(page) : [];
    return [...blocks, ...below.map((child) => this.#plan.stamps.id(child))];
  }

  values(page: number): { readonly [propertyId: string]: Json } {
    const { options, users } = this.#plan;
    const random = this.#random('values', page);
    const number = Math.floor((page - options.pages) / Math.max(1, options.rowsPerDatabase ?? 0));
    const table = page < options.pages ? undefined : this.tables[number];
    if (table === undefined) return pageValues(random);
    const isLong = random.chance(options.longRelations ?? 0);
    return rowValues(table, random, {
      userIds: users,
      relations: isLong ? 26 + random.below(15) : random.below(4),
      someRelatedId: (chooser) => this.#someRow((number + 1) % this.tables.length, chooser),
    });
  }

  icon(page: number): JsonObject | null {
    const random = this.#random('icon', page);
    return random.chance(0.4) ? { type: 'emoji', emoji: pick(random, ['📄', '🌱', '🛠️', '🧭', '☕']) } : null;
  }

  origin(id: string): BlockOrigin | undefined {
    const found = this.#plan.ids.decode(id);
    if (found === undefined || found.block === pageItself || found.page >= this.#plan.total) return undefined;
    const { page, block: number } = found;
    const layout = this.#layout(page);
    const planned = layout.blocks[number];
    if (planned === undefined || this.#blockId(page, number) !== id) return undefined;
    return {
      type: planned.type,
      parent: this.#parent(page, planned.parent),
      createdTime: this.#plan.stamps.time(page) + number,
      userId: this.#plan.users[(page + number) % this.#plan.users.length] ?? '',
      payload: () => this.#payload(page, number, layout),
      children: () => planned.children.map((child) => this.#blockId(page, child)),
    };
  }

  *ids(): Iterable<string> {
    for (let page = 0; page < this.#plan.total; page += 1) {
      for (const number of this.#layout(page).blocks.keys()) yield this.#blockId(page, number);
    }
  }

  get count(): number {
    if (this.#count !== undefined) return this.#count;
    let count = 0;
    for (let page = 0; page < this.#plan.total; page += 1) count += this.#layout(page).blocks.length;
    this.#count = count;
    return count;
  }

  #parent(page: number, number: number): Parent {
    if (number < 0) return { type: 'page_id', id: this.#plan.stamps.id(page) };
    return { type: 'block_id', id: this.#blockId(page, number) };
  }

  #payload(page: number, number: number, layout: Layout): JsonObject {
    const files = this.#plan.media.get(page) ?? [];
    const planned = layout.blocks[number];
    const file = files[number - (layout.blocks.length - files.length)];
    if (file !== undefined || planned === undefined) return file ?? {};
    return payloadOf(planned, this.#random('block', page, number), {
      blockId: (other) => this.#blockId(page, other),
      somePageId: (chooser) => this.#plan.stamps.id(chooser.below(this.#plan.total)),
    });
  }

  /** The page's layout, its hosted files as last blocks. */
  #layout(page: number): Layout {
    const known = this.#layouts.get(page);
    if (known !== undefined) return known;
    const planned = planPage(this.#random('layout', page), this.#layoutOptions);
    const files = this.#plan.media.get(page) ?? [];
    const images = files.map(() => ({ type: 'image', parent: -1, children: [], detail: 0 }));
    const layout = {
      blocks: [...planned.blocks, ...images],
      top: [...planned.top, ...images.map((_, index) => planned.blocks.length + index)],
    };
    const oldest = this.#layouts.keys().next().value;
    if (this.#layouts.size >= rememberedLayouts && oldest !== undefined) this.#layouts.delete(oldest);
    this.#layouts.set(page, layout);
    return layout;
  }

  #someRow(table: number, random: Random): string | undefined {
    const { pages, rowsPerDatabase = 0 } = this.#plan.options;
    if (rowsPerDatabase === 0) return undefined;
    return this.#plan.stamps.id(pages + table * rowsPerDatabase + random.below(rowsPerDatabase));
  }

  #blockId(page: number, number: number): string {
    return this.#plan.ids.encode(Math.floor((this.#plan.stamps.time(page) - firstDay) / dayMs), page, number);
  }

  #random(what: string, page: number, number = 0): Random {
    return seededRandom(hashText(`${what} ${this.#plan.options.seed} ${page} ${number}`));
  }
}
