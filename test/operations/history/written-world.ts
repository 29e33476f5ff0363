/** Worlds written straight into a store: pages of a title and a text, at paths of their own. */
import type { SnapshotReader, StoredContent } from '../../../src/document/content.ts';
import type { JsonObject } from '../../../src/document/json.ts';
import type { SnapshotWriter } from '../../../src/store/open-store.ts';
import { fileEntry, modified } from '../../store/fixture.ts';
import { run, title } from '../small-snapshot.ts';

export interface WrittenPage {
  /** 32 hex digits. */
  readonly id: string;
  readonly title: string;
  readonly texts: readonly string[];
  readonly below: readonly WrittenPage[];
}

/** An id for a number. */
export function idOf(number: number): string {
  return (number + 1).toString(16).padStart(32, '0');
}

/** Writes a snapshot; `unread` names pages that its crawl could not read. */
export async function writeWorld(
  writer: SnapshotWriter,
  pages: readonly WrittenPage[],
  unread: readonly string[] = [],
): Promise<void> {
  const json = async (name: string, value: JsonObject) =>
    await writer.step(fileEntry(name, await writer.writeDocument(Buffer.from(JSON.stringify(value)))));
  const put = async (page: WrittenPage): Promise<void> => {
    const object = { id: page.id, kind: 'page', edited: modified } as const;
    await writer.step({ type: 'enter', name: directoryOf(page), modified, object });
    await putBelow(page.below, 'page.json', () =>
      json('page.json', {
        kind: 'page',
        format: 1,
        page: { object: 'page', id: page.id, properties: title(page.title) },
        blocks: page.texts.map((text, index) => ({
          id: `${page.id.slice(0, 30)}${index.toString(16).padStart(2, '0')}b`,
          type: 'paragraph',
          paragraph: { rich_text: [run(text)], color: 'default' },
        })),
        comments: [],
      }),
    );
    await writer.step({ type: 'leave' });
  };
  const putBelow = async (below: readonly WrittenPage[], name: string, file: () => Promise<void>) => {
    const entries = [
      ...below.map((page) => ({ name: directoryOf(page), write: () => put(page) })),
      { name, write: file },
    ];
    entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    for (const { write } of entries) await write();
  };
  const list = unread.map((id) => ({ kind: 'page', what: 'page', id, reason: 'Notion answered 500' }));
  await putBelow(pages, 'manifest.json', () => json('manifest.json', { errors: { list } }));
}

/** The name of its directory. */
export function directoryOf({ title: words, id }: Pick<WrittenPage, 'title' | 'id'>): string {
  return `${words.replace(/[^\p{L}\p{N} ]/gu, '')}~${id.slice(-8)}`;
}

/** `count` pages below one, a hundred in each section; those of `edited` have another text. */
export function sections(count: number, edited: ReadonlySet<number> = new Set()): WrittenPage[] {
  const section = (number: number): WrittenPage => ({
    id: idOf(1_000_000 + number),
    title: `Section ${number}`,
    texts: [`About ${number}`],
    below: Array.from({ length: Math.min(100, count - number * 100) }, (_, index) => {
      const page = number * 100 + index;
      const text = edited.has(page) ? `Edited text ${page}` : `Text ${page}`;
      return { id: idOf(page), title: `Page ${page}`, texts: [text, 'The same in all'], below: [] };
    }),
  });
  const below = Array.from({ length: Math.ceil(count / 100) }, (_, number) => section(number));
  return [{ id: idOf(9_000_000), title: 'Home', texts: ['Welcome'], below }];
}

/** Counts what is read of a snapshot. */
export class CountingReader implements SnapshotReader {
  /** `lookUps`: paths that were found from the root, listing by listing. */
  readonly counts = { listings: 0, lookUps: 0, contents: 0 };
  /** Paths of the directories that were listed one by one. */
  readonly listed: string[] = [];
  readonly #reader: SnapshotReader;

  constructor(reader: SnapshotReader) {
    this.#reader = reader;
  }

  get id(): string {
    return this.#reader.id;
  }

  entry(path: string) {
    this.counts.lookUps += 1;
    return this.#reader.entry(path);
  }

  list(path: string, listing?: StoredContent) {
    this.counts.listings += 1;
    this.listed.push(path);
    if (listing === undefined) this.counts.lookUps += 1;
    return this.#reader.list(path, listing);
  }

  walk(path: string) {
    this.counts.listings += Number.POSITIVE_INFINITY;
    return this.#reader.walk(path);
  }

  read(content: Parameters<SnapshotReader['read']>[0]) {
    this.counts.contents += 1;
    return this.#reader.read(content);
  }
}
