import { describe, expect, test } from 'vitest';
import { isRemote, parseRemoteAddress } from '../../src/backend/remote-address.ts';
import { resolvedLocation } from '../../src/backend/resolved-location.ts';

describe('an address of S3', () => {
  test('names a bucket of Amazon, or a server, a bucket and a prefix', () => {
    expect(parseRemoteAddress('s3://bucket/a/b/')).toEqual({
      kind: 's3',
      location: 's3://bucket/a/b',
      endpoint: undefined,
      bucket: 'bucket',
      prefix: 'a/b/',
    });
    expect(parseRemoteAddress('s3+http://127.0.0.1:7480/bucket')).toEqual({
      kind: 's3',
      location: 's3+http://127.0.0.1:7480/bucket',
      endpoint: 'http://127.0.0.1:7480',
      bucket: 'bucket',
      prefix: '',
    });
  });

  test.each([
    ['s3://bucket', 's3://bucket///'],
    ['S3+HTTPS://Host.example:443/bucket/a', 's3+https://host.example/bucket//a/'],
    ['sftp://Host/a%20b', 'sftp://host/a%20b/'],
  ])('has one spelling: %s is %s', (one, other) => {
    const { location } = parseRemoteAddress(one);
    expect(location).toBe(parseRemoteAddress(other).location);
    expect(parseRemoteAddress(location).location).toBe(location);
  });
});

describe('an address of SFTP', () => {
  test('names user, host, port and an absolute path', () => {
    expect(parseRemoteAddress('sftp://me@host:2222/var/backups/')).toEqual({
      kind: 'sftp',
      location: 'sftp://me@host:2222/var/backups',
      user: 'me',
      host: 'host',
      port: 2222,
      path: '/var/backups',
    });
  });

  test('may lie in the home folder of the user, and leave user and port to ssh', () => {
    const address = parseRemoteAddress('sftp://host/~/backups/notion');
    expect(address).toMatchObject({ user: undefined, port: undefined, path: 'backups/notion' });
    expect(address.location).toBe('sftp://host/~/backups/notion');
  });
});

test.each([
  's3://',
  's3://bucket:99/a',
  's3://key:secret0word@bucket/a',
  's3://key@bucket/a',
  's3+https://host',
  's3+https:///bucket',
  's3+http://host:99999/bucket',
  's3://bucket/../other',
  's3://bucket/a\u0007',
  's3://bucket/a?region=x',
  'sftp://host',
  'sftp:///path',
  'sftp://host/~',
  'sftp://me:secret0word@host/path',
  'sftp://-oProxyCommand=id/path',
  'sftp://-oProxyCommand=id@host/path',
  'sftp://host/a/../b',
])('a wrong address is refused and its secret not repeated: %s', (address) => {
  expect(isRemote(address)).toBe(true);
  expect(() => parseRemoteAddress(address)).toThrow(expect.objectContaining({ code: 'usage' }));
  expect(() => parseRemoteAddress(address)).not.toThrow(/secret0word/);
});

test('a path of this machine is not an address, and a remote one is not resolved as a path', async () => {
  for (const path of ['/var/s3', 's3', 's3:bucket', 'fs:/x', './sftp://host/x'])
    expect(isRemote(path)).toBe(false);
  expect(await resolvedLocation('s3://bucket/a/')).toBe('s3://bucket/a');
  expect(await resolvedLocation('S3+http://HOST:80/bucket')).toBe('s3+http://host/bucket');
});
