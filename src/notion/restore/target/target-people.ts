/** The people of the target workspace: who of the snapshot's people is there, by id or e-mail address. */
import type { JsonObject } from '../../../document/json.ts';
import { objectAt, stringAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import type { NotionApi } from '../../api/api.ts';
import { apiFailureOf } from '../../api/api.ts';
import { list } from '../../api/listing.ts';
import type { TargetFacts } from '../journal/tables/target-facts.ts';
import { SingleFlight } from './single-flight.ts';
import { readPresent } from './target-objects.ts';
import type { WorkspaceDocument } from './workspace-document.ts';

export class TargetPeople {
  readonly #api: NotionApi;
  readonly #facts: TargetFacts;
  readonly #workspace: WorkspaceDocument;
  readonly #flights = new SingleFlight();

  constructor(api: NotionApi, facts: TargetFacts, workspace: WorkspaceDocument) {
    this.#api = api;
    this.#facts = facts;
    this.#workspace = workspace;
  }

  /** Finds the person in the target, unless that was done before. Bots cannot be referred to. */
  async resolve(id: CompactId): Promise<void> {
    if (this.#facts.personFor(id) !== undefined) return;
    await this.#flights.run(id, async () => this.#facts.setPersonFor(id, await this.#find(id)));
  }

  /** The name of a person, as far as the snapshot knows it. */
  async nameOf(id: CompactId, comment?: JsonObject): Promise<string> {
    const user = await this.#workspace.user(id);
    const shown = stringAt(objectAt(comment, 'display_name'), 'resolved_name');
    return stringAt(user, 'name') || shown || 'Somebody';
  }

  async #find(id: CompactId): Promise<string | null> {
    await this.#flights.runOnce('list', () => this.#listPeople());
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
