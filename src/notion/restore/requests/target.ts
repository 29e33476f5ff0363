/**
 * The workspace a restore writes into: its people, custom emoji, size limits, and the objects outside the restore that
 * still exist and can be referred to. Asked when first needed; the answers lie in the journal.
 */
import type { SnapshotReader } from '../../../document/content.ts';
import type { JsonObject } from '../../../document/json.ts';
import { objectAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import type { NotionApi } from '../../api/api.ts';
import type { Journal } from '../journal/journal.ts';
import { SingleFlight } from '../target/single-flight.ts';
import { TargetEmoji } from '../target/target-emoji.ts';
import { TargetObjects } from '../target/target-objects.ts';
import { TargetPeople } from '../target/target-people.ts';
import { WorkspaceDocument } from '../target/workspace-document.ts';
import type { Conversion } from './conversion.ts';
import type { Reference } from './references.ts';
import { conversionFor, freePlanBytes } from './target-conversion.ts';

export interface TargetOptions {
  readonly api: NotionApi;
  readonly journal: Journal;
  readonly snapshot: SnapshotReader;
  readonly markers: boolean;
}

/** Records how large a file may be, which the API says of the connection's own user, `bot`. */
export function recordLimits(journal: Journal, bot: JsonObject): void {
  const limit = objectAt(objectAt(bot, 'bot'), 'workspace_limits')?.max_file_upload_size_in_bytes;
  journal.setMeta('max file bytes', String(typeof limit === 'number' ? limit : freePlanBytes));
}

export class Target {
  readonly #api: NotionApi;
  readonly #journal: Journal;
  readonly #markers: boolean;
  readonly #people: TargetPeople;
  readonly #emoji: TargetEmoji;
  readonly #objects: TargetObjects;
  readonly #flights = new SingleFlight();

  constructor({ api, journal, snapshot, markers }: TargetOptions) {
    const workspace = new WorkspaceDocument(snapshot);
    this.#api = api;
    this.#journal = journal;
    this.#markers = markers;
    this.#people = new TargetPeople(api, journal.target, workspace);
    this.#emoji = new TargetEmoji(api, journal.target, workspace);
    this.#objects = new TargetObjects(api, journal.target);
  }

  /** Finds out which of `references` exist in the target. @throws KlosetError when Notion cannot be reached */
  async resolve(references: Iterable<Reference>): Promise<void> {
    const asked = new Set<string>();
    for (const reference of references) {
      const key = `${reference.kind} ${reference.id}`;
      if (asked.has(key)) continue;
      asked.add(key);
      await this.#resolve(reference);
    }
  }

  /** Finds out how large a file may be; called before files are converted. */
  async resolveLimits(): Promise<void> {
    if (this.#journal.meta('max file bytes') !== undefined) return;
    await this.#flights.run('limits', async () => {
      recordLimits(
        this.#journal,
        await this.#api.request({ method: 'get', path: 'users/me', effect: 'read' }),
      );
    });
  }

  /** The conversion of the parts of the object in `path`; losses are noted under that path. */
  conversion(path: string): Conversion {
    return conversionFor(this.#journal, path, this.#markers);
  }

  /** The id to write for a data source: the copy's, or the same one when it still exists. */
  async sourceId(source: CompactId): Promise<string | undefined> {
    const copy = this.#journal.ids.copyOf(source);
    if (copy !== undefined || source === '') return copy;
    await this.#objects.resolve('data_source', source);
    return this.#journal.target.presenceOf('data_source', source) === 'present'
      ? dashedId(source)
      : undefined;
  }

  /** The name of a person, as far as the snapshot knows it. */
  nameOf(id: string, comment?: JsonObject): Promise<string> {
    return this.#people.nameOf(compactId(id), comment);
  }

  async #resolve({ kind, id }: Reference): Promise<void> {
    switch (kind) {
      case 'link':
        return;
      case 'user':
        return this.#people.resolve(id);
      case 'emoji':
        return this.#emoji.resolve(id);
      default:
        if (!this.#isRestored(kind, id)) await this.#objects.resolve(kind, id);
    }
  }

  /** Objects of this restore are known by the journal, or will be. */
  #isRestored(kind: 'object' | 'block' | 'comment', id: CompactId): boolean {
    const { ids, blocks, objects } = this.#journal;
    if (ids.copyOf(id) !== undefined) return true;
    return kind === 'block' ? blocks.homeOf(id) !== undefined : objects.has(id);
  }
}
