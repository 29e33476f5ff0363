/** A page's document as elements: cover, icon, title, properties, blocks, from the one renderer. */
import type { ElementContent } from 'hast';
import type { PageDocument } from '../../../document/documents.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { phrasingElements, treeElements } from '../../../document/render/html-tree.ts';
import { icon } from '../../../document/render/tree/icon.ts';
import type { Links } from '../../../document/render/tree/links.ts';
import { pathToUrl } from '../../../document/render/tree/links.ts';
import { pageTree } from '../../../document/render/tree/page.ts';
import { htmlHelpers } from '../../../operations/documents/html-helpers.ts';
import { h } from '../../elements.ts';
import type { ShownPlace } from './dress.ts';
import { dressed } from './dress.ts';

export async function documentElements(
  document: PageDocument,
  links: Links,
  place: Partial<ShownPlace> = {},
): Promise<ElementContent[]> {
  const tree = treeElements(pageTree(document, links), await htmlHelpers(document));
  const body = tree.children.filter((node): node is ElementContent => node.type !== 'doctype');
  return dressed([...cover(document), ...pageIcon(document), ...body], place);
}

function cover({ page }: PageDocument): ElementContent[] {
  const path = stringAt(objectAt(objectAt(page, 'cover'), 'file'), 'path');
  return path === undefined ? [] : [h('img', { className: ['cover'], src: pathToUrl(path), alt: '' })];
}

function pageIcon({ page }: PageDocument): ElementContent[] {
  const mark = icon(page.icon ?? null);
  return mark.length === 0 ? [] : [h('p', { className: ['page-icon'] }, phrasingElements(mark))];
}
