/**
 * The whole block tree of one page. Subtrees are read side by side; a part that cannot be read becomes a gap and the
 * rest goes on. What Notion hides (unsupported blocks, synced originals elsewhere) stays as the marker it sent.
 */
import { blockType, isKnownBlockType, isOwnObjectBlockType } from '../../../document/block-types.ts';
import { everyBlock } from '../../../document/blocks.ts';
import type { BlockNode, Gap } from '../../../document/documents.ts';
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import { oddObject } from '../../api/odd-answer.ts';
import type { CrawlContext } from '../context/crawl-context.ts';
import type { Tallies } from '../context/known-types.ts';
import { tally } from '../context/known-types.ts';
import { idOf } from '../context/notion-object.ts';
import { wholeItems } from '../context/odd-items.ts';
import { reasonOf, statusOf } from '../context/read-api.ts';
import type { ChildObject } from '../context/record-discovery.ts';
import type { CounterName } from '../state/counters.ts';
import { EndOfRun } from '../state/database/end-of-run.ts';
import type { ObjectFiles } from './object-files.ts';

export interface BlockReading {
  readonly blocks: BlockNode[];
  /** Pages and databases that lie on the page. */
  readonly children: readonly ChildObject[];
  readonly gaps: readonly Gap[];
  /** Ids of all blocks that may carry comments, in document order. */
  readonly commentable: readonly string[];
  readonly count: number;
  /** Whole numbers by name, for the manifest: types nobody knows, contents Notion does not show. */
  readonly tallies: ReadonlyMap<CounterName, number>;
  /** Pages that hold the originals of synced blocks seen here. */
  readonly synced: readonly string[];
  /** The error with which the page's own list broke off; undefined when it was read to its end. */
  readonly failure: unknown;
}

/** Reads the blocks of a page. @throws only what ends the run: what cannot be read is a gap */
export async function readBlocks(
  context: CrawlContext,
  pageId: string,
  files: ObjectFiles,
): Promise<BlockReading> {
  const reader = new BlockReader(context, files);
  const { blocks, failure } = await reader.list(pageId);
  if (failure !== undefined) reader.addGap(pageId, reasonOf(failure));
  return reader.finish(blocks, failure);
}

/** A list of blocks as far as it could be read. */
interface BlockList {
  readonly blocks: BlockNode[];
  /** The error with which it broke off. */
  readonly failure: unknown;
}

class EmptyListError extends Error {
  constructor() {
    super('Notion says that the block has children, and lists none');
  }
}

class BlockReader {
  readonly #context: CrawlContext;
  readonly #files: ObjectFiles;
  readonly #children: ChildObject[] = [];
  readonly #gaps: Gap[] = [];
  readonly #tallies: Tallies = new Map();
  readonly #synced = new Set<string>();
  /** Lists read so far. The same blocks stand below a synced original and its copies, so a list may be read again. */
  readonly #visited = new Set<string>();

  constructor(context: CrawlContext, files: ObjectFiles) {
    this.#context = context;
    this.#files = files;
  }

  /**
   * Lists the blocks below `id`, each with what lies below it. A list that breaks off keeps what came before.
   * @param above the lists above this one: a broken server must not lead the walk in a cycle
   */
  async list(id: string, above: readonly string[] = []): Promise<BlockList> {
    const blocks: BlockNode[] = [];
    const fillings: Promise<void>[] = [];
    if (above.includes(id)) return { blocks, failure: new Error('the list lies in itself') };
    this.#visited.add(id);
    const here = [...above, id];
    let failure: unknown;
    try {
      const pages = this.#context.api.list({ method: 'get', path: `blocks/${dashedId(id)}/children` });
      for await (const { items, incomplete } of pages) {
        const whole = await wholeItems(this.#context, { kind: 'block', owner: id }, items, this.#gaps);
        const nodes = whole.map(asNode);
        blocks.push(...nodes);
        fillings.push(...nodes.map((node) => this.#fill(node, here)));
        if (incomplete !== undefined) this.addGap(id, incomplete);
      }
    } catch (error) {
      failure = error;
    }
    // Also when the list breaks off: nothing may be left running that nobody waits for.
    await settled(fillings);
    if (failure instanceof EndOfRun) throw failure;
    return { blocks, failure };
  }

  finish(blocks: BlockNode[], failure: unknown): BlockReading {
    return {
      blocks,
      children: this.#children,
      gaps: this.#gaps,
      commentable: commentableIn(blocks),
      count: Array.from(everyBlock(blocks)).length,
      tallies: this.#tallies,
      synced: [...this.#synced],
      failure,
    };
  }

  async #fill(node: BlockNode, above: readonly string[]): Promise<void> {
    const id = idOf(node);
    const type = typeOf(node);
    if (id === undefined || oddObject('block', node) !== undefined) return;
    if (!isKnownBlockType(type)) this.#tally(`unknown:block:${type}`);
    await this.#files.collect(node, () => this.#context.api.get(`blocks/${dashedId(id)}`));
    if (type === 'child_page')
      this.#children.push({ id, kind: 'page', title: stringAt(node.child_page, 'title') ?? '' });
    else if (type === 'child_database')
      this.#children.push({ id, kind: 'database', title: stringAt(node.child_database, 'title') ?? '' });
    else if (type === 'unsupported')
      this.#tally(`unsupported:${stringAt(node.unsupported, 'block_type') ?? '?'}`);
    else if (blockType(type)?.children === 'sections') await this.#fillSections(node, type, above);
    else if (node.has_children === true) await this.#fillChildren(node, id, type, above);
  }

  async #fillChildren(node: BlockNode, id: string, type: string, above: readonly string[]): Promise<void> {
    const original =
      type === 'synced_block' ? stringAt(objectAt(node.synced_block, 'synced_from'), 'block_id') : undefined;
    // With given roots the original may lie outside of what is read: then the copy holds the content.
    const isElsewhere = original !== undefined && this.#context.plan.isWhole;
    if (isElsewhere && (await this.#isReadable(compactId(original)))) return;
    const { blocks, failure } = await this.#listAgainWhenEmpty(id, above);
    // A list of which nothing came is not an empty one.
    if (blocks.length > 0) node.children = blocks;
    if (failure === undefined) return;
    const isNotShown = statusOf(failure) === 404 || failure instanceof EmptyListError;
    if (original !== undefined && isNotShown) this.#tally('synced_out_of_reach');
    else if (failure instanceof EmptyListError && (await this.#isEmptyNow(node, id))) return;
    else if (!isKnownBlockType(type) && statusOf(failure) === 400) this.#tally('unlistable_children');
    else this.addGap(id, reasonOf(failure));
  }

  /** A block that says that it has children lists some; when it lists none, it is asked once more. */
  async #listAgainWhenEmpty(id: string, above: readonly string[]): Promise<BlockList> {
    const first = await this.list(id, above);
    if (first.failure !== undefined || first.blocks.length > 0 || this.#hasGap(id)) return first;
    const again = await this.list(id, above);
    const isEmpty = again.failure === undefined && again.blocks.length === 0 && !this.#hasGap(id);
    return isEmpty ? { blocks: [], failure: new EmptyListError() } : again;
  }

  /** True when the block says by now that it has no children: it was edited meanwhile. */
  async #isEmptyNow(node: BlockNode, id: string): Promise<boolean> {
    try {
      const now = await this.#context.api.get(`blocks/${dashedId(id)}`);
      if (now.has_children !== false) return false;
      node.has_children = false;
      return true;
    } catch (error) {
      if (error instanceof EndOfRun) throw error;
      return false;
    }
  }

  #hasGap(id: string): boolean {
    return this.#gaps.some((gap) => gap.id === id);
  }

  /** The lists of a meeting: summary, notes and transcript are blocks of their own, named inside it. */
  async #fillSections(node: BlockNode, type: string, above: readonly string[]): Promise<void> {
    const named = Object.entries(objectAt(node[type], 'children') ?? {});
    const sections: { [name: string]: BlockNode[] } = {};
    for (const [key, id] of named) {
      if (typeof id !== 'string' || id === '') continue;
      const { blocks, failure } = await this.list(compactId(id), above);
      if (failure === undefined || blocks.length > 0) sections[key.replace(/_block_id$/, '')] = blocks;
      if (failure !== undefined) this.addGap(compactId(id), reasonOf(failure));
    }
    if (named.length > 0) node.sections = sections;
    else if (node.has_children === true) await this.#fillChildren(node, idOf(node) ?? '', type, above);
  }

  /** True when the original of a synced copy can be read where it lies; its page is then worth reading too. */
  async #isReadable(original: string): Promise<boolean> {
    if (this.#visited.has(original)) return true;
    const { isReadable, page } = await this.#context.originals.find(original);
    if (page !== undefined) this.#synced.add(page);
    return isReadable;
  }

  addGap(id: string, reason: string): void {
    this.#gaps.push({ what: 'blocks', id, reason });
  }

  #tally(name: CounterName): void {
    tally(this.#tallies, name);
  }
}

/** Ids of the blocks whose comments are not those of another object, in the order in which they stand. */
export function commentableIn(blocks: readonly BlockNode[]): string[] {
  return Array.from(everyBlock(blocks), ({ node }) => node)
    .filter((node) => !isOwnObjectBlockType(typeOf(node)))
    .flatMap((node) => idOf(node) ?? []);
}

function typeOf(node: JsonObject): string {
  return stringAt(node, 'type') ?? '?';
}

/** The API's block without a `children` or `sections` of its own: those names are the document's. */
function asNode(block: JsonObject): BlockNode {
  const { children, sections, ...own } = block;
  return own;
}

async function settled(tasks: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(tasks);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
