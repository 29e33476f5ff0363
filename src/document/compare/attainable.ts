/**
 * What a perfect restore would show: the original, less what no request can write. Argued from the API reference alone
 * ("Block type objects", "Rich text", "Request limits"); shares nothing with the code that restores.
 */
import type { BlockNode } from '../documents.ts';
import type { Json, JsonObject } from '../json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../json.ts';
import { compactId } from '../notion-id.ts';
import type { Finding } from './block-diff.ts';
import type { BlockForm } from './block-form.ts';
import { blockForm } from './block-form.ts';
import { sameId } from './references.ts';

/** What is known of the place that was restored to. Ids are the original's, compact. */
export interface Attainability {
  /** True when the object or block was made again. */
  isRestored(id: string): boolean;
  /** True for people of the target workspace; bots and strangers cannot be mentioned or assigned. */
  isPerson(id: string): boolean;
}

/** Collects what the original has and no request can write. */
export type Impossible = (what: string) => void;

/** A rich text holds at most so many runs in a request; more must go on in a block of their own. */
const mostRuns = 100;

/** Runs as a request can give them: mentions that are read-only become the text they show, with their link. */
export function attainableRuns(runs: readonly Json[], place: Attainability, impossible: Impossible): Json[] {
  return runs.map((run) => {
    const mention = isObject(run) && run.type === 'mention' ? objectAt(run, 'mention') : undefined;
    if (mention === undefined || !isObject(run)) return run;
    const type = stringAt(mention, 'type') ?? '';
    const target = objectAt(mention, type) ?? {};
    const text = (url: string | undefined): JsonObject => ({
      type: 'text',
      text: { content: stringAt(run, 'plain_text') ?? '', link: url === undefined ? null : { url } },
      annotations: run.annotations ?? {},
      plain_text: run.plain_text ?? '',
    });
    if (type === 'link_preview' || type === 'link_mention') {
      impossible(`mention ${type}`);
      return text(stringAt(target, 'url') ?? stringAt(target, 'href'));
    }
    if (pageMentions.has(type) && !place.isRestored(compactId(stringAt(target, 'id') ?? ''))) {
      impossible('mention of what is not in the snapshot');
      return text(`https://www.notion.so/${compactId(stringAt(target, 'id') ?? '')}`);
    }
    if (type === 'user' && !place.isPerson(compactId(stringAt(target, 'id') ?? ''))) {
      impossible('mention user who is not in the workspace');
      return text(undefined);
    }
    return run;
  });
}

const pageMentions = new Set(['page', 'database', 'data_source']);

/** Blocks as they can stand on the copy. Child pages of columns, toggles and the like go to `moved`. */
export class AttainableBlocks {
  /** Pages and databases that must lie on the page itself, in order. */
  readonly moved: BlockForm[] = [];
  readonly findings: Finding[] = [];
  readonly #place: Attainability;

  constructor(place: Attainability) {
    this.#place = place;
  }

  forms(blocks: readonly BlockNode[], at: string, isNested = false): BlockForm[] {
    return blocks.flatMap((block, index) => this.#expected(block, `${at}/${index}`, isNested));
  }

  #expected(block: BlockNode, at: string, isNested: boolean): BlockForm[] {
    const type = stringAt(block, 'type') ?? '';
    const payload = objectAt(block, type) ?? {};
    switch (type) {
      case 'unsupported':
        return this.#none(type, at);
      case 'child_page':
      case 'child_database':
        return this.#child(block, type, at, isNested);
      case 'link_preview':
        this.#impossible(`block ${type}`, at);
        return this.#plain({ type: 'bookmark', bookmark: { url: payload.url ?? '', caption: [] } }, at);
      case 'template':
        this.#impossible(`block ${type}`, at);
        return this.#plain({ type: 'toggle', toggle: payload, children: block.children ?? [] }, at);
      case 'meeting_notes':
      case 'transcription':
        this.#impossible(`block ${type}`, at);
        return this.#plain({ type: 'toggle', toggle: { rich_text: payload.title ?? [] } }, at, ['children']);
      case 'synced_block':
        return this.#plain(block, at, this.#isCopyOfLost(payload) ? ['absence'] : []);
      case 'callout':
        // A callout without an icon cannot be asked for: null is refused, and nothing means the default icon.
        if (payload.icon !== null && payload.icon !== undefined) return this.#plain(block, at);
        this.#impossible('block callout without an icon', at);
        return this.#plain(block, at, ['icon']);
      case 'numbered_list_item':
        if ((payload.list_start_index ?? 1) !== 1 || (payload.list_format ?? 'numbers') !== 'numbers')
          this.#impossible('block numbered_list_item with a start or format of its own', at);
        return this.#plain(block, at);
      default:
        return this.#media(type, payload, block, at);
    }
  }

  #child(block: BlockNode, type: string, at: string, isNested: boolean): BlockForm[] {
    const id = stringAt(block, 'id') ?? '';
    const form = blockForm(block, sameId);
    if (!this.#place.isRestored(compactId(id))) {
      // A linked view of a database may come back as a new one; what could not be read cannot.
      this.#impossible(`block ${type} that is not in the snapshot`, at);
      return type === 'child_database' ? [{ ...form, loose: ['identity', 'absence'] }] : [];
    }
    if (!isNested) return [form];
    // Neither pages nor databases can be made inside a block: they go to the page, a link stays.
    this.#impossible(`${type} inside a block`, at);
    this.moved.push(form);
    const link =
      type === 'child_page' ? { type: 'page_id', page_id: id } : { type: 'database_id', database_id: id };
    return [blockForm({ type: 'link_to_page', link_to_page: link }, sameId)];
  }

  #media(type: string, payload: JsonObject, block: BlockNode, at: string): BlockForm[] {
    const file = objectAt(payload, 'file');
    if (
      mediaTypes.has(type) &&
      file !== undefined &&
      (file.size === 0 || stringAt(file, 'path') === undefined)
    ) {
      return this.#none(`${type} whose bytes are empty or were not kept`, at);
    }
    const url = stringAt(objectAt(payload, 'external'), 'url');
    if (url !== undefined && hostedExtensions[type]?.test(url.replace(/[?#].*$/s, '')) === false) {
      this.#impossible(`block ${type} that links to a page, not a file`, at);
      return this.#plain({ type: 'embed', embed: { url, caption: payload.caption ?? [] } }, at);
    }
    return this.#plain(block, at);
  }

  /** A block with its texts and children made attainable; cut in several when it has too many runs for one request. */
  #plain(block: BlockNode, at: string, loose: BlockForm['loose'] = []): BlockForm[] {
    const type = stringAt(block, 'type') ?? '';
    const payload = { ...(objectAt(block, type) ?? {}) };
    const impossible = (what: string) => this.#impossible(what, at);
    for (const key of ['rich_text', 'caption']) {
      if (Array.isArray(payload[key]))
        payload[key] = attainableRuns(arrayAt(payload, key), this.#place, impossible);
    }
    if (type === 'table_row') {
      payload.cells = arrayAt(payload, 'cells').map((cell) =>
        attainableRuns(Array.isArray(cell) ? cell : [], this.#place, impossible),
      );
    }
    const runs = arrayAt(payload, 'rich_text');
    const parts = [{ ...payload, ...(runs.length > mostRuns ? { rich_text: runs.slice(0, mostRuns) } : {}) }];
    for (let from = mostRuns; from < runs.length; from += mostRuns) {
      impossible('text of more than 100 runs in one block');
      parts.push({ ...payload, rich_text: runs.slice(from, from + mostRuns) });
    }
    const isCopy = type === 'synced_block' && isObject(payload.synced_from);
    const children = isCopy ? [] : this.forms(block.children ?? [], `${at}/children`, true);
    return parts.map((part, index) => ({
      ...blockForm({ ...block, [type]: part, children: [] }, sameId),
      children: index === 0 ? children : [],
      ...(loose.length === 0 ? {} : { loose }),
    }));
  }

  #isCopyOfLost(payload: JsonObject): boolean {
    const source = objectAt(payload, 'synced_from');
    return source !== undefined && !this.#place.isRestored(compactId(stringAt(source, 'block_id') ?? ''));
  }

  #none(what: string, at: string): BlockForm[] {
    this.#impossible(`block ${what}`, at);
    return [];
  }

  #impossible(what: string, at: string): void {
    this.findings.push({ verdict: 'impossible', what, at });
  }
}

const mediaTypes = new Set(['image', 'video', 'audio', 'pdf', 'file']);

/** Extensions under which an external file is taken for what the block says; anything else is refused. */
const hostedExtensions: { readonly [type: string]: RegExp | undefined } = {
  image: /\.(bmp|gif|heic|jpe?g|png|svg|tiff?)$/i,
  audio: /\.(mp3|wav|ogg|oga|m4a)$/i,
  video: /\.(amv|asf|avi|f4v|flv|gifv|mkv|mov|mpg|mpeg|mpv|mp4|m4v|qt|wmv|webm)$/i,
};
