/**
 * Two versions of a page as one page that shows both: what was removed stands where it was, changed words beside each other. It is a
 * page document like any other, so that the one renderer shows it; colours that Notion does not have mark what happened.
 */
import { blockType } from '../block-types.ts';
import type { BlockNode, PageDocument } from '../documents.ts';
import type { Json, JsonObject } from '../json.ts';
import { isObject, objectAt, stringAt } from '../json.ts';
import { compactId } from '../notion-id.ts';
import { plainText } from '../rich-text.ts';
import { titleRuns } from '../title.ts';
import type { Change } from './change.ts';
import { diffPages } from './documents.ts';
import { diffWords } from './word-diff.ts';

/** The marks, as colours of blocks and words. */
export const diffColors = {
  added: 'added_background',
  removed: 'removed_background',
  changed: 'changed_background',
  moved: 'moved_background',
} as const;

export interface MergedPage {
  readonly document: PageDocument;
  readonly changes: readonly Change[];
}

/** Both versions in one. `only` leaves out what the other version has alone, for a page that stands beside the other. */
export function mergedPage(before: PageDocument, after: PageDocument, only?: 'before' | 'after'): MergedPage {
  const changes = diffPages(before, after);
  const merge = new Merge(before, after, changes, only);
  const base = only === 'before' ? before : after;
  return {
    changes,
    document: { ...base, page: merge.page(base.page), blocks: merge.blocks() },
  };
}

class Merge {
  readonly #before: PageDocument;
  readonly #after: PageDocument;
  readonly #only: 'before' | 'after' | undefined;
  readonly #changed = new Map<string, Change>();
  readonly #moved = new Set<string>();
  readonly #values = new Map<string, Change>();
  readonly #old = new Map<string, BlockNode>();
  readonly #now = new Map<string, BlockNode>();

  constructor(
    before: PageDocument,
    after: PageDocument,
    changes: readonly Change[],
    only?: 'before' | 'after',
  ) {
    this.#before = before;
    this.#after = after;
    this.#only = only;
    addBlocks(before.blocks, this.#old);
    addBlocks(after.blocks, this.#now);
    for (const change of changes) {
      if (change.part === 'value') this.#values.set(change.name, change);
      if (change.part !== 'block') continue;
      if (change.kind === 'moved') this.#moved.add(compactId(change.id));
      if (change.kind === 'changed') this.#changed.set(compactId(change.id), change);
    }
  }

  blocks(): BlockNode[] {
    return this.#only === 'before'
      ? this.#list(this.#before.blocks, this.#before.blocks)
      : this.#list(this.#after.blocks, this.#before.blocks);
  }

  /** The page object with its changed values and title as words before and after. */
  page(page: JsonObject): JsonObject {
    const [old, now] = [this.#before, this.#after].map((document) => plainText(titleRuns(document.page)));
    const properties = Object.entries(objectAt(page, 'properties') ?? {}).map(
      ([name, property]): [string, Json] => {
        if (!isObject(property)) return [name, property];
        if (property.type === 'title' && old !== now)
          return [name, { ...property, title: this.#words(old ?? '', now ?? '') }];
        const change = this.#values.get(name);
        if (change === undefined || change.kind === 'unknown') return [name, property];
        const words = this.#words(change.before ?? '', change.after ?? '');
        return [name, { id: property.id ?? '', type: 'rich_text', rich_text: words }];
      },
    );
    return { ...page, properties: Object.fromEntries(properties) };
  }

  /** A list of the version shown, with the removed blocks of the list it was before. */
  #list(shown: readonly BlockNode[], old: readonly BlockNode[]): BlockNode[] {
    const removed = this.#only === undefined ? this.#removedAfter(old) : new Map<string, BlockNode[]>();
    return [
      ...(removed.get('') ?? []),
      ...shown.flatMap((block) => [this.#block(block), ...(removed.get(idOf(block)) ?? [])]),
    ];
  }

  /** The removed blocks of an old list, by the block that stood before them and is still there. */
  #removedAfter(old: readonly BlockNode[]): Map<string, BlockNode[]> {
    const found = new Map<string, BlockNode[]>();
    let last = '';
    for (const block of old) {
      const id = idOf(block);
      if (this.#now.has(id)) last = id;
      else
        found.set(last, [...(found.get(last) ?? []), marked(withoutOwnObjects(block, this.#now), 'removed')]);
    }
    return found;
  }

  #block(block: BlockNode): BlockNode {
    const id = idOf(block);
    const other = (this.#only === 'before' ? this.#now : this.#old).get(id);
    const own = this.#withChildren(block, this.#old.get(id));
    if (other === undefined) return marked(own, this.#only === 'before' ? 'removed' : 'added');
    const change = this.#changed.get(id);
    if (change !== undefined) return this.#changedBlock(own, change);
    return this.#moved.has(id) ? marked(own, 'moved') : own;
  }

  #withChildren(block: BlockNode, old: BlockNode | undefined): BlockNode {
    const children = block.children ?? [];
    const before = this.#only === 'before' ? children : (old?.children ?? []);
    if (children.length === 0 && before.length === 0) return block;
    return { ...block, children: this.#list(children, before) };
  }

  #changedBlock(block: BlockNode, { before, after }: Change): BlockNode {
    const type = stringAt(block, 'type') ?? '';
    const payload = objectAt(block, type);
    if (before === undefined || after === undefined || !Array.isArray(payload?.rich_text) || type === 'code')
      return marked(block, 'changed');
    return { ...block, [type]: { ...payload, rich_text: this.#words(before, after) } };
  }

  /** Words of both versions as rich text. */
  #words(before: string, after: string): JsonObject[] {
    return diffWords(before, after)
      .filter(({ kind }) => kind === 'same' || this.#only !== (kind === 'added' ? 'before' : 'after'))
      .map(({ kind, text }) => ({
        type: 'text',
        text: { content: text, link: null },
        plain_text: text,
        annotations: { color: kind === 'same' ? 'default' : diffColors[kind] },
      }));
  }
}

function addBlocks(blocks: readonly BlockNode[], into: Map<string, BlockNode>): void {
  for (const block of blocks) {
    into.set(idOf(block), block);
    addBlocks(block.children ?? [], into);
    for (const section of Object.values(block.sections ?? {})) addBlocks(section, into);
  }
}

function idOf(block: BlockNode): string {
  return compactId(stringAt(block, 'id') ?? '');
}

/** A removed block without those below it that are elsewhere now. */
function withoutOwnObjects(block: BlockNode, now: ReadonlyMap<string, BlockNode>): BlockNode {
  if (block.children === undefined) return block;
  const left = block.children.filter((child) => !now.has(idOf(child)));
  return { ...block, children: left.map((child) => marked(withoutOwnObjects(child, now), 'removed')) };
}

/** Blocks whose colour the renderer shows. */
const colored = new Set([
  ...['paragraph', 'heading_1', 'heading_2', 'heading_3', 'heading_4', 'bulleted_list_item'],
  ...['numbered_list_item', 'to_do', 'toggle', 'quote', 'callout'],
]);

/** The block in the colour of what happened to it; one without a colour stands in a box that has it. */
function marked(block: BlockNode, mark: keyof typeof diffColors): BlockNode {
  const type = stringAt(block, 'type') ?? '';
  const color = diffColors[mark];
  if (colored.has(type)) return { ...block, [type]: { ...objectAt(block, type), color } };
  // Rows and columns stand in what they are part of.
  if (['table_row', 'column', 'column_list', 'tab'].includes(type) || blockType(type) === undefined)
    return block;
  return {
    id: `${idOf(block)}${mark}`,
    type: 'callout',
    callout: { rich_text: [], color, icon: null },
    children: [block],
  };
}
