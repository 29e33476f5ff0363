/** Links for requests: to pages, to the web, to the original of a synced block. */
import { objectAt, stringAt } from '../../../document/json.ts';
import { webUrl } from '../requests/links.ts';
import { addressNode } from './address-forms.ts';
import type { Source } from './block-source.ts';
import { approximate, captionOf, leaf, lose, node } from './block-source.ts';
import type { WriteNode } from './write-node.ts';
import { writeNode } from './write-node.ts';

/** A link to a page, a database or a comment. */
export function linkToPage(source: Source): WriteNode[] {
  const { payload, conversion } = source;
  for (const key of ['page_id', 'database_id']) {
    const target = stringAt(payload, key);
    const object = target === undefined ? undefined : conversion.object(target);
    if (object !== undefined) return [leaf(source, { type: key, [key]: object })];
  }
  const comment = stringAt(payload, 'comment_id');
  const link = comment === undefined ? undefined : conversion.commentLink(source.id, comment);
  if (link?.toOriginal === true) approximate(source, 'its comment is not restored: it leads to the original');
  if (link !== undefined) return [leaf(source, link.payload)];
  return lose(source, 'what it links to cannot be seen', 'link to page');
}

/** A page or database that stood inside a block: it lies at the end of its page now, with a link where it was. */
export function childLink(source: Source, key: 'page_id' | 'database_id'): WriteNode[] {
  const object = source.conversion.object(source.id);
  if (object === undefined)
    return lose(source, 'the object it stands for is not in the snapshot', source.type.replace('_', ' '));
  approximate(
    source,
    'objects cannot be created inside blocks: it lies on the page, with a link where it was',
  );
  return [writeNode('link_to_page', { type: key, [key]: object })];
}

/** A bookmark or embed of an address on the web. */
export function address(source: Source): WriteNode[] {
  const url = webUrl(stringAt(source.payload, 'url') ?? '');
  if (url !== undefined)
    return [addressNode(source, source.type, { url, payload: { url, ...captionOf(source) } })];
  return lose(
    source,
    `its address does not lead to the web: ${stringAt(source.payload, 'url') ?? ''}`.slice(0, 300),
    source.type,
  );
}

/** An original with its contents, or a copy that names its original. */
export function synced(source: Source): WriteNode[] {
  const from = objectAt(source.payload, 'synced_from');
  const children = source.convert(source.block.children ?? []);
  if (from === undefined) return [node(source, { synced_from: null }, children)];
  const original = source.conversion.object(stringAt(from, 'block_id') ?? '');
  if (original !== undefined)
    return [node(source, { synced_from: { type: 'block_id', block_id: original } }, [])];
  if (children.length === 0) return lose(source, 'its original cannot be seen', 'synced block');
  approximate(source, 'its original cannot be seen: the copy became an original');
  return [node(source, { synced_from: null }, children)];
}
