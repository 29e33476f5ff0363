/**
 * Copies that earlier restores in place created of objects that were deleted for good. A copy that is still there stands
 * for its original: the original is not created a second time, and its copy is compared with the snapshot.
 */
import type { SnapshotReader, StoredContent, WalkedEntry } from '../../../document/content.ts';
import type { Json } from '../../../document/json.ts';
import { isObject, stringAt } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import type { NotionApi } from '../../api/api.ts';
import type { IdKind, PropertyPair } from '../journal/tables/ids.ts';
import { readObject } from '../snapshot/snapshot-documents.ts';
import { ask } from './present-state.ts';

/** Copies that earlier restores in place created of what was gone. */
export interface EarlierCopies {
  readonly objects: readonly EarlierCopy[];
  /** The newest first. */
  readonly properties: readonly PropertyPair[];
}

/** An original and a copy that an earlier restore in place created of it; compact ids. */
export interface EarlierCopy {
  readonly old: string;
  readonly fresh: string;
  readonly kind: IdKind;
}

/**
 * The copies that stand for their originals today, by the originals' ids: those whose original is gone while they are
 * there. A copy of a copy stands for the first original.
 * @param present the state now; an object that it does not have is asked for
 */
export async function standingCopies(
  api: NotionApi,
  copies: readonly EarlierCopy[],
  present: SnapshotReader | undefined,
): Promise<ReadonlyMap<string, string>> {
  const standing = new Map<string, string>();
  if (copies.length === 0) return standing;
  const wanted = new Set(copies.flatMap(({ old, fresh }) => [old, fresh]));
  const seen = present === undefined ? new Set<string>() : await idsIn(present, wanted);
  const isThere = async (id: string, kind: string): Promise<boolean> => {
    if (seen.has(id)) return true;
    if (kind !== 'page' && kind !== 'database') return false;
    return (await ask(api, `${kind}s/${dashedId(id)}`)) !== undefined;
  };
  const byOriginal = new Map<string, EarlierCopy[]>();
  for (const copy of copies) byOriginal.set(copy.old, [...(byOriginal.get(copy.old) ?? []), copy]);
  for (const [old, [first]] of byOriginal) {
    if (first === undefined || (await isThere(old, first.kind))) continue;
    for (const fresh of chainOf(old, byOriginal))
      if (await isThere(fresh, first.kind)) {
        standing.set(old, fresh);
        break;
      }
  }
  return standing;
}

/** Those of `copies` that are copies of `old`, or copies of its copies. */
export function copiesOf(old: string, copies: readonly EarlierCopy[]): EarlierCopy[] {
  const originals = new Set([old]);
  for (const id of originals) for (const copy of copies) if (copy.old === id) originals.add(copy.fresh);
  return copies.filter((copy) => originals.has(copy.old));
}

/** Copies of an original, and copies of those, nearest first. */
function chainOf(old: string, byOriginal: ReadonlyMap<string, readonly EarlierCopy[]>): string[] {
  const found = new Set<string>([old]);
  for (const id of found) for (const { fresh } of byOriginal.get(id) ?? []) found.add(fresh);
  found.delete(old);
  return [...found];
}

const kinds: ReadonlySet<string> = new Set(['page', 'database', 'data_source', 'block', 'view', 'comment']);

/** Those of `wanted` that are ids of objects in the snapshot; naming one is not enough. */
async function idsIn(snapshot: SnapshotReader, wanted: ReadonlySet<string>): Promise<Set<string>> {
  const seen = new Set<string>();
  const visit = (value: Json): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (!isObject(value)) return;
    const id = compactId(stringAt(value, 'id') ?? '');
    if (kinds.has(stringAt(value, 'object') ?? '') && wanted.has(id)) seen.add(id);
    for (const member of Object.values(value)) visit(member);
  };
  for await (const entry of snapshot.walk('/'))
    if (entry.type === 'file' && isDocument(entry.path))
      visit((await readObject(snapshot, entry.path)) ?? {});
  return seen;
}

function isDocument(path: string): boolean {
  return /\/(page|database)\.json$/.test(path);
}

/** The snapshot as if it had been taken of the copies: their ids stand in place of the originals'. */
export class SnapshotOfCopies implements SnapshotReader {
  readonly id: string;
  readonly #snapshot: SnapshotReader;
  readonly #copies: ReadonlyMap<string, string>;
  /** First blobs of documents; media are given as they are. */
  readonly #documents = new Set<string>();

  constructor(snapshot: SnapshotReader, copies: ReadonlyMap<string, string>) {
    this.id = snapshot.id;
    this.#snapshot = snapshot;
    this.#copies = copies;
  }

  async entry(path: string): Promise<WalkedEntry | undefined> {
    const entry = await this.#snapshot.entry(path);
    return entry === undefined ? undefined : this.translated(entry);
  }

  async *list(path: string): AsyncIterable<WalkedEntry> {
    for await (const entry of this.#snapshot.list(path)) yield this.translated(entry);
  }

  async *walk(path: string): AsyncIterable<WalkedEntry> {
    for await (const entry of this.#snapshot.walk(path)) yield this.translated(entry);
  }

  async *read(content: StoredContent): AsyncIterable<Uint8Array> {
    if (!this.#documents.has(content.chunks.join())) {
      yield* this.#snapshot.read(content);
      return;
    }
    const parts: Uint8Array[] = [];
    for await (const part of this.#snapshot.read(content)) parts.push(part);
    const text = Buffer.concat(parts).toString('utf8');
    // Ids keep their length, so the size stays what the entry says.
    yield Buffer.from(
      text.replace(/[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}/g, (id) => {
        const copy = this.#copies.get(compactId(id));
        if (copy === undefined) return id;
        return id.includes('-') ? dashedId(copy) : copy;
      }),
    );
  }

  /** An entry of the snapshot under the ids of the copies. */
  translated(entry: WalkedEntry): WalkedEntry {
    if (entry.type === 'file') {
      if (isDocument(entry.path)) this.#documents.add(entry.content.chunks.join());
      return entry;
    }
    const copy = this.#copies.get(entry.object?.id ?? '');
    return entry.object === undefined || copy === undefined
      ? entry
      : { ...entry, object: { ...entry.object, id: copy } };
  }
}
