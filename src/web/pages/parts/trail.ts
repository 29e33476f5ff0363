/** The way to a page, and what can be done with it. */
import { objectAddress } from '../../addresses.ts';
import type { Element } from '../../elements.ts';
import { h } from '../../elements.ts';
import type { PlacedObject } from '../../reading/objects.ts';
import type { OpenSnapshot } from '../../reading/snapshot.ts';
import { words } from '../../words.ts';

/** The pages above as links. @throws KlosetError `integrity` */
export async function trail(snapshot: OpenSnapshot, object: PlacedObject): Promise<Element> {
  const above = await snapshot.objects.above(object.path);
  const titles = await Promise.all(above.map((each) => snapshot.title(each)));
  const address = objectAddress(snapshot.id, object.id);
  const items = above.map((each, index) =>
    h('li', {}, h('a', { href: objectAddress(snapshot.id, each.id) }, titles[index] || words.untitled)),
  );
  return h(
    'div',
    { className: ['bar'] },
    h('nav', { ariaLabel: words.frame.breadcrumb }, h('ol', { className: ['trail'] }, items)),
    h(
      'p',
      { className: ['actions'] },
      h('a', { href: `${address}history` }, words.page.history),
      ' ',
      h('a', { href: `${address}take` }, words.page.download),
    ),
  );
}
