/** The versions of one object through all snapshots. */
import type { SnapshotReader } from '../../document/content.ts';
import type { Change } from '../../document/diff/change.ts';
import type { DatabaseDocument, PageDocument } from '../../document/documents.ts';
import { documentTitle } from '../../document/title.ts';
import { KlosetError } from '../../errors.ts';
import { absentObjects } from '../documents/not-in-snapshot.ts';
import { readObject } from '../documents/read-document.ts';
import { diffDocuments } from './diff-snapshots.ts';
import type { FoundObject } from './object-finder.ts';
import { ObjectFinder } from './object-finder.ts';

/** A snapshot to look into. */
export interface DatedSnapshot {
  readonly id: string;
  /** ISO time of the backup. */
  readonly time: string;
  open(): Promise<SnapshotReader>;
}

/** The object as one snapshot has it, when that differs from the snapshot before. */
export interface Version {
  readonly snapshot: string;
  readonly time: string;
  /** `unknown`: this snapshot could not read it. */
  readonly kind: 'first' | 'changed' | 'moved' | 'removed' | 'added' | 'unknown';
  readonly title: string;
  /** Path of its directory; the last one known where it is not there. */
  readonly path: string;
  readonly movedFrom?: string;
  readonly reason?: string;
  readonly changes: readonly Change[];
}

/** The document of one version. */
export interface VersionDocument {
  readonly version: Version;
  /** Absent where the object is not there. */
  readonly document?: PageDocument | DatabaseDocument;
}

/** The versions of the object `id`, oldest first. `snapshots` are oldest first. */
export async function* versionsOf(
  snapshots: readonly DatedSnapshot[],
  id: string,
): AsyncGenerator<VersionDocument> {
  let last: (FoundObject & { readonly document: PageDocument | DatabaseDocument }) | undefined;
  const finder = new ObjectFinder(id);
  let state: 'never' | 'there' | 'gone' | 'unknown' = 'never';
  for (const { id: snapshot, time, open } of snapshots) {
    const reader = await open();
    const found = await finder.find(reader);
    const common = { snapshot, time };
    if (found === undefined) {
      if (state === 'never') continue;
      const reason = (await absentObjects(reader)).get(id)?.reason;
      const next = reason === undefined ? 'gone' : 'unknown';
      if (state !== next && last !== undefined) {
        const { path } = last.object;
        const base = { ...common, title: documentTitle(last.document), path, changes: [] };
        yield {
          version: reason === undefined ? { ...base, kind: 'removed' } : { ...base, kind: 'unknown', reason },
        };
      }
      state = next;
      continue;
    }
    const hasMoved = last !== undefined && last.object.parent !== found.object.parent;
    if (last !== undefined && state === 'there' && found.content === last.content && !hasMoved) {
      last = { ...found, document: last.document };
      continue;
    }
    const document =
      last !== undefined && found.content === last.content
        ? last.document
        : await readObject(reader, found.object);
    const changes = last === undefined ? [] : diffDocuments(last.document, document);
    const kind = last === undefined ? 'first' : state === 'gone' ? 'added' : hasMoved ? 'moved' : 'changed';
    if (kind !== 'changed' || changes.length > 0) {
      const movedFrom = hasMoved ? { movedFrom: last?.object.path ?? '' } : {};
      const title = documentTitle(document);
      yield {
        version: { ...common, kind, title, path: found.object.path, ...movedFrom, changes },
        document,
      };
    }
    last = { ...found, document };
    state = 'there';
  }
  if (state === 'never') throw notThere(id);
}

function notThere(id: string): KlosetError {
  return new KlosetError('not-found', `No snapshot has the object ${id}.`, {
    hint: 'Find it with `notion-kloset locate`.',
  });
}
