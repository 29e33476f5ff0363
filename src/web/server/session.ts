/** The right to ask: the browser that was opened with the token, and no other page in it. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** 256 bits: nobody guesses them. */
function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

export class Session {
  /** The secret of the first address. */
  readonly token = newSecret();
  /** The secret of the cookie: not the token, which stands in the history of a terminal. */
  readonly #cookie = newSecret();
  readonly #isSecure: boolean;

  constructor({ isSecure }: { readonly isSecure: boolean }) {
    this.#isSecure = isSecure;
  }

  /** True for the token, compared in constant time. */
  isToken(given: string): boolean {
    return isSame(given, this.token);
  }

  /**
   * The `Set-Cookie` header. Cookies do not know ports (RFC 6265 §8.5): the name holds the port, so that two stores at once do not
   * take each other's.
   */
  cookieHeader(port: number): string {
    const secure = this.#isSecure ? '; Secure' : '';
    return `${cookieName(port)}=${this.#cookie}; Path=/; HttpOnly; SameSite=Strict${secure}`;
  }

  /** True when the browser has our cookie. */
  isKnown({ cookie = '' }: IncomingHttpHeaders, port: number): boolean {
    const name = `${cookieName(port)}=`;
    const given = cookie.split(/;\s*/).find((pair) => pair.startsWith(name));
    return given !== undefined && isSame(given.slice(name.length), this.#cookie);
  }
}

function cookieName(port: number): string {
  return `notion-kloset-${port}`;
}

function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
