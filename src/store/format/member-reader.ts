/** Reads members of untrusted JSON; whatever is missing, of another type, too long or left over is an integrity error. */
import type { Json, JsonObject } from '../../document/json.ts';
import { isObject } from '../../document/json.ts';
import type { KlosetError } from '../../errors.ts';
import { damaged } from './damaged.ts';

/** Text of any characters, line breaks included. */
export const anyText = /^/;

/** An ISO 8601 time in UTC as Date.toISOString writes it. */
export const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export class MemberReader {
  readonly #value: JsonObject;
  readonly #what: string;
  readonly #unread: Set<string>;

  /** `what` names the object in errors. */
  constructor(value: Json | undefined, what: string) {
    if (!isObject(value)) throw damaged(what, 'an object is missing');
    this.#value = value;
    this.#what = what;
    this.#unread = new Set(Object.keys(value));
  }

  has(name: string): boolean {
    return this.#unread.has(name);
  }

  /** The member as it is: for values that others read. */
  json(name: string): Json | undefined {
    this.#unread.delete(name);
    return Object.hasOwn(this.#value, name) ? this.#value[name] : undefined;
  }

  /** Text that matches `pattern`, of at most `maxLength` UTF-16 code units. */
  text(name: string, pattern: RegExp, maxLength = 1000): string {
    const member = this.json(name);
    if (typeof member === 'string' && member.length <= maxLength && pattern.test(member)) return member;
    throw this.invalid(name);
  }

  /** A time of {@link isoTime} that exists: not the 30th of February. */
  time(name: string): string {
    const member = this.text(name, isoTime);
    const ms = Date.parse(member);
    if (!Number.isNaN(ms) && new Date(ms).toISOString() === member) return member;
    throw this.invalid(name);
  }

  /** `bytes` bytes as hex digits. */
  hex(name: string, bytes: number): string {
    return this.text(name, new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
  }

  hexOrNull(name: string, bytes: number): string | null {
    return this.#value[name] === null ? this.#null(name) : this.hex(name, bytes);
  }

  /** Exactly one of `options`. */
  oneOf<T extends string>(name: string, options: readonly T[]): T {
    const member = this.json(name);
    const found = options.find((option) => option === member);
    if (found !== undefined) return found;
    throw this.invalid(name);
  }

  flag(name: string): boolean {
    const member = this.json(name);
    if (typeof member === 'boolean') return member;
    throw this.invalid(name);
  }

  flagOrNull(name: string): boolean | null {
    return this.#value[name] === null ? this.#null(name) : this.flag(name);
  }

  /** A whole number from 0. */
  number(name: string): number {
    const member = this.json(name);
    if (typeof member === 'number' && Number.isSafeInteger(member) && member >= 0) return member;
    throw this.invalid(name);
  }

  /** Whole numbers by name. */
  numbers(name: string): Record<string, number> {
    const member = this.json(name);
    const numbers = new MemberReader(member, this.#what);
    return Object.fromEntries(Object.keys(numbers.#value).map((key) => [key, numbers.number(key)]));
  }

  list(name: string, maxItems: number): Json[] {
    const member = this.json(name);
    if (Array.isArray(member) && member.length <= maxItems) return member;
    throw this.invalid(name);
  }

  /** A list of which `is` accepts every item. */
  listOf<T extends string>(name: string, maxItems: number, is: (item: unknown) => item is T): T[] {
    const items: unknown[] = this.list(name, maxItems);
    if (items.every(is)) return items;
    throw this.invalid(name);
  }

  /** A list of such lists, of at most `maxItems` items each. */
  lists<T extends string>(name: string, maxItems: number, is: (item: unknown) => item is T): T[][] {
    return this.list(name, Number.POSITIVE_INFINITY).map((item) =>
      new MemberReader({ [name]: item }, this.#what).listOf(name, maxItems, is),
    );
  }

  object(name: string): MemberReader {
    return new MemberReader(this.json(name), this.#what);
  }

  /** Refuses members nobody asked for. */
  end(): void {
    const [left] = this.#unread;
    if (left !== undefined) throw damaged(this.#what, `its member ${JSON.stringify(left)} is unknown`);
  }

  invalid(name: string): KlosetError {
    return damaged(this.#what, `its member "${name}" is missing or not valid`);
  }

  #null(name: string): null {
    this.#unread.delete(name);
    return null;
  }
}

export function isText(item: unknown): item is string {
  return typeof item === 'string';
}
