/** Blocks of two versions of a page, matched by their ids. */
import { blockType } from '../block-types.ts';
import type { BlockNode, Gap } from '../documents.ts';
import type { Gaps } from '../gaps.ts';
import type { Json, JsonObject } from '../json.ts';
import { objectAt, stringAt } from '../json.ts';
import { compactId } from '../notion-id.ts';
import { plainText } from '../rich-text.ts';
import type { Change, Detail } from './change.ts';
import { details, isSame } from './forms.ts';
import { movedIds } from './order.ts';

/** A block with its place. */
interface Placed {
  readonly block: BlockNode;
  /** The id of the block, section or page it lies in. */
  readonly parent: string;
}

/** The blocks of one version, with its gaps. */
export interface VersionBlocks {
  readonly blocks: readonly BlockNode[];
  readonly gaps: Gaps;
}

/** The differences between two lists of blocks with all below. `page` is the id of their page. */
export function diffBlocks(before: VersionBlocks, after: VersionBlocks, page: string): Change[] {
  const [old, now] = [new BlockIndex(before.blocks, page), new BlockIndex(after.blocks, page)];
  const changes: Change[] = [];
  for (const [id, { block, parent }] of old.blocks) {
    const isTop = now.blocks.has(parent) || !old.blocks.has(parent);
    if (now.blocks.has(id) || !isTop || isOwnObject(block)) continue;
    const gap = after.gaps.ofBlock(listOwner(parent)) ?? after.gaps.ofBlock(id);
    changes.push(wholeBlock('removed', block, gap, (child) => !now.blocks.has(child)));
  }
  for (const [id, placed] of now.blocks) {
    const was = old.blocks.get(id);
    if (was !== undefined) {
      changes.push(...diffBlock(was, placed, old, now));
      continue;
    }
    const isTop = old.blocks.has(placed.parent) || !now.blocks.has(placed.parent);
    if (!isTop || isOwnObject(placed.block)) continue;
    const gap = before.gaps.ofBlock(listOwner(placed.parent)) ?? before.gaps.ofBlock(id);
    changes.push(wholeBlock('added', placed.block, gap, (child) => !old.blocks.has(child)));
  }
  return changes;
}

/** Pages and databases come and go as objects, not as blocks of the page above. */
function isOwnObject(block: BlockNode): boolean {
  return blockType(stringAt(block, 'type') ?? '')?.children === 'own object';
}

/** The id of the list `parent`: that of a block or page, without the name of a section. */
function listOwner(parent: string): string {
  return parent.split('/')[0] ?? parent;
}

/** Blocks by compact id, and which of them moved among those that stayed below one parent. */
class BlockIndex {
  readonly blocks = new Map<string, Placed>();
  readonly lists = new Map<string, string[]>();

  constructor(blocks: readonly BlockNode[], parent: string) {
    this.#add(blocks, compactId(parent));
  }

  #add(blocks: readonly BlockNode[], parent: string): void {
    const ids = blocks.map((block) => compactId(stringAt(block, 'id') ?? ''));
    this.lists.set(parent, ids);
    for (const [index, block] of blocks.entries()) {
      const id = ids[index] ?? '';
      this.blocks.set(id, { block, parent });
      this.#add(block.children ?? [], id);
      for (const [name, section] of Object.entries(block.sections ?? {})) this.#add(section, `${id}/${name}`);
    }
  }

  readonly #moved = new Map<string, Set<string>>();

  /** The ids that have another place below `parent` than in `old`. */
  moved(parent: string, old: BlockIndex): Set<string> {
    const known = this.#moved.get(parent);
    if (known !== undefined) return known;
    const stayed = (id: string) =>
      this.blocks.get(id)?.parent === parent && old.blocks.get(id)?.parent === parent;
    const moved = movedIds(
      (old.lists.get(parent) ?? []).filter(stayed),
      (this.lists.get(parent) ?? []).filter(stayed),
    );
    this.#moved.set(parent, moved);
    return moved;
  }
}

function diffBlock(was: Placed, placed: Placed, old: BlockIndex, now: BlockIndex): Change[] {
  const id = stringAt(placed.block, 'id') ?? '';
  const name = blockName(placed.block);
  const hasMoved = was.parent !== placed.parent || now.moved(placed.parent, old).has(compactId(id));
  const moved: Change[] = hasMoved
    ? [{ kind: 'moved', part: 'block', id, name, after: blockWords(placed.block) }]
    : [];
  const changed = changedBlock(was.block, placed.block);
  return changed === undefined ? moved : [...moved, changed];
}

function changedBlock(was: BlockNode, block: BlockNode): Change | undefined {
  // A page or database tells of its title itself.
  if (isOwnObject(was) && isOwnObject(block)) return undefined;
  const [oldType, type] = [stringAt(was, 'type') ?? '', stringAt(block, 'type') ?? ''];
  const [old, now] = [objectAt(was, oldType) ?? {}, objectAt(block, type) ?? {}];
  const different = textMembers.filter((member) => !isSame(old[member], now[member]));
  const hasOtherWords = different.some((member) => wordsOf(old[member]) !== wordsOf(now[member]));
  const [before, after] = [blockWords(was), blockWords(block)];
  const found: Detail[] = [
    ...(oldType === type ? [] : [{ name: 'type', before: oldType, after: type }]),
    ...details(old, now, textMembers),
    ...different.flatMap((member) => formatting(member, old, now)),
    ...(isSame(was.in_trash, block.in_trash)
      ? []
      : [{ name: 'in_trash', before: was.in_trash ?? null, after: block.in_trash ?? null }]),
  ];
  if (!hasOtherWords && found.length === 0) return undefined;
  const words = hasOtherWords ? { before, after } : { after };
  const id = stringAt(block, 'id') ?? '';
  const others = found.length > 0 ? { details: found } : {};
  return { kind: 'changed', part: 'block', id, name: blockName(block), ...words, ...others };
}

/** Members of payloads whose words are compared as words. */
const textMembers = ['rich_text', 'caption', 'cells', 'title', 'expression'];

/** Text with the same words and another look. */
function formatting(member: string, old: JsonObject, now: JsonObject): Detail[] {
  if (wordsOf(old[member]) !== wordsOf(now[member])) return [];
  const name = member === 'rich_text' ? 'formatting' : `formatting of ${member}`;
  return [{ name, before: old[member] ?? null, after: now[member] ?? null }];
}

function wholeBlock(
  kind: 'added' | 'removed',
  block: BlockNode,
  gap: Gap | undefined,
  isWith: (id: string) => boolean,
): Change {
  const words = blockWords(block);
  const below = countBelow(block, isWith);
  return {
    kind: gap === undefined ? kind : 'unknown',
    ...(gap === undefined ? {} : { reason: gap.reason }),
    part: 'block',
    id: stringAt(block, 'id') ?? '',
    name: blockName(block),
    ...(kind === 'added' ? { after: words } : { before: words }),
    ...(below > 0 ? { below } : {}),
  };
}

function countBelow(block: BlockNode, isWith: (id: string) => boolean): number {
  const below = [...(block.children ?? []), ...Object.values(block.sections ?? {}).flat()];
  return below
    .filter((child) => isWith(compactId(stringAt(child, 'id') ?? '')))
    .reduce((sum, child) => sum + 1 + countBelow(child, isWith), 0);
}

/** `heading 1`, `to do`. */
export function blockName(block: BlockNode): string {
  return (stringAt(block, 'type') ?? 'block').replaceAll('_', ' ');
}

/** The words of a block: its text, its caption, its cells, its formula. */
export function blockWords(block: BlockNode): string {
  const payload = objectAt(block, stringAt(block, 'type') ?? '');
  return textMembers
    .map((member) => wordsOf(payload?.[member]))
    .filter((words) => words !== '')
    .join('\n');
}

function wordsOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  if (value.some(Array.isArray)) return value.map((cell) => plainText(cell)).join(' | ');
  return plainText(value);
}
