/**
 * The framing of the clear files of a store (CONFIG, key slots): one line of canonical JSON, one line with its
 * SHA-256. Anybody can compute the digest, so it proves nothing about an attacker; it tells damage apart from a wrong
 * passphrase or a newer version before any key is at hand. Every version of the format keeps this framing.
 */
import type { Json, JsonObject } from '../../document/json.ts';
import { isObject } from '../../document/json.ts';
import { KlosetError } from '../../errors.ts';
import { hexOf } from '../crypto/hex.ts';
import { sha256 } from '../crypto/primitives.ts';
import { canonicalJson, parseCanonicalJson, utf8Text } from './canonical-json.ts';

/** No such file is larger; a larger one is not parsed. */
export const checkedJsonMostBytes = 1024 * 1024;

export function encodeCheckedJson(value: JsonObject): Uint8Array {
  const line = canonicalJson(value);
  return new TextEncoder().encode(`${line}\n${digestOf(line)}\n`);
}

/**
 * Parses untrusted bytes and checks who wrote them: `magic` says what the file is, `version` that we can read it.
 * @throws KlosetError integrity when damaged, incompatible when another version wrote it
 */
export function parseCheckedJson(bytes: Uint8Array, magic: string, what: string): JsonObject {
  if (bytes.length > checkedJsonMostBytes) throw damaged(what, `${bytes.length} bytes are too many`);
  const [line = '', digest, end, ...more] = utf8Text(bytes, what).split('\n');
  if (end !== '' || more.length > 0) throw damaged(what, 'it does not have two lines');
  if (digest !== digestOf(line)) throw damaged(what, 'its checksum does not hold');
  const value = parseCanonicalJson(line, what);
  if (!isObject(value) || value.magic !== magic) throw damaged(what, `it is no ${magic}`);
  checkVersion(value.version, what);
  return value;
}

/** The version of everything this module frames. */
export const formatVersion = 1;

function checkVersion(version: Json | undefined, what: string): void {
  if (version === formatVersion) return;
  throw new KlosetError(
    'incompatible',
    `${what} has format version ${JSON.stringify(version)}; this program reads 1.`,
    {
      hint: 'Install the version of notion-kloset that wrote it, or a newer one.',
    },
  );
}

function digestOf(line: string): string {
  return hexOf(sha256(new TextEncoder().encode(line)));
}

export function damaged(what: string, problem: string): KlosetError {
  return new KlosetError('integrity', `${what} is damaged: ${problem}.`, {
    hint: 'Run `notion-kloset check`.',
  });
}

/** Reads members of untrusted JSON; whatever is missing, of another type or left over is an integrity error. */
export class MemberReader {
  readonly #value: JsonObject;
  readonly #what: string;
  readonly #unread: Set<string>;

  constructor(value: Json | undefined, what: string) {
    if (!isObject(value)) throw damaged(what, 'an object is missing');
    this.#value = value;
    this.#what = what;
    this.#unread = new Set(Object.keys(value));
  }

  /** The member as text that matches `pattern`. */
  text(name: string, pattern: RegExp): string {
    const member = this.#take(name);
    if (typeof member === 'string' && member.length <= 1000 && pattern.test(member)) return member;
    throw damaged(this.#what, `its member "${name}" is not right`);
  }

  /** `bytes` bytes as hex digits. */
  hex(name: string, bytes: number): string {
    return this.text(name, new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
  }

  /** The member as exactly one of `options`. */
  oneOf<T extends string>(name: string, options: readonly T[]): T {
    const member = this.#take(name);
    const found = options.find((option) => option === member);
    if (found !== undefined) return found;
    throw damaged(this.#what, `its member "${name}" is not right`);
  }

  /** A whole number from 0. */
  number(name: string): number {
    const member = this.#take(name);
    if (typeof member === 'number' && Number.isSafeInteger(member) && member >= 0) return member;
    throw damaged(this.#what, `its member "${name}" is no number`);
  }

  list(name: string, most: number): Json[] {
    const member = this.#take(name);
    if (Array.isArray(member) && member.length <= most) return member;
    throw damaged(this.#what, `its member "${name}" is no list`);
  }

  object(name: string): MemberReader {
    return new MemberReader(this.#take(name), this.#what);
  }

  has(name: string): boolean {
    return this.#unread.has(name);
  }

  /** Refuses members nobody asked for. */
  end(): void {
    const [left] = this.#unread;
    if (left !== undefined) throw damaged(this.#what, `its member ${JSON.stringify(left)} is unknown`);
  }

  #take(name: string): Json | undefined {
    this.#unread.delete(name);
    return Object.hasOwn(this.#value, name) ? this.#value[name] : undefined;
  }
}

/** An ISO 8601 time in UTC as Date.toISOString writes it. */
export const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
