/** The custom emoji of the target workspace: which of the snapshot's emoji it has, by id or name. */
import { stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import type { NotionApi } from '../../api/api.ts';
import { list } from '../../api/listing.ts';
import type { TargetFacts } from '../journal/tables/target-facts.ts';
import { storedFile } from '../snapshot/stored-file.ts';
import { TargetLookup } from './target-lookup.ts';
import type { WorkspaceDocument } from './workspace-document.ts';

export class TargetEmoji {
  readonly #api: NotionApi;
  readonly #facts: TargetFacts;
  readonly #workspace: WorkspaceDocument;
  readonly #lookup = new TargetLookup(() => this.#listEmoji());

  constructor(api: NotionApi, facts: TargetFacts, workspace: WorkspaceDocument) {
    this.#api = api;
    this.#facts = facts;
    this.#workspace = workspace;
  }

  /** Finds the emoji in the target, unless that was done before; else the snapshot's picture of it. */
  resolve(id: CompactId): Promise<void> {
    return this.#lookup.resolve(id, {
      isKnown: () => this.#facts.emojiFor(id) !== undefined,
      find: () => this.#find(id),
      keep: (found) => this.#facts.setEmojiFor(id, found),
    });
  }

  async #find(id: CompactId): Promise<string | null> {
    if (this.#facts.isEmojiListed(id)) return dashedId(id);
    const original = await this.#workspace.customEmoji(id);
    const same = this.#facts.emojiByName(stringAt(original, 'name') ?? '');
    if (same !== undefined) return same;
    if (original !== undefined && storedFile(original) !== undefined) this.#facts.setEmojiFile(id, original);
    return null;
  }

  async #listEmoji(): Promise<void> {
    for await (const emoji of list(this.#api, { method: 'get', path: 'custom_emojis', effect: 'read' })) {
      const id = stringAt(emoji, 'id') ?? '';
      this.#facts.addListedEmoji(compactId(id), stringAt(emoji, 'name') ?? '', id);
    }
  }
}
