import { describe, expect, it } from 'vitest';
import { isKlosetError } from '../../../src/errors.ts';
import { isLoopbackHost, parseApiUrl } from '../../../src/notion/api/api-url.ts';

describe('the API URL', () => {
  it.each([
    ['https://api.notion.com', 'https://api.notion.com', true],
    ['https://api.notion.com/', 'https://api.notion.com', true],
    ['https://api.notion.com/v1', 'https://api.notion.com', true],
    ['HTTPS://API.NOTION.COM:443/v1///', 'https://api.notion.com', true],
    ['http://127.0.0.1:8080/v1/', 'http://127.0.0.1:8080', false],
    ['http://[::1]:8080', 'http://[::1]:8080', false],
    ['http://localhost:8080/replay/v1', 'http://localhost:8080/replay', false],
    ['https://notion.example', 'https://notion.example', false],
  ])('%s is %s', (text, base, isOfficial) => {
    expect(parseApiUrl(text)).toMatchObject({ base, isOfficial });
  });

  it.each([
    'api.notion.com',
    'ftp://api.notion.com',
    'file:///etc/passwd',
    'http://api.notion.com',
    'http://10.0.0.1',
    'https://user:secret@api.notion.com',
    'https://api.notion.com/?a=b',
    '',
    'ntn_token',
  ])('refuses %j without repeating it', (text) => {
    let thrown: unknown;
    try {
      parseApiUrl(text);
    } catch (error) {
      thrown = error;
    }
    expect(isKlosetError(thrown, 'usage')).toBe(true);
    if (text.includes('secret') || text.includes('token')) expect(String(thrown)).not.toContain(text);
  });

  it('takes clear http to another machine only when asked', () => {
    expect(parseApiUrl('http://10.0.0.1', { allowInsecureHttp: true }).base).toBe('http://10.0.0.1');
  });
});

describe('loopback', () => {
  it.each(['localhost', '127.0.0.1', '127.255.0.9', '[::1]', '::1', 'LOCALHOST'])('is %s', (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  it.each(['127.0.0.1.example.com', 'localhost.example.com', '10.0.0.1', '0.0.0.0', '128.0.0.1', ''])(
    'is not %s',
    (host) => {
      expect(isLoopbackHost(host)).toBe(false);
    },
  );
});
