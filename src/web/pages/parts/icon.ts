/** The icon of a page in lists and above its title. */
import type { Json } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import { pathToUrl } from '../../../document/render/tree/links.ts';
import { objectAddress } from '../../addresses.ts';
import type { Element } from '../../elements.ts';
import { h } from '../../elements.ts';

/** For objects without an icon of their own, and for icons that lie elsewhere. */
const usual = { page: '📄', database: '🗃️' };

/** An emoji or a kept picture; nothing is fetched from another address. */
export function iconOf(
  icon: Json,
  {
    snapshot,
    id,
    kind,
  }: { readonly snapshot: string; readonly id: string; readonly kind: 'page' | 'database' },
): Element {
  const path = stringAt(objectAt(icon, 'file') ?? objectAt(icon, 'custom_emoji'), 'path');
  if (path !== undefined)
    return h('img', {
      className: ['icon'],
      alt: '',
      src: `${objectAddress(snapshot, id)}${pathToUrl(path)}`,
    });
  return h('span', { className: ['icon'], ariaHidden: 'true' }, stringAt(icon, 'emoji') ?? usual[kind]);
}
