/** Facts about the target workspace: which objects outside the restore exist there, its people and its custom emoji. */
import type { JsonObject } from '../../../../document/json.ts';
import { isObject } from '../../../../document/json.ts';
import type { CompactId } from '../../../../document/notion-id.ts';
import { compactId } from '../../../../document/notion-id.ts';
import type { FactTable } from './facts.ts';

/** Kinds of things outside the restore that can be referred to. */
export type ReferredKind = 'object' | 'block' | 'comment' | 'data_source';

/**
 * `unchanged` is a comment of a page that a restore in place leaves where it is; `present` and `absent` are what the
 * target answered.
 */
export type Presence = 'present' | 'absent' | 'unchanged';

export class TargetFacts {
  readonly #facts: FactTable;

  constructor(facts: FactTable) {
    this.#facts = facts;
  }

  /** The presence of a thing in the target; undefined as long as nobody asked. */
  presenceOf(kind: ReferredKind, id: CompactId): Presence | undefined {
    const value = this.#facts.get(kind, id);
    return value === 'present' || value === 'absent' || value === 'unchanged' ? value : undefined;
  }

  setPresence(kind: ReferredKind, id: CompactId, presence: Presence): void {
    this.#facts.set(kind, id, presence);
  }

  /** Pages and databases outside the restore that are there. */
  presentObjects(): CompactId[] {
    const found = this.#facts.all('object').filter(({ value }) => value === 'present');
    return found.map(({ id }) => compactId(id));
  }

  /** The person's id in the target; null when nobody there is the same person, undefined as long as nobody asked. */
  personFor(id: CompactId): string | null | undefined {
    return this.#idFor('user', id);
  }

  /** Everybody who was looked for, with the id of the same person in the target, or null. */
  people(): { readonly old: CompactId; readonly fresh: string | null }[] {
    return this.#facts
      .all('user')
      .map(({ id, value }) => ({ old: compactId(id), fresh: value === '' ? null : value }));
  }

  setPersonFor(id: CompactId, person: string | null): void {
    this.#facts.set('user', id, person ?? '');
  }

  /** The entry of the target's list of people. */
  listedUser(id: CompactId): 'person' | 'bot' | undefined {
    const value = this.#facts.get('listed user', id);
    return value === 'person' || value === 'bot' ? value : undefined;
  }

  /** The id of the listed person with this e-mail address. */
  personByEmail(email: string): string | undefined {
    return this.#facts.get('email', email);
  }

  addListedUser(id: CompactId, type: 'person' | 'bot'): void {
    this.#facts.set('listed user', id, type);
  }

  addEmail(email: string, person: string): void {
    this.#facts.set('email', email, person);
  }

  /** The emoji's id in the target; null when there is none like it, undefined as long as nobody asked. */
  emojiFor(id: CompactId): string | null | undefined {
    return this.#idFor('emoji', id);
  }

  /** Emoji that the target lacks. */
  absentEmoji(): CompactId[] {
    const found = this.#facts.all('emoji').filter(({ value }) => value === '');
    return found.map(({ id }) => compactId(id));
  }

  setEmojiFor(id: CompactId, emoji: string | null): void {
    this.#facts.set('emoji', id, emoji ?? '');
  }

  addListedEmoji(id: CompactId, name: string, emoji: string): void {
    this.#facts.set('listed emoji', id, name);
    this.#facts.set('emoji name', name, emoji);
  }

  isEmojiListed(id: CompactId): boolean {
    return this.#facts.has('listed emoji', id);
  }

  /** The id of the listed emoji with this name. */
  emojiByName(name: string): string | undefined {
    return this.#facts.get('emoji name', name);
  }

  /** The snapshot's file with the picture of an emoji that the target lacks. */
  emojiFile(id: CompactId): JsonObject | undefined {
    const text = this.#facts.get('emoji file', id);
    const file: unknown = text === undefined ? undefined : JSON.parse(text);
    return isObject(file) ? file : undefined;
  }

  setEmojiFile(id: CompactId, file: JsonObject): void {
    this.#facts.set('emoji file', id, JSON.stringify(file));
  }

  #idFor(kind: string, id: CompactId): string | null | undefined {
    const value = this.#facts.get(kind, id);
    return value === '' ? null : value;
  }
}
