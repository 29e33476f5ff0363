/**
 * What the restore knows of the workspace it writes into: its people, custom emoji, size limits, and which objects that
 * are not restored are still there to be pointed at. Asked for when first needed, and kept in the journal.
 */
import type { SnapshotReader } from '../../../document/content.ts';
import type { JsonObject } from '../../../document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../document/json.ts';
import { compactId, dashedId } from '../../../document/notion-id.ts';
import type { NotionApi } from '../../api/api.ts';
import { apiFailureOf } from '../../api/api.ts';
import { list } from '../../api/listing.ts';
import type { Journal } from '../journal/journal.ts';
import type { CommentLink, Conversion } from './conversion.ts';
import { storedFile } from './conversion.ts';
import type { Reference } from './references.ts';
import { readObject } from './snapshot-documents.ts';

/** The free plan's limit: what any workspace takes. */
const freePlanBytes = 5 * 1024 * 1024;

export interface TargetOptions {
  readonly api: NotionApi;
  readonly journal: Journal;
  readonly snapshot: SnapshotReader;
  readonly markers: boolean;
}

export class Target {
  readonly #api: NotionApi;
  readonly #journal: Journal;
  readonly #snapshot: SnapshotReader;
  readonly #markers: boolean;
  readonly #asking = new Map<string, Promise<void>>();
  #workspace: Promise<JsonObject | undefined> | undefined;

  constructor({ api, journal, snapshot, markers }: TargetOptions) {
    this.#api = api;
    this.#journal = journal;
    this.#snapshot = snapshot;
    this.#markers = markers;
  }

  /** Finds out what can be pointed at among `references`. @throws KlosetError when Notion cannot be reached */
  async learn(references: Iterable<Reference>): Promise<void> {
    const asked = new Set<string>();
    for (const reference of references) {
      const key = `${reference.kind} ${reference.id}`;
      if (reference.kind === 'link' || asked.has(key)) continue;
      asked.add(key);
      await this.#learn(reference);
    }
  }

  /** Finds out how large a file may be; called before files are converted. */
  async learnLimits(): Promise<void> {
    if (this.#journal.meta('max file bytes') !== undefined) return;
    await this.#once('limits', async () => {
      const bot = await this.#api.request({ method: 'get', path: 'users/me', effect: 'read' });
      const limit = objectAt(objectAt(bot, 'bot'), 'workspace_limits')?.max_file_upload_size_in_bytes;
      this.#journal.setMeta('max file bytes', String(typeof limit === 'number' ? limit : freePlanBytes));
    });
  }

  /** How the parts of the object in `path` are converted; what is lost is noted under that path. */
  conversion(path: string): Conversion {
    const journal = this.#journal;
    const wanted = journal.prepare<[string], string>('SELECT block FROM wanted WHERE block = ?').pluck();
    return {
      object: (id) => journal.newId(id) ?? (this.#isThere(id) ? dashedId(id) : undefined),
      commentLink: (block, comment) => this.#commentLink(block, comment),
      person: (id) => journal.seen('user', compactId(id)) || undefined,
      customEmoji: (id) => journal.seen('emoji', compactId(id)) || undefined,
      customEmojiFile: (id) => this.#emojiFile(id),
      maxFileBytes: Number(journal.meta('max file bytes') ?? freePlanBytes),
      markers: this.#markers,
      note: (outcome, kind, id, reason) => journal.note({ id: compactId(id), kind, outcome, reason, path }),
      wantsId: (block) => wanted.get(compactId(block)) !== undefined,
      attach: () => {},
    };
  }

  /** The id to write for a data source: the copy's, or the same one when it is still there. */
  async sourceId(source: string): Promise<string | undefined> {
    const copy = this.#journal.newId(source);
    if (copy !== undefined || source === '') return copy;
    await this.#once(`data_source ${source}`, async () => {
      const found = await this.#get(`data_sources/${dashedId(source)}`);
      this.#journal.setSeen('data_source', source, found === undefined ? 'gone' : 'there');
    });
    return this.#journal.seen('data_source', source) === 'there' ? dashedId(source) : undefined;
  }

  /** What a person was called, as far as the snapshot knows. */
  async nameOf(id: string, comment?: JsonObject): Promise<string> {
    const workspace = await this.#readWorkspace();
    const user = arrayAt(workspace, 'users').find(
      (known) => compactId(stringAt(known, 'id') ?? '') === compactId(id),
    );
    const shown = stringAt(objectAt(comment, 'display_name'), 'resolved_name');
    return stringAt(user, 'name') || shown || 'Somebody';
  }

  #isThere(id: string): boolean {
    const key = compactId(id);
    return (['object', 'block'] as const).some((kind) => this.#journal.seen(kind, key) === 'there');
  }

  #commentLink(block: string, comment: string): CommentLink | undefined {
    const fresh = this.#journal.newId(comment);
    if (fresh !== undefined) return { payload: { type: 'comment_id', comment_id: fresh }, toOriginal: false };
    const page = this.#journal
      .prepare<[string], string>('SELECT page FROM comment_link WHERE block = ?')
      .pluck()
      .get(compactId(block));
    const seen = this.#journal.seen('comment', compactId(comment));
    if (seen === 'there' || seen === 'kept')
      return {
        payload: { type: 'comment_id', comment_id: dashedId(comment) },
        toOriginal: seen === 'there' && page === undefined,
      };
    const home = page === undefined ? undefined : this.#journal.newId(page);
    return home === undefined
      ? undefined
      : { payload: { type: 'page_id', page_id: home }, toOriginal: false };
  }

  #emojiFile(id: string): JsonObject | undefined {
    const text = this.#journal.seen('emoji file', compactId(id));
    const file: unknown = text === undefined ? undefined : JSON.parse(text);
    return isObject(file) ? file : undefined;
  }

  async #learn(reference: Reference): Promise<void> {
    const { kind, id } = reference;
    if (this.#journal.seen(kind, id) !== undefined || this.#isRestored(reference)) return;
    await this.#once(`${kind} ${id}`, async () => {
      const value = await this.#find(reference);
      this.#journal.setSeen(kind, id, value);
    });
  }

  /** Objects of this restore are known by the journal, or will be. */
  #isRestored({ kind, id }: Reference): boolean {
    if (kind === 'user' || kind === 'emoji') return false;
    if (this.#journal.newId(id) !== undefined) return true;
    const table =
      kind === 'block'
        ? 'SELECT block FROM block_home WHERE block = ?'
        : 'SELECT id FROM object WHERE id = ?';
    return this.#journal.prepare<[string], string>(table).pluck().get(id) !== undefined;
  }

  async #find({ kind, id }: Reference): Promise<string> {
    const dashed = dashedId(id);
    switch (kind) {
      case 'user':
        return this.#findPerson(id);
      case 'emoji':
        return this.#findEmoji(id);
      case 'comment':
        return (await this.#get(`comments/${dashed}`)) === undefined ? 'gone' : 'there';
      case 'block': {
        const block = await this.#get(`blocks/${dashed}`);
        const payload = objectAt(block, 'synced_block');
        return payload !== undefined && payload.synced_from === null ? 'there' : 'gone';
      }
      default: {
        const object = (await this.#get(`pages/${dashed}`)) ?? (await this.#get(`databases/${dashed}`));
        return object === undefined ? 'gone' : 'there';
      }
    }
  }

  /** The object, unless it cannot be seen or lies in the trash. */
  async #get(path: string): Promise<JsonObject | undefined> {
    try {
      const object = await this.#api.request({ method: 'get', path, effect: 'read' });
      return object.in_trash === true ? undefined : object;
    } catch (error) {
      const status = apiFailureOf(error)?.status;
      if (status === 404 || status === 400 || status === 403) return undefined;
      throw error;
    }
  }

  /** The person's id in the target: the same, or by e-mail; empty when nobody is found. Bots cannot be pointed at. */
  async #findPerson(id: string): Promise<string> {
    await this.#once('people', () => this.#listPeople());
    const listed = this.#journal.seen('listed user', id);
    if (listed !== undefined) return listed === 'person' ? dashedId(id) : '';
    const mail = this.#mailOf(id, await this.#readWorkspace());
    const same = mail === undefined ? undefined : this.#journal.seen('mail', mail);
    if (same !== undefined) return same;
    // Guests are not listed, but can be asked for.
    const user = await this.#get(`users/${dashedId(id)}`);
    return user?.type === 'person' ? dashedId(id) : '';
  }

  async #listPeople(): Promise<void> {
    try {
      for await (const user of list(this.#api, { method: 'get', path: 'users', effect: 'read' })) {
        const id = stringAt(user, 'id') ?? '';
        this.#journal.setSeen('listed user', compactId(id), user.type === 'person' ? 'person' : 'bot');
        const mail = stringAt(objectAt(user, 'person'), 'email');
        if (mail !== undefined) this.#journal.setSeen('mail', mail.toLowerCase(), id);
      }
    } catch (error) {
      // Without the capability to read people, each is asked for by itself.
      if (apiFailureOf(error)?.status !== 403) throw error;
    }
  }

  #mailOf(id: string, workspace: JsonObject | undefined): string | undefined {
    const user = arrayAt(workspace, 'users').find((known) => compactId(stringAt(known, 'id') ?? '') === id);
    return stringAt(objectAt(user, 'person'), 'email')?.toLowerCase();
  }

  /** The emoji's id in the target: the same, or that of the same name; empty when there is none. */
  async #findEmoji(id: string): Promise<string> {
    await this.#once('emojis', async () => {
      for await (const emoji of list(this.#api, { method: 'get', path: 'custom_emojis', effect: 'read' })) {
        const known = stringAt(emoji, 'id') ?? '';
        this.#journal.setSeen('listed emoji', compactId(known), 'there');
        this.#journal.setSeen('emoji name', stringAt(emoji, 'name') ?? '', known);
      }
    });
    if (this.#journal.seen('listed emoji', id) !== undefined) return dashedId(id);
    const workspace = await this.#readWorkspace();
    const old = arrayAt(workspace, 'custom_emojis').find(
      (known) => compactId(stringAt(known, 'id') ?? '') === id,
    );
    const same = this.#journal.seen('emoji name', stringAt(old, 'name') ?? '');
    if (same === undefined && isObject(old) && storedFile(old) !== undefined)
      this.#journal.setSeen('emoji file', id, JSON.stringify(old));
    return same ?? '';
  }

  #readWorkspace(): Promise<JsonObject | undefined> {
    this.#workspace ??= readObject(this.#snapshot, '/workspace.json').catch(() => undefined);
    return this.#workspace;
  }

  /** Runs `ask` once at a time for each key; whoever asks meanwhile waits for the same answer. */
  #once(key: string, ask: () => Promise<void>): Promise<void> {
    const running = this.#asking.get(key);
    if (running !== undefined) return running;
    const started = ask();
    this.#asking.set(key, started);
    // What was learnt is in the journal; only lists are kept from being asked for again.
    const forget = (): void => void this.#asking.delete(key);
    if (key.includes(' ')) started.then(forget, forget);
    else started.catch(forget);
    return started;
  }
}
