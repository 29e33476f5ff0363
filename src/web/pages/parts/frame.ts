/** The frame of every page: the bar at the top, the tree at the side, the content. Without a script everything can be read. */
import { snapshotAddress } from '../../addresses.ts';
import type { Child, Element } from '../../elements.ts';
import { h, htmlText } from '../../elements.ts';
import type { Catalog } from '../../reading/catalog.ts';
import type { PlacedObject } from '../../reading/objects.ts';
import type { OpenSnapshot } from '../../reading/snapshot.ts';
import { timeWords, words } from '../../words.ts';
import { sidebar } from './sidebar.ts';

/** Snapshots that the list at the top offers. */
const maxOffered = 200;

export interface FrameOptions {
  readonly title: string;
  readonly catalog: Catalog;
  /** The snapshot whose tree stands at the side. */
  readonly snapshot?: OpenSnapshot | undefined;
  readonly object?: PlacedObject | undefined;
  readonly query?: string | undefined;
  /** A database takes the whole width. */
  readonly isWide?: boolean;
}

/** A whole page around `content`. @throws KlosetError `integrity` */
export async function frame(options: FrameOptions, ...content: readonly Child[]): Promise<string> {
  const { title, snapshot, object, isWide = false } = options;
  const side =
    snapshot === undefined
      ? undefined
      : h(
          'aside',
          { className: ['side'], id: 'pages' },
          h('a', { className: ['close'], href: '#content' }, words.close),
          await sidebar(snapshot, object),
        );
  const page = h(
    'html',
    { lang: 'en' },
    head(title),
    h(
      'body',
      {
        className: ['web', ...(side === undefined ? [] : ['with-side'])],
        dataOpenPage: words.openPage,
        dataClose: words.close,
      },
      h('a', { className: ['skip'], href: '#content' }, words.frame.skip),
      await topBar(options),
      side,
      h('main', { id: 'content', tabIndex: -1, className: isWide ? ['wide'] : [] }, ...content),
    ),
  );
  return `<!doctype html>\n${htmlText(page)}\n`;
}

function head(title: string): Element {
  return h(
    'head',
    {},
    h('meta', { charSet: 'utf-8' }),
    h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    h('title', {}, `${title} · ${words.product}`),
    h('link', { rel: ['icon'], href: '/assets/icon.svg', type: 'image/svg+xml' }),
    ['page', 'document', 'views', 'time', 'app'].map((name) =>
      h('link', { rel: ['stylesheet'], href: `/assets/${name}.css` }),
    ),
    h('script', { src: '/assets/app.js', defer: true }),
  );
}

async function topBar({ catalog, snapshot, object, query }: FrameOptions): Promise<Element> {
  return h(
    'header',
    { className: ['top'] },
    snapshot === undefined
      ? undefined
      : h(
          'a',
          { className: ['menu'], href: '#pages' },
          h('span', { ariaHidden: 'true' }, '☰ '),
          words.frame.pages,
        ),
    h('a', { className: ['home'], href: '/' }, words.frame.allSnapshots),
    snapshot === undefined ? undefined : await snapshotChoice(catalog, snapshot, object),
    h(
      'form',
      { className: ['search'], action: '/search', role: 'search' },
      snapshot === undefined
        ? undefined
        : h('input', { type: 'hidden', name: 's', value: snapshot.id.slice(0, 16) }),
      h('input', {
        type: 'search',
        name: 'q',
        value: query ?? '',
        placeholder: words.frame.searchPlaceholder,
        ariaLabel: words.frame.search,
        autoComplete: ['off'],
      }),
      h('button', { type: 'submit' }, words.frame.search),
    ),
    h('a', { href: '/health' }, words.frame.health),
  );
}

/** Goes to the same page in another snapshot. */
async function snapshotChoice(
  catalog: Catalog,
  snapshot: OpenSnapshot,
  object: PlacedObject | undefined,
): Promise<Element> {
  const { source } = snapshot.header;
  const same = (await catalog.readable()).filter(({ header }) => header?.source === source);
  const near = same.slice(0, maxOffered);
  const offered = near.some(({ id }) => id === snapshot.id) ? near : [...near, snapshot.known];
  const options = offered.map(({ id, header }) =>
    h('option', { value: id.slice(0, 16), selected: id === snapshot.id }, timeWords(header?.time ?? '')),
  );
  return h(
    'form',
    { className: ['as-of'], action: '/at' },
    object === undefined ? undefined : h('input', { type: 'hidden', name: 'o', value: object.id }),
    h('label', {}, `${words.frame.asOf} `, h('select', { name: 's' }, ...options)),
    h('button', { type: 'submit' }, words.frame.go),
  );
}

/** The link back to the snapshot of a page. */
export function snapshotLink(snapshot: OpenSnapshot): Element {
  return h('a', { href: snapshotAddress(snapshot.id) }, snapshot.header.name);
}
