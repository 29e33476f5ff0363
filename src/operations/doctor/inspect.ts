/** Shows how snapshots, their files and their folders lie in the store. */
import type { Inspection } from '../../store/inspection/inspection.ts';
import type { SnapshotHeader, SnapshotId, Store } from '../../store/open-store.ts';
import { openPlace } from '../look/open-place.ts';

/** One blob of a content, and the packfile it is read from. */
export interface InspectedChunk {
  readonly id: string;
  /** Undefined when no packfile that is there holds it. */
  readonly pack: string | undefined;
  readonly offset: number | undefined;
  readonly sealedBytes: number | undefined;
  readonly plainBytes: number | undefined;
}

export interface InspectedSnapshot {
  readonly id: SnapshotId;
  readonly header: SnapshotHeader;
  /** The chunks of its root listing. */
  readonly root: readonly InspectedChunk[];
}

export interface InspectedEntry {
  readonly snapshot: SnapshotId;
  readonly path: string;
  readonly type: 'file' | 'directory';
  /** ISO time. */
  readonly modified: string;
  /** Bytes of the file, or of the listing of the folder. */
  readonly size: number;
  /** The Notion object that a folder stands for. */
  readonly object?: { readonly id: string; readonly kind: string; readonly edited: string };
  readonly chunks: readonly InspectedChunk[];
}

/** The snapshot that `word` means. @throws KlosetError as `openPlace` does */
export async function inspectSnapshot(store: Store, word: string): Promise<InspectedSnapshot> {
  const { snapshot } = await openPlace(store, word);
  const inspection = await store.inspect();
  const { id, header } = snapshot;
  return { id, header, root: chunksOf(inspection, header.root.chunks) };
}

/** The entry that `word` means. @throws KlosetError as `openPlace` does */
export async function inspectEntry(store: Store, word: string): Promise<InspectedEntry> {
  const { snapshot, entry } = await openPlace(store, word);
  const stored = await snapshot.treeEntry(entry.path);
  const inspection = await store.inspect();
  const { path, type, modified } = entry;
  return {
    snapshot: snapshot.id,
    path,
    type,
    modified,
    size: stored?.content.size ?? 0,
    ...(entry.type === 'directory' && entry.object !== undefined ? { object: entry.object } : {}),
    chunks: chunksOf(inspection, stored?.content.chunks ?? []),
  };
}

function chunksOf(inspection: Inspection, ids: readonly string[]): InspectedChunk[] {
  return ids.map((id) => {
    const [place] = inspection.placesOf(id);
    const { packId: pack, offset, sealedBytes, plainBytes } = place ?? {};
    return { id, pack, offset, sealedBytes, plainBytes };
  });
}
