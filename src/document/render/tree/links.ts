/** Link targets in a rendered page: other pages, files, the web. */
import type { Json, JsonObject } from '../../json.ts';
import { isObject, objectAt, stringAt } from '../../json.ts';
import { linkedId } from '../../notion-id.ts';

/** A page to go to. */
export interface LinkedPage {
  readonly title: string;
  readonly href: string;
}

export interface Links {
  /** URL of another object of the snapshot, relative to the page being rendered; undefined when it is not there. */
  object(id: string): string | undefined;
  /** URL of the folder whose `files` a document names, relative to the page being rendered; that page's own when absent. */
  readonly folder?: string;
  /** Title of another object of the snapshot. */
  title?(id: string): string | undefined;
  /** The pages before and after the one being rendered, in the order of the tree. */
  neighbours?(): { readonly before: LinkedPage | undefined; readonly after: LinkedPage | undefined };
  /** The pages above the one being rendered, the outermost first. */
  ancestors?(): readonly { readonly title: string; readonly href: string | undefined }[];
  /** The reason why an object that should be in the snapshot could not be read. */
  unread?(id: string): string | undefined;
}

/** Schemes a rendered page may link to; anything else (`javascript:`, `data:`) is shown, not linked. */
const safeScheme = /^(https?|mailto|tel|ftp|notion):/i;

/** `url` as a link target: internal links go to the rendered copy, unsafe ones nowhere. */
export function hrefOf(url: string, links: Links): string | undefined {
  const target = linkedId(url);
  const local = target === undefined ? undefined : links.object(target);
  if (local !== undefined) return local;
  return safeScheme.test(url) ? url : undefined;
}

/** The target of a run of rich text: the page or database it mentions, else the link it carries. */
export function runHref(run: JsonObject, links: Links): string | undefined {
  const mention = objectAt(run, 'mention');
  const mentioned = stringAt(objectAt(mention, 'page') ?? objectAt(mention, 'database'), 'id');
  const url = stringAt(objectAt(objectAt(run, 'text'), 'link'), 'url') ?? stringAt(run, 'href') ?? '';
  return (mentioned === undefined ? undefined : links.object(mentioned)) ?? hrefOf(url, links);
}

/**
 * A path as a URL relative to the page: every name percent-encoded, brackets and quotes too, so that no form has to escape
 * them; and none that leads elsewhere.
 */
export function pathToUrl(path: string): string {
  const coded = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  const names = path.split('/').filter((name) => name !== '' && name !== '.' && name !== '..');
  return names.map((name) => encodeURIComponent(name.toWellFormed()).replace(/[!'()*]/g, coded)).join('/');
}

/** The target of a file object: bytes beside the page, a URL outside; undefined when the bytes were not kept. */
export function fileHref(value: Json | undefined, links: Links): string | undefined {
  const file = objectAt(value ?? null, 'file');
  const path = stringAt(file, 'path');
  if (path !== undefined) return `${links.folder ?? ''}${pathToUrl(path)}`;
  const url = stringAt(objectAt(value ?? null, 'external'), 'url') ?? stringAt(file, 'url');
  return url === undefined ? undefined : hrefOf(url, links);
}

/** A file's name as people know it: its own, or the last segment of its URL. */
export function fileName(value: Json | undefined): string {
  if (!isObject(value)) return 'file';
  const own = stringAt(value, 'name');
  if (own !== undefined && own !== '') return own;
  const source =
    stringAt(objectAt(value, 'file'), 'path') ?? stringAt(objectAt(value, 'external'), 'url') ?? '';
  return (
    source
      .replace(/[?#].*$/s, '')
      .split('/')
      .at(-1) || 'file'
  );
}
