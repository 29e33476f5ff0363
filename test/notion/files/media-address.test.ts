import { describe, expect, it } from 'vitest';
import { parseApiUrl } from '../../../src/notion/api/api-url.ts';
import type { MediaKind } from '../../../src/notion/files/media-address.ts';
import { checkMediaUrl, isPublicAddress, publicLookup } from '../../../src/notion/files/media-address.ts';
import { mediaFailureOf, mediaIdentity } from '../../../src/notion/files/media-failure.ts';

const official = parseApiUrl('https://api.notion.com');
const simulator = parseApiUrl('http://127.0.0.1:8080');

function reasonFor(url: string, kind: MediaKind, apiUrl = official): string | undefined {
  try {
    checkMediaUrl(url, kind, apiUrl);
    return undefined;
  } catch (error) {
    return mediaFailureOf(error)?.reason ?? 'no media failure';
  }
}

describe('the address of hosted media', () => {
  it('is https anywhere', () => {
    expect(reasonFor('https://prod-files-secure.s3.us-west-2.amazonaws.com/a?X=1', 'hosted')).toBeUndefined();
  });

  it.each([
    'http://prod-files-secure.s3.amazonaws.com/a',
    'http://127.0.0.1:8080/a',
    'file:///etc/passwd',
    'data:,x',
    'x',
  ])('is not %s', (url) => {
    expect(reasonFor(url, 'hosted')).toBe('forbidden');
  });

  it('is http on the loopback host of a simulator, and on no other', () => {
    expect(reasonFor('http://127.0.0.1:8080/a', 'hosted', simulator)).toBeUndefined();
    expect(reasonFor('http://127.0.0.1:9999/a', 'hosted', simulator)).toBeUndefined();
    expect(reasonFor('http://localhost:8080/a', 'hosted', simulator)).toBeUndefined();
    expect(reasonFor('http://[::1]:8080/a', 'hosted', parseApiUrl('http://localhost:8080'))).toBeUndefined();
    expect(reasonFor('http://127.0.0.2:8080/a', 'hosted', simulator)).toBe('forbidden');
    expect(reasonFor('http://example.com/a', 'hosted', simulator)).toBe('forbidden');
  });
});

describe('the address of external media', () => {
  it.each([
    'http://example.com/a.png',
    'https://example.com/a.png',
    'https://8.8.8.8/a',
    'https://[2606:4700::1111]/a',
  ])('may be %s', (url) => {
    expect(reasonFor(url, 'external')).toBeUndefined();
  });

  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://017700000001/',
    'http://0/',
    'http://10.0.0.1/',
    'http://172.31.255.255/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://168.63.129.16/',
    'http://[::1]/',
    'http://[::]/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:8.8.8.8]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'https://user:pass@example.com/',
    'ftp://example.com/',
    'javascript:alert(1)',
  ])('is not %s', (url) => {
    expect(reasonFor(url, 'external')).toBe('forbidden');
  });

  it('may be the simulator’s own host', () => {
    expect(reasonFor('http://127.0.0.1:8080/a', 'external', simulator)).toBeUndefined();
    expect(reasonFor('http://127.0.0.1:8081/a', 'external', simulator)).toBe('forbidden');
    expect(reasonFor('http://127.0.0.2:8080/a', 'external', simulator)).toBe('forbidden');
  });
});

describe('public addresses', () => {
  it.each(['1.1.1.1', '172.32.0.1', '100.128.0.1', '2a00:1450:4001::200e'])('include %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '203.0.113.9',
    '2001:db8::1',
    '2001::1',
    'fe80::1%eth0',
    'ff02::1',
    'x',
    '',
  ])('do not include %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('the lookup for external media', () => {
  const look = (addresses: readonly string[], all: boolean) =>
    new Promise<unknown>((resolve) => {
      const find = async () =>
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      publicLookup(find)('name.example', { all }, (error, found, family) => {
        resolve(error === null ? { found, family } : error.constructor.name);
      });
    });

  it('gives the addresses that were checked', async () => {
    expect(await look(['1.1.1.1', '2606:4700::1'], true)).toEqual({
      found: [
        { address: '1.1.1.1', family: 4 },
        { address: '2606:4700::1', family: 6 },
      ],
      family: undefined,
    });
    expect(await look(['1.1.1.1'], false)).toEqual({ found: '1.1.1.1', family: 4 });
  });

  it('refuses a name with even one private address', async () => {
    expect(await look(['1.1.1.1', '127.0.0.1'], true)).toBe('PrivateAddressError');
    expect(await look(['::ffff:10.0.0.1'], false)).toBe('PrivateAddressError');
    expect(await look([], true)).toBe('PrivateAddressError');
  });
});

describe('the identity of media', () => {
  it.each([
    [
      'https://s3.amazonaws.com/ws/id/a%20b.png?X-Amz-Expires=3600#x',
      'https://s3.amazonaws.com/ws/id/a%20b.png',
    ],
    ['not a url?secret', 'not a url'],
    ['data:text/plain,x', 'data://text/plain,x'],
  ])('%s is %s', (url, identity) => {
    expect(mediaIdentity(url)).toBe(identity);
  });
});
