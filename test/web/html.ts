/** Judges the HTML of the web view: what a page may not have, and where its links lead. */
import { parse } from 'parse5';

interface HtmlNode {
  readonly nodeName: string;
  readonly attrs?: readonly { readonly name: string; readonly value: string }[];
  readonly childNodes?: readonly HtmlNode[];
}

const forbidden = /^(object|embed|base|applet|frame|frameset|noscript|template|textarea|style)$/;

function every(html: string, visit: (node: HtmlNode) => void): void {
  const walk = (node: HtmlNode): void => {
    visit(node);
    for (const child of node.childNodes ?? []) walk(child);
  };
  walk(parse(html) as unknown as HtmlNode);
}

function attribute(node: HtmlNode, name: string): string | undefined {
  return node.attrs?.find((each) => each.name === name)?.value;
}

/** Handlers, inline styles, scripts and addresses that are not ours, ids that stand twice. */
export function faultsOf(html: string): string[] {
  const list: string[] = [];
  const ids = new Set<string>();
  every(html, (node) => {
    if (forbidden.test(node.nodeName)) list.push(`<${node.nodeName}>`);
    if (node.nodeName === 'script' && attribute(node, 'src') !== '/assets/app.js') list.push('<script>');
    if (node.nodeName === 'script' && (node.childNodes ?? []).length > 0) list.push('inline script');
    for (const { name, value } of node.attrs ?? []) {
      if (/^on|^style$|^srcdoc$|^formaction$|^autofocus$/i.test(name)) list.push(`${name}=${value}`);
      // As a browser reads an address: without control characters and blanks around it.
      const url = value.replace(/[\u0000-\u0020]/g, '');
      if (/^(src|action|poster|data)$|xlink:href/i.test(name) && /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(url))
        list.push(`${name} ${value}`);
      if (name === 'href' && /^\/\//.test(url)) list.push(`href ${value}`);
      if (
        name === 'href' &&
        /^[a-z][a-z0-9+.-]*:/i.test(url) &&
        !/^(https?|mailto|tel|ftp|notion):/i.test(url)
      )
        list.push(`href ${value}`);
      if (name === 'id' && ids.has(value)) list.push(`id ${value} twice`);
      if (name === 'id') ids.add(value);
    }
  });
  return list;
}

/** The paths of our own that a page at `path` names, also for pictures and frames. */
export function linksIn(html: string, path: string): string[] {
  const found: string[] = [];
  every(html, (node) => {
    for (const name of ['href', 'src', 'data-tree', 'data-time']) {
      const value = attribute(node, name);
      if (value === undefined || value.startsWith('#')) continue;
      if (!URL.canParse(value, `http://here${path}`)) continue;
      const url = new URL(value, `http://here${path}`);
      if (url.host === 'here' && url.protocol === 'http:') found.push(`${url.pathname}${url.search}`);
    }
  });
  return found;
}
