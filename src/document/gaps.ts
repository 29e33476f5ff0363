/**
 * The parts of an object that its snapshot does not have, by their place: a list that was refused or cut, a value that was
 * not completed, a file that was not fetched. What is not known is never taken for empty.
 */
import type { BlockNode, Gap } from './documents.ts';
import type { Json, JsonObject } from './json.ts';
import { arrayAt, isObject, objectAt, stringAt } from './json.ts';
import { compactId, decodedPropertyId } from './notion-id.ts';

/** A gap with the path of its object in the snapshot. */
export interface NotInSnapshot extends Gap {
  readonly path: string;
}

/** Kinds of gaps whose ids are not those of blocks. */
const otherKinds =
  /^(property .*|media|comments?|rows|views?|data source|database|templates|users?.*|custom_emojis?|object)$/s;

/** The gaps of one document. */
export class Gaps {
  readonly all: readonly Gap[];

  constructor(document: { readonly gaps?: unknown } | null | undefined) {
    this.all = arrayAt(document, 'gaps').flatMap((gap) => {
      const [what, id, reason] = [stringAt(gap, 'what'), stringAt(gap, 'id'), stringAt(gap, 'reason')];
      return what === undefined ? [] : [{ what, id: id ?? '', reason: reason ?? 'it was not read' }];
    });
  }

  /** The gap of a block, or of the list of blocks below it; `id` is that of the block or page. */
  ofBlock(id: string): Gap | undefined {
    return id === '' ? undefined : this.all.find((gap) => !otherKinds.test(gap.what) && isSame(gap.id, id));
  }

  /** The gap of a page's property. */
  ofProperty(name: string, property: Json): Gap | undefined {
    const id = decodedPropertyId(stringAt(property, 'id') ?? '');
    return this.all.find(
      (gap) =>
        gap.what.startsWith('property ') &&
        (gap.what === `property ${name}` || (id !== '' && decodedPropertyId(gap.id) === id)),
    );
  }

  /** The gap of the comments on a page or block. */
  ofComments(id: string): Gap | undefined {
    return this.all.find((gap) => gap.what === 'comments' && isSame(gap.id, id));
  }

  /** The gaps of these kinds. */
  of(...kinds: readonly string[]): Gap[] {
    return this.all.filter(({ what }) => kinds.includes(what));
  }
}

/** The reason why a hosted file is not in the snapshot; undefined for one that is, or that lies elsewhere. */
export function missingFile(value: Json | undefined): string | undefined {
  const file = objectAt(value ?? null, 'file');
  if (file === undefined || typeof file.path === 'string') return undefined;
  return stringAt(file, 'missing') ?? 'it was not fetched';
}

/** A block of which the API gave its id alone, or nothing that says its type. */
export function isUnreadBlock(block: BlockNode): boolean {
  return stringAt(block, 'type') === undefined;
}

/** A gap in words, without its reason. `kind` is the type of the block or object it belongs to. */
export function gapText({ what, id }: Gap, kind?: string): string {
  if (what === 'blocks') {
    if (kind === undefined) return 'blocks could not be read';
    return kind === 'page'
      ? 'the blocks of this page from here on could not be read'
      : `the blocks below this ${kind.replaceAll('_', ' ')} could not be read`;
  }
  if (what.startsWith('property ')) return `${what.slice('property '.length)} could not be read in full`;
  return texts[what] ?? `${what} ${id} could not be read`.replaceAll('  ', ' ');
}

const texts: { readonly [what: string]: string } = {
  media: 'a file was not kept',
  block: 'a block could not be read',
  comments: 'comments could not be read',
  comment: 'a comment could not be read',
  rows: 'the rows of this database could not be read in full',
  views: 'the views of this database could not be read in full',
  view: 'a view could not be read',
  'data source': 'a data source of this database could not be read',
  database: 'the database itself could not be read',
  templates: 'the templates could not be read in full',
};

/** The note that stands in a rendering where something is missing. */
export function gapNote(text: string, reason: string): string {
  const words = [text, reason.trim().replace(/[.\s]+$/, '')].filter((part) => part !== '');
  return `[not in the backup: ${words.join(': ').replace(/\s+/g, ' ')}]`;
}

/** Ids of the lists that a block's payload names: those of a meeting. */
export function sectionIds(block: BlockNode): JsonObject {
  const payload = objectAt(block, stringAt(block, 'type') ?? '');
  const named = payload?.children;
  return isObject(named) ? named : {};
}

function isSame(a: string, b: string): boolean {
  return compactId(a) === compactId(b);
}
