/** Refuses requests that no page of ours sends: other methods, foreign hosts (DNS rebinding) and origins, odd addresses. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { words } from '../words.ts';

/** A refusal: its status and the reason in words. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

export interface Place {
  readonly scheme: 'http' | 'https';
  readonly port: number;
  /** The host it was told to listen on, as given. */
  readonly host: string;
}

const maxAddress = 8192;

/** The reason to refuse `request`; undefined for one that may go on. */
export function refusalOf(request: IncomingMessage, place: Place): Refusal | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, reason: words.refused.method };
  if ((request.url ?? '').length > maxAddress) return { status: 414, reason: words.refused.longAddress };
  const { host, origin } = request.headers;
  if (host === undefined || !isOwnHost(host, request.socket.localAddress ?? '', place))
    return { status: 403, reason: words.refused.host };
  if (origin !== undefined && origin !== `${place.scheme}://${host}`)
    return { status: 403, reason: words.refused.origin };
  return undefined;
}

/** True for a request that another page, or a page of another port of this machine, makes the browser send. */
export function isFromElsewhere({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/**
 * True for the address that answers, for the host that was given, and for `localhost` on loopback. A name that somebody's
 * DNS points here is none of them.
 */
function isOwnHost(header: string, localAddress: string, { port, host, scheme }: Place): boolean {
  const usual = scheme === 'https' ? 443 : 80;
  const [, name = '', digits] = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d+))?$/i.exec(header) ?? [];
  if (Number(digits ?? usual) !== port) return false;
  const asked = name.replace(/^\[|\]$/g, '').toLowerCase();
  const own = localAddress.replace(/^::ffff:/i, '').toLowerCase();
  if (asked === own || (isIP(host) === 0 && asked === host.toLowerCase())) return true;
  return asked === 'localhost' && isLoopback(own);
}

/** True for an address that other machines cannot reach. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127(\.\d{1,3}){3}$/.test(address);
}

/**
 * The parts of a path, decoded once; undefined for one that is not plain: `..`, an empty part in the middle, a separator, a
 * control character or a broken escape in a part.
 */
export function segmentsOf(path: string): string[] | undefined {
  if (!path.startsWith('/')) return undefined;
  const raw = path.slice(1).split('/');
  try {
    const parts = raw.map(decodeURIComponent);
    const isPlain = parts.every(
      (part, index) =>
        (part !== '' || index === parts.length - 1) &&
        part !== '.' &&
        part !== '..' &&
        !/[/\\\u0000-\u001f\u007f]/.test(part),
    );
    return isPlain ? parts : undefined;
  } catch {
    return undefined;
  }
}
