/** The people of the target workspace: who of the snapshot's people is there, by id or e-mail address. */
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import type { NotionApi } from '../../api/api.ts';
import { apiFailureOf } from '../../api/api.ts';
import { list } from '../../api/listing.ts';
import type { TargetFacts } from '../journal/tables/target-facts.ts';
import { TargetLookup } from './target-lookup.ts';
import { readPresent } from './target-objects.ts';
import type { WorkspaceDocument } from './workspace-document.ts';

export class TargetPeople {
  readonly #api: NotionApi;
  readonly #facts: TargetFacts;
  readonly #workspace: WorkspaceDocument;
  readonly #lookup = new TargetLookup(() => this.#listPeople());

  constructor(api: NotionApi, facts: TargetFacts, workspace: WorkspaceDocument) {
    this.#api = api;
    this.#facts = facts;
    this.#workspace = workspace;
  }

  /** Finds the person in the target, unless that was done before. Bots cannot be referred to. */
  resolve(id: CompactId): Promise<void> {
    return this.#lookup.resolve(id, {
      isKnown: () => this.#facts.personFor(id) !== undefined,
      find: () => this.#find(id),
      keep: (found) => this.#facts.setPersonFor(id, found),
    });
  }

  /** The name of a person, as far as the snapshot knows it. A comment may show a name of its own. */
  async nameOf(id: CompactId, comment?: JsonObject): Promise<string> {
    const display = objectAt(comment, 'display_name');
    const shown = stringAt(display, 'resolved_name');
    if (display?.type === 'custom' && shown !== undefined && shown !== '') return shown;
    const user = await this.#workspace.user(id);
    return stringAt(user, 'name') || shown || 'Somebody';
  }

  async #find(id: CompactId): Promise<string | null> {
    const listed = this.#facts.listedUser(id);
    if (listed !== undefined) return listed === 'person' ? dashedId(id) : null;
    const email = emailOf(await this.#workspace.user(id));
    const same = email === undefined ? undefined : this.#facts.personByEmail(email);
    if (same !== undefined) return same;
    // Guests are not listed, but can be asked for.
    const user = await readPresent(this.#api, `users/${dashedId(id)}`);
    return user?.type === 'person' ? dashedId(id) : null;
  }

  async #listPeople(): Promise<void> {
    try {
      for await (const user of list(this.#api, { method: 'get', path: 'users', effect: 'read' })) {
        const id = stringAt(user, 'id') ?? '';
        this.#facts.addListedUser(compactId(id), user.type === 'person' ? 'person' : 'bot');
        const email = emailOf(user);
        if (email !== undefined) this.#facts.addEmail(email, id);
      }
    } catch (error) {
      // Without the capability to read people, each is asked for by itself.
      if (apiFailureOf(error)?.status !== 403) throw error;
    }
  }
}

function emailOf(user: JsonObject | undefined): string | undefined {
  return stringAt(objectAt(user, 'person'), 'email')?.toLowerCase();
}
