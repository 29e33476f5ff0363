/** The `workspace.json` of a snapshot: the people and custom emoji of the workspace it was taken of. */
import type { SnapshotReader } from '../../../document/content.ts';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId } from '../../../document/notion-id.ts';
import { isKlosetError } from '../../../errors.ts';
import { readObject } from '../snapshot/snapshot-documents.ts';

export class WorkspaceDocument {
  readonly #snapshot: SnapshotReader;
  #document: Promise<JsonObject | undefined> | undefined;

  constructor(snapshot: SnapshotReader) {
    this.#snapshot = snapshot;
  }

  user(id: CompactId): Promise<JsonObject | undefined> {
    return this.#find('users', id);
  }

  customEmoji(id: CompactId): Promise<JsonObject | undefined> {
    return this.#find('custom_emojis', id);
  }

  async #find(list: 'users' | 'custom_emojis', id: CompactId): Promise<JsonObject | undefined> {
    // Snapshots of a part of a workspace may lack it, and a damaged one is for `check` to name.
    this.#document ??= readObject(this.#snapshot, '/workspace.json').catch((error) => {
      if (!isKlosetError(error, 'integrity')) throw error;
      return undefined;
    });
    return arrayAt(await this.#document, list)
      .filter(isObject)
      .find((known) => compactId(stringAt(known, 'id') ?? '') === id);
  }
}
