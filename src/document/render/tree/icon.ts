/** The icon of a page or a callout, when it can stand among words. */
import type { PhrasingContent } from 'mdast';
import type { Json } from '../../json.ts';
import { objectAt, stringAt } from '../../json.ts';
import { printable } from '../../names.ts';
import { pathToUrl } from './links.ts';
import { text } from './nodes.ts';

/** An emoji as text, a kept picture as a small image; nothing for icons that lie elsewhere. */
export function icon(value: Json): PhrasingContent[] {
  const emoji = stringAt(value, 'emoji');
  if (emoji !== undefined) return [text(printable(emoji))];
  const path = stringAt(objectAt(value, 'file') ?? objectAt(value, 'custom_emoji'), 'path');
  if (path === undefined) return [];
  return [{ type: 'image', url: pathToUrl(path), alt: '', data: { hProperties: { className: ['icon'] } } }];
}
