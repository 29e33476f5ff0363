/** Workspaces of any size from a seed: compact, because blocks and values are made when they are asked for. */
import type { JsonObject } from '../json.ts';
import { hashText, seededRandom } from '../random.ts';
import type { Parent, State } from '../state.ts';
import { addUser, createState } from '../state.ts';
import { GeneratedBlocks } from './generated/blocks.ts';
import { PageContents } from './generated/contents.ts';
import { addTables } from './generated/databases.ts';
import { createIdCodec, pageItself } from './generated/ids.ts';
import type { LayoutOptions } from './generated/layout.ts';
import { growPageTree } from './generated/page-tree.ts';
import { GeneratedPage } from './generated/pages.ts';
import { phrase } from './generated/words.ts';
import { userId } from './ids.ts';
import { addMedia } from './media.ts';
import { addPeople } from './people.ts';
import { createSample, sampleComment, topLevel } from './sample.ts';

export { type Counts, counts } from './counts.ts';
export { type Mutation, mutateWorkspace } from './mutate.ts';

export interface GenerateOptions {
  readonly seed: number;
  /** Pages that are no rows. */
  readonly pages: number;
  /** Pages at the top, each shared; 1 by default. */
  readonly roots?: number;
  /** How many levels of pages there are at most; 6 by default. */
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
  /** How deep containers nest; 4 by default. */
  readonly blockDepth?: number;
  /** `every` kind of block (default), or `plain`: only those that cost one listing each when they have children. */
  readonly variety?: LayoutOptions['variety'];
  /** Hosted files in all, each in a block of its own. */
  readonly media?: number;
  /** Their size on average, in bytes; 50,000 by default. */
  readonly mediaBytes?: number;
  /** Comments in all, on pages and on blocks. */
  readonly comments?: number;
}

const firstTime = Date.UTC(2024, 1, 1, 7);
/** Everything is made within 700 days, and edited for the last time at most 30 days later: before February 2026. */
const spanMs = 700 * 86_400_000;
const editSpanMs = 30 * 86_400_000;

/** A workspace with the numbers asked for; equal options give equal workspaces. */
export function generateWorkspace(options: GenerateOptions): State {
  const { seed, pages, databases = 0, rowsPerDatabase = 0, roots = 1, comments = 0 } = options;
  const total = pages + databases * rowsPerDatabase;
  const ids = createIdCodec(hashText(`ids ${seed}`));
  const stamps = { time: (page: number) => timeOf(page, total), id: (page: number) => pageId(page) };
  const base = createState({ seed, workspaceName: `Generated ${seed}` });
  const people = addPeople(base);
  const users = [
    people.ada,
    people.bruno,
    people.chloe,
    addUser(base, { id: userId(base.random), name: 'Dora' }).id,
  ];
  const parents = new Map<number, Parent>();
  const tree = growPageTree(seed, pages, Math.min(roots, pages), options.depth ?? 6);
  const contents = new PageContents({
    options,
    total,
    ids,
    stamps,
    users,
    tree,
    media: addFiles(base, options, total),
  });
  const state: State = { ...base, blocks: new GeneratedBlocks(contents) };
  for (let page = 0; page < pages; page += 1) put(page, parentOfPage(page));
  addDatabases();
  addComments();
  return state;

  function pageId(page: number): string {
    return ids.encode(
      Math.floor((timeOf(page, total) - Date.UTC(2024, 0, 1)) / 86_400_000),
      page,
      pageItself,
    );
  }

  function parentOfPage(page: number): Parent {
    const parent = tree.parent(page);
    if (parent < 0) {
      state.shared.add(pageId(page));
      return topLevel;
    }
    const known = parents.get(parent) ?? { type: 'page_id', id: pageId(parent) };
    parents.set(parent, known);
    return known;
  }

  function put(number: number, parent: Parent): string {
    const createdTime = stamps.time(number);
    const random = seededRandom(hashText(`times ${seed} ${number}`));
    const editedTime = createdTime + Math.floor(random.next() * editSpanMs);
    const user = users[random.below(users.length)] ?? people.ada;
    const stamp = { id: pageId(number), number, parent, createdTime, editedTime, userId: user };
    state.pages.set(stamp.id, new GeneratedPage(stamp, contents));
    return stamp.id;
  }

  function addDatabases(): void {
    const sample = createSample(state, people, laterTimes());
    const home = (table: number): Parent => ({
      type: 'page_id',
      id: pageId((table * 7) % Math.max(1, pages)),
    });
    const tables = addTables(sample, databases, options.viewsPerDatabase ?? 2, home);
    contents.tables = tables;
    for (const [table, { source }] of tables.entries()) {
      const parent: Parent = { type: 'data_source_id', id: source.id };
      for (let row = 0; row < rowsPerDatabase; row += 1) {
        source.rows.push(put(pages + table * rowsPerDatabase + row, parent));
      }
    }
  }

  function addComments(): void {
    const sample = createSample(state, people, laterTimes());
    const random = seededRandom(hashText(`comments ${seed}`));
    for (let comment = 0; comment < comments && total > 0; comment += 1) {
      const id = pageId(random.below(total));
      const block = state.pages.get(id)?.children.find((child) => state.blocks.has(child));
      const onBlock = block !== undefined && random.chance(0.5);
      const parent: Parent = onBlock ? { type: 'block_id', id: block } : { type: 'page_id', id };
      sampleComment(sample, parent, phrase(random, 2, 20), {
        createdBy: users[random.below(users.length)] ?? people.ada,
      });
    }
  }
}

/** When a page was made: pages and rows are spread evenly, no two in the same millisecond if there is room. */
function timeOf(page: number, total: number): number {
  return firstTime + Math.floor((page * spanMs) / Math.max(1, total));
}

/** Times for what is kept whole: one a second in January 2026. */
function laterTimes(): () => number {
  let now = Date.UTC(2026, 0, 5);
  return () => {
    now += 1_000;
    return now;
  };
}

/** Media by page number: hosted files spread evenly over all pages. */
function addFiles(state: State, options: GenerateOptions, total: number): Map<number, JsonObject[]> {
  const { media = 0, mediaBytes = 50_000, seed } = options;
  const random = seededRandom(hashText(`media ${seed}`));
  const byPage = new Map<number, JsonObject[]>();
  for (let file = 0; file < media && total > 0; file += 1) {
    const size = Math.floor(mediaBytes * (0.2 + 1.6 * random.next()));
    const name = `picture ${file + 1}.png`;
    const key = addMedia(state, { name, contentType: 'image/png', size, seed: `${seed} ${file}` });
    const page = Math.floor((file * total) / media);
    byPage.set(page, [...(byPage.get(page) ?? []), { caption: [], type: 'file', file: { key } }]);
  }
  return byPage;
}
