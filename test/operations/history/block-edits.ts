/** Edits of blocks and comments. */
import { addMedia } from '../../../src/simulator/sample/parts/media.ts';
import type { Json, JsonObject } from '../../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../../src/simulator/workspace/json.ts';
import type { Block } from '../../../src/simulator/workspace/state.ts';
import { addBlock, addComment, moveTo, parentOf } from '../../../src/simulator/workspace/state.ts';
import type { Edit, EditedWorld } from './edited-world.ts';
import { edit } from './edited-world.ts';

export const blockEdits: { readonly [name: string]: Edit } = {
  text: (world) => payload(world, hasText, () => ({ rich_text: world.text() }), 'words'),
  formatting: (world) =>
    payload(
      world,
      (block) =>
        hasText(block) && isJsonObject(list(block.payload.rich_text)[0]) && firstRun(block).type === 'text',
      (block) => {
        const [first, ...rest] = list(block.payload.rich_text);
        if (!isJsonObject(first) || !isJsonObject(first.annotations)) return {};
        const annotations = { ...first.annotations, underline: first.annotations.underline !== true };
        return { rich_text: [{ ...first, annotations }, ...rest] };
      },
      'formatting',
    ),
  link: (world) =>
    payload(
      world,
      (block) => hasText(block) && firstRun(block).type === 'text',
      (block) => {
        const [first, ...rest] = list(block.payload.rich_text);
        if (!isJsonObject(first) || !isJsonObject(first.text)) return {};
        const href = 'https://example.com/edited';
        return { rich_text: [{ ...first, href, text: { ...first.text, link: { url: href } } }, ...rest] };
      },
      'formatting',
    ),
  colour: (world) =>
    payload(
      world,
      ({ type }) => /^(paragraph|heading_[1-4]|bulleted_list_item|quote|callout|toggle|to_do)$/.test(type),
      (block) => ({ color: world.otherColour(block.payload.color) }),
      'color',
    ),
  checked: (world) =>
    payload(
      world,
      ({ type }) => type === 'to_do',
      (block) => ({ checked: block.payload.checked !== true }),
      'checked',
    ),
  toggle: (world) =>
    payload(
      world,
      ({ type, children }) => type.startsWith('heading_') && children.length === 0,
      (block) => ({ is_toggleable: block.payload.is_toggleable !== true }),
      'is_toggleable',
    ),
  'code language': (world) =>
    payload(
      world,
      ({ type }) => type === 'code',
      (block) => ({ language: block.payload.language === 'rust' ? 'go' : 'rust' }),
      'language',
    ),
  'callout icon': (world) =>
    payload(
      world,
      ({ type }) => type === 'callout',
      () => ({ icon: { type: 'emoji', emoji: '🪁' } }),
      'icon',
    ),
  equation: (world) =>
    payload(
      world,
      ({ type }) => type === 'equation',
      () => ({ expression: 'x+y_1' }),
      'words',
    ),
  bookmark: (world) =>
    payload(
      world,
      ({ type }) => type === 'bookmark' || type === 'embed',
      () => ({ url: 'https://example.com/elsewhere' }),
      'url',
    ),
  caption: (world) =>
    payload(
      world,
      ({ type }) => type === 'image',
      () => ({ caption: world.text() }),
      'words',
    ),
  'table cell': (world) =>
    payload(
      world,
      ({ type, payload: { cells } }) => type === 'table_row' && list(cells).length > 0,
      (block) => ({ cells: [world.text(), ...list(block.payload.cells).slice(1)] }),
      'words',
    ),
  'table header': (world) =>
    payload(
      world,
      ({ type }) => type === 'table',
      (block) => ({ has_column_header: block.payload.has_column_header !== true }),
      'has_column_header',
    ),
  'media replaced': (world) =>
    payload(
      world,
      ({ payload: { type } }) => type === 'file',
      () => {
        const sketch = { name: 'other.png', contentType: 'image/png', size: 1_234 };
        return { file: { key: addMedia(world.state, sketch) } };
      },
      'file',
    ),
  'block added': (world) => {
    const page = world.take(world.pages(), ({ id }) => [`adds ${id}`]);
    if (page === undefined) return undefined;
    const added = newBlock(world, { type: 'page_id', id: page.id });
    page.children = spliced(page.children, added.id, world.random.below(page.children.length));
    world.edited(page);
    return [edit(page.id, 'block', 'added', added.id)];
  },
  'blocks added, one in the other': (world) => {
    const page = world.take(world.pages(), ({ id }) => [`adds ${id}`]);
    if (page === undefined) return undefined;
    const outer = newBlock(world, { type: 'page_id', id: page.id });
    newBlock(world, { type: 'block_id', id: outer.id });
    world.edited(page);
    return [edit(page.id, 'block', 'added', outer.id)];
  },
  'block removed': (world) => {
    const block = takeWhole(world, ({ children }) => children.length === 0);
    return block === undefined ? undefined : removed(world, block);
  },
  'blocks removed, one in the other': (world) => {
    const block = takeWhole(
      world,
      (each) => each.children.length > 0 && world.objectsBelow(each).length === 0,
    );
    return block === undefined ? undefined : removed(world, block);
  },
  'block moved': (world) => {
    const block = takeWhole(world, (each) => world.siblings(each).length > 3);
    const holder = block === undefined ? undefined : parentOf(world.state, block);
    if (block === undefined || holder === undefined || !('children' in holder)) return undefined;
    const others = world.siblings(block);
    const from = others.indexOf(block.id);
    // By one place, either of two may be the one that moved.
    const to = from < 2 ? others.length - 1 : 0;
    const rest = others.filter((id) => id !== block.id);
    rest.splice(to, 0, block.id);
    holder.children = rest;
    world.edited(holder);
    return [edit(world.pageIdOf(block), 'block', 'moved', block.id)];
  },
  'block nested': (world) => {
    const block = takeWhole(world, ({ type }) => type === 'paragraph');
    if (block === undefined) return undefined;
    const page = world.pageIdOf(block);
    const hosts = world
      .blocks()
      .filter(
        (host) =>
          /^(toggle|quote|bulleted_list_item)$/.test(host.type) &&
          world.pageIdOf(host) === page &&
          host.id !== block.id &&
          host.id !== parentOf(world.state, block)?.id &&
          !world.idsBelow(block).includes(host.id),
      );
    const host = world.take(hosts, ({ id }) => [`order ${id}`]);
    if (host === undefined) return [];
    moveTo(world.state, block, { type: 'block_id', id: host.id });
    world.edited(block);
    return [edit(page, 'block', 'moved', block.id)];
  },
  'comment added': (world) => {
    const page = world.some(world.pages());
    if (page === undefined) return undefined;
    world.edited(page);
    const parent = { type: 'page_id', id: page.id } as const;
    const added = addComment(world.state, { parent, richText: world.text(), createdTime: Date.now() });
    world.added.add(added.id);
    return [edit(page.id, 'comment', 'added', added.id)];
  },
  'comment edited': (world) => {
    const comment = takeComment(world);
    if (comment === undefined) return undefined;
    comment.richText = world.text();
    comment.editedTime = Date.now();
    return [edit(ownerOf(world, comment.parent.id), 'comment', 'changed', comment.id, 'words')];
  },
  'comment resolved': (world) => {
    const comment = takeComment(world);
    if (comment === undefined) return undefined;
    comment.isResolved = true;
    return [edit(ownerOf(world, comment.parent.id), 'comment', 'removed', comment.id)];
  },
};

function payload(
  world: EditedWorld,
  isFit: (block: Block) => boolean,
  change: (block: Block) => JsonObject,
  ...what: string[]
): string[] | undefined {
  const block = world.take(world.blocks().filter(isFit), ({ id }) => [`block ${id}`]);
  if (block === undefined) return undefined;
  block.payload = { ...block.payload, ...change(block) };
  world.edited(block);
  return [edit(world.pageIdOf(block), 'block', 'changed', block.id, ...what)];
}

/** A block nothing was done to, among others of which none was moved or taken away. */
function takeWhole(world: EditedWorld, isFit: (block: Block) => boolean): Block | undefined {
  const whole = world
    .blocks()
    .filter((block) => !isPart(block.type) && isFit(block) && world.isUntouched(block));
  return world.take(whole, (block) => [`block ${block.id}`, `order ${parentOf(world.state, block)?.id}`]);
}

function removed(world: EditedWorld, block: Block): string[] {
  block.inTrash = true;
  world.edited(block);
  return [edit(world.pageIdOf(block), 'block', 'removed', block.id)];
}

function newBlock(world: EditedWorld, parent: Block['parent']): Block {
  const block = addBlock(world.state, {
    parent,
    type: 'bulleted_list_item',
    payload: { rich_text: world.text(), color: 'default' },
    createdTime: Date.now(),
  });
  world.added.add(block.id);
  return block;
}

function takeComment(world: EditedWorld) {
  const comments = [...world.state.comments.values()].filter((comment) => {
    const holder = world.state.pages.get(comment.parent.id) ?? world.state.blocks.get(comment.parent.id);
    return (
      !comment.isResolved &&
      !world.added.has(comment.id) &&
      holder !== undefined &&
      world.isLive(holder) &&
      holder.kind === 'page'
    );
  });
  const comment = world.take(comments, ({ id }) => [`comment ${id}`]);
  if (comment !== undefined) world.edited(world.state.pages.get(comment.parent.id));
  return comment;
}

function ownerOf(world: EditedWorld, id: string): string {
  const holder = world.state.pages.get(id) ?? world.state.blocks.get(id);
  return holder === undefined ? '' : world.pageIdOf(holder);
}

/** Parts of other blocks, which come and go with those. */
function isPart(type: string): boolean {
  return /^(column|column_list|table_row|tab|meeting_notes|template|unsupported|synced_block)$/.test(type);
}

function hasText({ type, payload: { rich_text: text } }: Block): boolean {
  return list(text).length > 0 && type !== 'template' && type !== 'unsupported';
}

function firstRun(block: Block): JsonObject {
  const [first] = list(block.payload.rich_text);
  return isJsonObject(first) ? first : {};
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function spliced(children: readonly string[], id: string, at: number): string[] {
  const rest = children.filter((child) => child !== id);
  rest.splice(at, 0, id);
  return rest;
}
