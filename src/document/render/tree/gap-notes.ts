/** Notes in a rendering at the places where something is not in the snapshot. */
import { blockType } from '../../block-types.ts';
import type { BlockNode, Gap, PageDocument } from '../../documents.ts';
import { Gaps, gapNote, gapText, isUnreadBlock, missingFile, sectionIds } from '../../gaps.ts';
import type { Json, JsonObject } from '../../json.ts';
import { arrayAt, objectAt, stringAt } from '../../json.ts';

/** The type of the block that stands for a note. No answer of the API has it. */
export const noteType = 'not in the backup';

/** The text of a note that stands among blocks; undefined for any other block. */
export function noteOf(block: BlockNode): string | undefined {
  return block.type === noteType ? stringAt(block, 'text') : undefined;
}

/** A page with its notes. */
export interface NotedPage {
  /** The blocks, with a note in each list that is not whole. */
  readonly blocks: BlockNode[];
  /** Notes on properties, by name. */
  readonly properties: ReadonlyMap<string, string>;
  /** Notes on what has no place on the page: comments, icons, things of kinds nobody knows. */
  readonly rest: readonly string[];
}

/** The notes on `document`, each gap once. */
export function notePage(document: PageDocument): NotedPage {
  const notes = new NoteWriter(new Gaps(document));
  const blocks = notes.list(document.blocks, stringAt(document.page, 'id') ?? '', 'page');
  notes.properties(document.page);
  return { blocks, properties: propertyNotes(document), rest: notes.rest() };
}

/** Notes on the values of a page that are not whole, by the names of its properties. */
export function propertyNotes(document: PageDocument): Map<string, string> {
  const gaps = new Gaps(document);
  const notes = new Map<string, string>();
  for (const [name, property] of Object.entries(objectAt(document.page, 'properties') ?? {})) {
    const gap = gaps.ofProperty(name, property);
    if (gap !== undefined) notes.set(name, gapNote('the rest of this value could not be read', gap.reason));
  }
  return notes;
}

/** Notes on a database's document: on its rows, and on the rest. */
export function noteDatabase(document: { readonly gaps?: unknown }): { rows: string[]; rest: string[] } {
  const gaps = new Gaps(document);
  const ofRows = gaps.of('rows', 'data source');
  const text = (gap: Gap): string => gapNote(gapText(gap), gap.reason);
  return { rows: ofRows.map(text), rest: gaps.all.filter((gap) => !ofRows.includes(gap)).map(text) };
}

class NoteWriter {
  readonly #gaps: Gaps;
  readonly #told = new Set<Gap>();

  constructor(gaps: Gaps) {
    this.#gaps = gaps;
  }

  /** `blocks` with notes below them, and one at the end when their own list is not whole. */
  list(blocks: readonly BlockNode[], id: string, kind: string): BlockNode[] {
    const gap = this.#take(this.#gaps.ofBlock(id));
    const noted = blocks.map((block) => this.#block(block));
    if (gap === undefined) return noted;
    const text =
      kind === 'page' && blocks.length === 0
        ? 'the blocks of this page could not be read'
        : gapText(gap, kind);
    return [...noted, note(gapNote(text, gap.reason))];
  }

  /** Takes the gaps that the list of a page's properties shows. */
  properties(page: JsonObject): void {
    for (const [name, property] of Object.entries(objectAt(page, 'properties') ?? {})) {
      // The title stands above the list.
      if (stringAt(property, 'type') !== 'title') this.#take(this.#gaps.ofProperty(name, property));
      for (const file of arrayAt(property, 'files')) this.#takeMedia(file);
    }
  }

  rest(): string[] {
    const untold = this.#gaps.all.filter((gap) => !this.#told.has(gap));
    return untold.map((gap) => gapNote(gapText(gap), gap.reason));
  }

  #block(block: BlockNode): BlockNode {
    const [id, type] = [stringAt(block, 'id') ?? '', stringAt(block, 'type') ?? ''];
    if (isUnreadBlock(block)) {
      const gap = this.#take(this.#gaps.ofBlock(id));
      return note(gapNote('a block could not be read', gap?.reason ?? ''));
    }
    if (blockType(type)?.isMedia === true) this.#takeMedia(objectAt(block, type) ?? null);
    const children = this.list(block.children ?? [], id, type);
    const noted = children.length === 0 ? block : { ...block, children };
    const sections = this.#sections(block);
    return sections === undefined ? noted : { ...noted, sections };
  }

  /** The lists of a meeting; one that could not be read is its note alone. */
  #sections(block: BlockNode): BlockNode['sections'] {
    const named = Object.entries(sectionIds(block)).flatMap(([key, id]) =>
      typeof id === 'string' ? [[key.replace(/_block_id$/, ''), id] as const] : [],
    );
    const isNoted = named.some(([, id]) => this.#gaps.ofBlock(id) !== undefined);
    if (!isNoted && block.sections === undefined) return undefined;
    const sections = { ...block.sections };
    for (const [name, id] of named) {
      const list = this.list(sections[name] ?? [], id, name);
      if (list.length > 0) sections[name] = list;
    }
    return sections;
  }

  /** A file that is shown tells of its gap itself. */
  #takeMedia(value: Json): void {
    const url = stringAt(objectAt(value, 'file'), 'url');
    if (missingFile(value) === undefined || url === undefined) return;
    for (const gap of this.#gaps.of('media')) if (gap.id === url) this.#told.add(gap);
  }

  #take(gap: Gap | undefined): Gap | undefined {
    if (gap !== undefined) this.#told.add(gap);
    return gap;
  }
}

function note(text: string): BlockNode {
  return { type: noteType, text };
}
