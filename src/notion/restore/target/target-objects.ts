/** Objects outside the restore that can still be referred to in the target: pages, databases, blocks, comments. */
import type { JsonObject } from '../../../document/json.ts';
import { objectAt } from '../../../document/json.ts';
import type { CompactId } from '../../../document/notion-id.ts';
import { dashedId } from '../../../document/notion-id.ts';
import type { NotionApi } from '../../api/api.ts';
import { apiFailureOf } from '../../api/api.ts';
import type { ReferredKind, TargetFacts } from '../journal/tables/target-facts.ts';
import { SingleFlight } from './single-flight.ts';

export class TargetObjects {
  readonly #api: NotionApi;
  readonly #facts: TargetFacts;
  readonly #flights = new SingleFlight();

  constructor(api: NotionApi, facts: TargetFacts) {
    this.#api = api;
    this.#facts = facts;
  }

  /** Asks the target whether it has the object, unless that was done before. */
  async resolve(kind: ReferredKind, id: CompactId): Promise<void> {
    if (this.#facts.presenceOf(kind, id) !== undefined) return;
    await this.#flights.run(`${kind} ${id}`, async () => {
      const exists = await this.#exists(kind, dashedId(id));
      this.#facts.setPresence(kind, id, exists ? 'present' : 'absent');
    });
  }

  async #exists(kind: ReferredKind, id: string): Promise<boolean> {
    switch (kind) {
      case 'data_source':
        return (await readPresent(this.#api, `data_sources/${id}`)) !== undefined;
      case 'comment':
        return (await readPresent(this.#api, `comments/${id}`)) !== undefined;
      case 'block': {
        const block = await readPresent(this.#api, `blocks/${id}`);
        const payload = objectAt(block, 'synced_block');
        return payload !== undefined && payload.synced_from === null;
      }
      case 'object': {
        const page = await readPresent(this.#api, `pages/${id}`);
        return (page ?? (await readPresent(this.#api, `databases/${id}`))) !== undefined;
      }
    }
  }
}

/** The object at `path` of the API; undefined when it cannot be seen or lies in the trash. */
export async function readPresent(api: NotionApi, path: string): Promise<JsonObject | undefined> {
  try {
    const object = await api.request({ method: 'get', path, effect: 'read' });
    return object.in_trash === true ? undefined : object;
  } catch (error) {
    const status = apiFailureOf(error)?.status;
    if (status === 404 || status === 400 || status === 403) return undefined;
    throw error;
  }
}
