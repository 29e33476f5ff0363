/**
 * Holdings of a document in the entry of its file in the tree: a run that takes the document over knows them without
 * reading it.
 */
import type { FileEntry } from '../../../document/content.ts';
import type { Json, JsonObject } from '../../../document/json.ts';
import { isObject, objectAt } from '../../../document/json.ts';
import { compactId } from '../../../document/notion-id.ts';
import type { Holdings } from '../state/objects.ts';
import { parentOf } from '../state/parent.ts';

const documentNames = new Set(['page.json', 'database.json', 'workspace.json']);

/** The bound of a tree is 16,384 characters. */
const maxListedPlaces = 400;

/** Of an object whose document an earlier version of the program wrote: it is read again as soon as it can be. */
export const nothingHeld: Holdings = { tallies: {}, discussed: [] };

/** The entry that is the object's document. */
export function documentEntry(files: readonly FileEntry[]): FileEntry | undefined {
  return files.find((file) => documentNames.has(file.name));
}

/** Equal for equal documents, as they are stored; undefined where there is none. */
export function documentChunks(files: readonly FileEntry[]): string | undefined {
  return documentEntry(files)?.content.chunks.join();
}

/** The files of an object, the entry of its document with what it holds. */
export function withHoldings(files: readonly FileEntry[], { tallies, discussed }: Holdings): FileEntry[] {
  const source = JSON.stringify({ discussed, holds: tallies });
  return files.map((file) => (documentNames.has(file.name) ? { ...file, source } : file));
}

/** The holdings of a document of the previous snapshot; undefined where an earlier version of the program wrote it. */
export function holdingsIn(files: readonly FileEntry[]): Holdings | undefined {
  const facts = parsed(documentEntry(files)?.source);
  const holds = objectAt(facts, 'holds');
  if (facts === undefined || holds === undefined) return undefined;
  const { discussed } = facts;
  const counts = Object.entries(holds).filter(([, n]) => Number.isSafeInteger(n));
  return {
    tallies: Object.fromEntries(counts.map(([name, n]) => [name, Number(n)])),
    discussed: Array.isArray(discussed) ? discussed.map(String) : 'all',
  };
}

function parsed(text: string | undefined): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The places of a page that have or had comments: `before`, as far as they are among `places`, and those of `comments`.
 * A comment that names no place lies on the page.
 */
export function discussedPlaces(
  page: string,
  comments: readonly Json[],
  before: Holdings['discussed'],
  places: readonly string[],
): Holdings['discussed'] {
  if (before === 'all') return before;
  const there = new Set([page, ...places]);
  const now = comments.filter(isObject).map((comment) => compactId(parentOf(comment).id || page));
  const all = [...new Set([...before.filter((id) => there.has(id)), ...now])].sort();
  return all.length > maxListedPlaces ? 'all' : all;
}
