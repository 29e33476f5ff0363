/** Pages that need nothing of the store: refusals, errors, the first visit. */
import { h, htmlText } from '../elements.ts';
import { words } from '../words.ts';

function barePage(title: string, head: ReturnType<typeof h>[], body: ReturnType<typeof h>[]): string {
  const page = h(
    'html',
    { lang: 'en' },
    h('head', {}, h('meta', { charSet: 'utf-8' }), ...head, h('title', {}, title)),
    h('body', {}, h('main', {}, h('h1', {}, title), ...body)),
  );
  return `<!doctype html>\n${htmlText(page)}\n`;
}

/** For those who may not ask: it says nothing of the store. */
export function refusalPage(reason: string): string {
  return barePage(words.refused.title, [], [h('p', {}, reason)]);
}

/** Goes on to `address` by itself, without a script. */
export function welcomePage(address: string): string {
  const refresh = h('meta', { httpEquiv: ['refresh'], content: `0;url=${address}` });
  return barePage(words.welcome.title, [refresh], [h('p', {}, h('a', { href: address }, words.welcome.go))]);
}

/** An error as a page. */
export function errorPage(message: string, hint: string): string {
  const styles = ['/assets/page.css', '/assets/app.css'].map((href) =>
    h('link', { rel: ['stylesheet'], href }),
  );
  const viewport = h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' });
  return barePage(
    words.errors.title,
    [viewport, ...styles],
    [
      h('p', { role: 'alert' }, message),
      ...(hint === '' ? [] : [h('p', {}, hint)]),
      h('p', {}, h('a', { href: '/' }, words.errors.home)),
    ],
  );
}
