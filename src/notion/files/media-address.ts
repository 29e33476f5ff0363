/**
 * Checks the addresses media are fetched from. A page can name any external address, so without this guard its author
 * could make a backup fetch what only this machine may reach (server-side request forgery).
 */
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { BlockList, isIP } from 'node:net';
import type { ApiUrl } from '../api/api-url.ts';
import { mediaError } from './media-failure.ts';

/** `hosted`: the address was created by Notion. `external`: anybody may have written it. */
export type MediaKind = 'hosted' | 'external';

/** Finds all addresses of a host name; rejects when there are none. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/**
 * Parses the address of a media file and checks what can be known without asking DNS.
 * Hosted: https anywhere; http only to the loopback host the API itself lies on (a simulator, a replay).
 * External: http or https to a host name or public address, or to the API itself when that is on loopback.
 * @throws KlosetError with a MediaFailure `forbidden`.
 */
export function checkMediaUrl(text: string, kind: MediaKind, apiUrl: ApiUrl): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw forbidden(text, 'is not an http or https address');
  if (url.username !== '' || url.password !== '') throw forbidden(text, 'carries a user name or password');
  if (isApiLoopback(url, kind, apiUrl)) return url;
  if (kind === 'hosted' && url.protocol !== 'https:') throw forbidden(text, 'is not encrypted');
  const address = url.hostname.replace(/^\[|\]$/g, '');
  if (kind === 'external' && isIP(address) !== 0 && !isPublicAddress(address)) {
    throw forbidden(text, 'lies in a private network');
  }
  return url;
}

/**
 * True when `url` lies on the loopback host of the API. Hosted media may have a port of their own there; external ones
 * may not: behind a local proxy to the real Notion they would reach whatever else listens on this machine.
 */
export function isApiLoopback(url: URL, kind: MediaKind, apiUrl: ApiUrl): boolean {
  const isSameHost = apiUrl.isLoopback && loopbackName(url.hostname) === loopbackName(apiUrl.hostname);
  return isSameHost && (kind === 'hosted' || url.port === new URL(apiUrl.base).port);
}

/** One name for the three of this machine itself. */
function loopbackName(hostname: string): string {
  return ['localhost', '[::1]'].includes(hostname) ? '127.0.0.1' : hostname;
}

/**
 * A lookup for `node:http` that connects to public addresses only. The connection uses the very addresses that were
 * checked, so a name that changes its answer between check and use gains nothing (DNS rebinding).
 */
export function publicLookup(resolve: Resolve = resolveName): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
          callback(new PrivateAddressError(), '', 0);
        } else if (options.all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error('lookup failed'), '', 0),
    );
  };
}

/** A host name led into a private network. */
export class PrivateAddressError extends Error {}

function resolveName(hostname: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, addresses) =>
      error === null ? resolve(addresses) : reject(error),
    );
  });
}

/**
 * True for addresses of the public internet. IPv4: everything but the IANA special-purpose registry (RFC 6890).
 * IPv6: global unicast (2000::/3) without tunnels and documentation; IPv4-mapped and NAT64 forms are refused.
 */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  if (isIP(bare) === 4) return !specialIpv4.check(bare, 'ipv4');
  return isIP(bare) === 6 && globalIpv6.check(bare, 'ipv6') && !specialIpv6.check(bare, 'ipv6');
}

const specialIpv4 = blockList('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // Azure's metadata and name server, inside a public range.
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]);
const globalIpv6 = blockList('ipv6', ['2000::/3']);
const specialIpv6 = blockList('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

function blockList(family: 'ipv4' | 'ipv6', networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function forbidden(url: string, why: string) {
  return mediaError('forbidden', url, `not fetched, because the address ${why}.`);
}
