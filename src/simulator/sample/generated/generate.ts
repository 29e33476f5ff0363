/** Workspaces of any size from a seed: compact, because blocks and values are created when they are asked for. */
import type { JsonObject } from '../../workspace/json.ts';
import { hashText, seededRandom } from '../../workspace/random.ts';
import type { Parent, State } from '../../workspace/state.ts';
import { addUser, createState } from '../../workspace/state.ts';
import { userId } from '../parts/ids.ts';
import { addMedia } from '../parts/media.ts';
import type { People } from '../parts/people.ts';
import { addPeople } from '../parts/people.ts';
import { createSample, sampleComment, topLevel } from '../parts/sample.ts';
import { GeneratedBlocks } from './blocks.ts';
import { PageContents } from './contents.ts';
import { addTables } from './databases.ts';
import type { IdCodec } from './ids.ts';
import { createIdCodec, pageItself } from './ids.ts';
import type { LayoutOptions } from './layout.ts';
import type { PageTree } from './page-tree.ts';
import { growPageTree } from './page-tree.ts';
import { GeneratedPage } from './pages.ts';
import { phrase } from './words.ts';

export { type Counts, counts } from '../counts.ts';
export { type Mutation, mutateWorkspace } from './mutate.ts';

export interface GenerateOptions {
  readonly seed: number;
  /** Pages outside databases. */
  readonly pages: number;
  /** Pages at the top, each shared; 1 by default. */
  readonly roots?: number;
  /** Maximum number of levels of pages; 6 by default. */
  readonly depth?: number;
  readonly databases?: number;
  readonly rowsPerDatabase?: number;
  /** 2 by default. */
  readonly viewsPerDatabase?: number;
  /** The share of rows whose relation names more pages than a page object shows. */
  readonly longRelations?: number;
  /** Blocks with children, exactly so many on each page; 3 by default. */
  readonly containersPerPage?: number;
  /** Blocks on average, containers included; 20 by default. */
  readonly blocksPerPage?: number;
  /** Maximum depth of nested containers; 4 by default. */
  readonly blockDepth?: number;
  /** `every` kind of block (default), or `plain`: only those that cost one listing each when they have children. */
  readonly variety?: LayoutOptions['variety'];
  /** Hosted files in all, each in a block of its own. */
  readonly media?: number;
  /** Their size on average, in bytes; 50,000 by default. */
  readonly mediaBytes?: number;
  /** They lie on so many pages, those created last, evenly; on all by default. */
  readonly mediaPages?: number;
  /** Comments in all, on pages and on blocks. */
  readonly comments?: number;
}

const dayMs = 86_400_000;
/** Ids count days from here. */
const firstDay = Date.UTC(2024, 0, 1);
const firstTime = Date.UTC(2024, 1, 1, 7);
/** Pages and rows are created evenly within 700 days, and edited for the last time at most 30 days later: before February 2026. */
const spanMs = 700 * dayMs;
const editSpanMs = 30 * dayMs;

/** A workspace with the numbers asked for; equal options give equal workspaces. */
export function generateWorkspace(options: GenerateOptions): State {
  const growth = new Growth(options);
  growth.addPages();
  growth.addDatabases();
  growth.addComments();
  return growth.state;
}

/** A workspace growing: pages first, then databases with their rows, then comments on either. */
class Growth {
  readonly state: State;
  readonly #options: GenerateOptions;
  /** Pages and rows together; rows are numbered after pages, table by table. */
  readonly #total: number;
  readonly #ids: IdCodec;
  readonly #people: People;
  readonly #users: readonly string[];
  readonly #tree: PageTree;
  readonly #contents: PageContents;
  /** Parents by page number, so that siblings share theirs. */
  readonly #parents = new Map<number, Parent>();

  constructor(options: GenerateOptions) {
    const { seed, pages, databases = 0, rowsPerDatabase = 0, roots = 1 } = options;
    const state = createState({ seed, workspaceName: `Generated ${seed}` });
    this.#options = options;
    this.#total = pages + databases * rowsPerDatabase;
    this.#ids = createIdCodec(hashText(`ids ${seed}`));
    this.#people = addPeople(state);
    const dora = addUser(state, { id: userId(state.random), name: 'Dora' }).id;
    this.#users = [this.#people.ada, this.#people.bruno, this.#people.chloe, dora];
    this.#tree = growPageTree(seed, pages, Math.min(roots, pages), options.depth ?? 6);
    this.#contents = new PageContents({
      options,
      total: this.#total,
      ids: this.#ids,
      stamps: { time: (page) => this.#time(page), id: (page) => this.#pageId(page) },
      users: this.#users,
      tree: this.#tree,
      media: addFiles(state, options, this.#total),
    });
    this.state = { ...state, blocks: new GeneratedBlocks(this.#contents) };
  }

  addPages(): void {
    for (let page = 0; page < this.#options.pages; page += 1) this.#put(page, this.#parentOf(page));
  }

  addDatabases(): void {
    const { pages, databases = 0, rowsPerDatabase = 0, viewsPerDatabase = 2 } = this.#options;
    const sample = createSample(this.state, this.#people, laterTimes());
    // Seven is prime to most numbers, so that databases lie on different pages.
    const home = (table: number): Parent => this.#below((table * 7) % Math.max(1, pages));
    const tables = addTables(sample, databases, viewsPerDatabase, home);
    this.#contents.tables = tables;
    for (const [table, { source }] of tables.entries()) {
      const parent: Parent = { type: 'data_source_id', id: source.id };
      for (let row = 0; row < rowsPerDatabase; row += 1) {
        source.rows.push(this.#put(pages + table * rowsPerDatabase + row, parent));
      }
    }
  }

  addComments(): void {
    const { comments = 0, seed } = this.#options;
    const sample = createSample(this.state, this.#people, laterTimes());
    const random = seededRandom(hashText(`comments ${seed}`));
    for (let comment = 0; comment < comments && this.#total > 0; comment += 1) {
      const id = this.#pageId(random.below(this.#total));
      const block = this.state.pages.get(id)?.children.find((child) => this.state.blocks.has(child));
      const onBlock = block !== undefined && random.chance(0.5);
      const parent: Parent = onBlock ? { type: 'block_id', id: block } : { type: 'page_id', id };
      const createdBy = this.#users[random.below(this.#users.length)] ?? this.#people.ada;
      sampleComment(sample, parent, phrase(random, 2, 20), { createdBy });
    }
  }

  #put(number: number, parent: Parent): string {
    const createdTime = this.#time(number);
    const random = seededRandom(hashText(`times ${this.#options.seed} ${number}`));
    const editedTime = createdTime + Math.floor(random.next() * editSpanMs);
    const user = this.#users[random.below(this.#users.length)] ?? this.#people.ada;
    const id = this.#pageId(number);
    const stamp = { id, number, parent, createdTime, editedTime, userId: user };
    this.state.pages.set(id, new GeneratedPage(stamp, this.#contents));
    return id;
  }

  #parentOf(page: number): Parent {
    const parent = this.#tree.parent(page);
    if (parent >= 0) return this.#below(parent);
    this.state.shared.add(this.#pageId(page));
    return topLevel;
  }

  #below(page: number): Parent {
    const known = this.#parents.get(page) ?? { type: 'page_id', id: this.#pageId(page) };
    this.#parents.set(page, known);
    return known;
  }

  #pageId(page: number): string {
    return this.#ids.encode(Math.floor((this.#time(page) - firstDay) / dayMs), page, pageItself);
  }

  #time(page: number): number {
    return firstTime + Math.floor((page * spanMs) / Math.max(1, this.#total));
  }
}

/** Times for what is kept whole: one a second in January 2026. */
function laterTimes(): () => number {
  let now = Date.UTC(2026, 0, 5);
  return () => {
    now += 1_000;
    return now;
  };
}

/** Media by page number: hosted files spread evenly over all pages, or over the last ones. */
function addFiles(state: State, options: GenerateOptions, total: number): Map<number, JsonObject[]> {
  const { media = 0, mediaBytes = 50_000, mediaPages = total, seed } = options;
  const random = seededRandom(hashText(`media ${seed}`));
  const byPage = new Map<number, JsonObject[]>();
  for (let file = 0; file < media && total > 0; file += 1) {
    const size = Math.floor(mediaBytes * (0.2 + 1.6 * random.next()));
    const name = `picture ${file + 1}.png`;
    const key = addMedia(state, { name, contentType: 'image/png', size, seed: `${seed} ${file}` });
    const page = total - mediaPages + Math.floor((file * mediaPages) / media);
    byPage.set(page, [...(byPage.get(page) ?? []), { caption: [], type: 'file', file: { key } }]);
  }
  return byPage;
}
