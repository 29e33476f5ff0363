/** The address of the Notion API: the official one, or a replay or simulator given by the user. */
import { isIP } from 'node:net';
import { KlosetError } from '../../errors.ts';

/** The official API, without `/v1`. */
export const officialApiUrl = 'https://api.notion.com';

/** A checked API address. */
export interface ApiUrl {
  /** Scheme, host, port and path prefix, without `/v1` and without a trailing slash. */
  readonly base: string;
  readonly hostname: string;
  /** True for api.notion.com, whose request budget is documented. */
  readonly isOfficial: boolean;
  readonly isLoopback: boolean;
}

/**
 * Reads an API address given with or without `/v1` and trailing slashes.
 * Clear http is for loopback only, unless `allowInsecureHttp`: every request carries the token.
 * @throws KlosetError `usage` when the address cannot be used.
 */
export function parseApiUrl(text: string, options: { allowInsecureHttp?: boolean } = {}): ApiUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw unusable('is not an http or https address');
  if (url.username !== '' || url.password !== '') throw unusable('must not contain a user name or password');
  if (url.search !== '' || url.hash !== '') throw unusable('must not contain a query or fragment');
  const isLoopback = isLoopbackHost(url.hostname);
  if (url.protocol === 'http:' && !isLoopback && options.allowInsecureHttp !== true) {
    throw unusable('uses http to another machine, which would show the token to everyone on the way');
  }
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '').replace(/\/+$/, '');
  const base = url.origin + path;
  return { base, hostname: url.hostname, isOfficial: base === officialApiUrl, isLoopback };
}

/** True for this machine itself: `localhost`, 127.0.0.0/8, `[::1]`. */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function unusable(why: string): KlosetError {
  // The address itself is left out: people paste tokens into the wrong option.
  return new KlosetError('usage', `The API URL ${why}.`, {
    hint: `Give it as ${officialApiUrl}, or leave it out.`,
  });
}
