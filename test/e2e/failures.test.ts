/** What people and scripts see when Notion, or what stands before it, fails: one line, one code, and no snapshot. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { objectAt } from '../../src/document/json.ts';
import type { Failing } from './failing-server.ts';
import { deadUrl, notionError, startFailing } from './failing-server.ts';
import type { Finished, Machine } from './machine.ts';
import { jsonOf, newMachine } from './machine.ts';

const token = 'ntn_8675309token0that0must0never0be0seen0';

let machine: Machine;
beforeAll(async () => {
  machine = await newMachine({ isHere: true });
  expect(await machine.at(['create'])).toMatchObject({ code: 0 });
});
afterAll(() => machine.dispose());

interface Case extends Failing {
  readonly title: string;
  /** Ends by a timeout, which is of real time: in a process of its own that runs fast too. */
  readonly isTimedOut?: boolean;
  readonly code: number;
  readonly name: string;
}

const html =
  '<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head><body></body></html>';
const htmlHeaders = { 'content-type': 'text/html; charset=UTF-8' };

const cases: readonly Case[] = [
  {
    title: '401: the token is wrong',
    ...notionError(401, 'unauthorized', 'API token is invalid.'),
    isTotal: true,
    code: 77,
    name: 'credentials',
  },
  {
    title: '401 in the middle: the token was revoked',
    ...notionError(401, 'unauthorized', 'API token is invalid.'),
    code: 77,
    name: 'credentials',
  },
  {
    title: '403: a capability is missing',
    ...notionError(403, 'restricted_resource', 'Insufficient permissions for this endpoint.'),
    code: 77,
    name: 'credentials',
  },
  {
    title: '404 everywhere: the address is not Notion’s',
    ...notionError(404, 'object_not_found', 'Could not find the page.'),
    code: 66,
    name: 'not-found',
  },
  {
    title: '429 with a wait beyond patience',
    ...notionError(429, 'rate_limited', 'You have been rate limited. Please try again in a few minutes.'),
    headers: { 'content-type': 'application/json', 'retry-after': '86400' },
    code: 75,
    name: 'temporary',
  },
  {
    title: '429 again and again',
    ...notionError(429, 'rate_limited', 'You have been rate limited. Please try again in a few minutes.'),
    headers: { 'content-type': 'application/json', 'retry-after': '20' },
    code: 75,
    name: 'temporary',
  },
  {
    title: '500',
    ...notionError(500, 'internal_server_error', 'Unexpected error occurred.'),
    code: 69,
    name: 'unavailable',
  },
  { title: '502 as HTML', status: 502, headers: htmlHeaders, body: html, code: 69, name: 'unavailable' },
  {
    title: '503',
    ...notionError(503, 'service_unavailable', 'Notion is unavailable, please try again later.'),
    code: 69,
    name: 'unavailable',
  },
  { title: '504', ...notionError(504, 'gateway_timeout', 'Took too long.'), code: 69, name: 'unavailable' },
  {
    title: '529',
    ...notionError(529, 'service_overload', 'Notion is overloaded.'),
    headers: { 'content-type': 'application/json', 'retry-after': '86400' },
    code: 69,
    name: 'unavailable',
  },
  { title: '403 as HTML', status: 403, headers: htmlHeaders, body: html, code: 69, name: 'unavailable' },
  { title: '200 as HTML', status: 200, headers: htmlHeaders, body: html, code: 69, name: 'unavailable' },
  {
    title: '200 with half of an answer',
    status: 200,
    body: '{"object":"list","res',
    code: 69,
    name: 'unavailable',
  },
  { title: 'connections that break', status: 0, code: 69, name: 'unavailable' },
  {
    title: 'no answer, ever',
    status: 0,
    isSilent: true,
    isTimedOut: true,
    code: 69,
    name: 'unavailable',
  },
];

test.each(cases)('$title: exit $code, one line, no snapshot', async (each) => {
  const { title, isTimedOut = false, code, name, ...failing } = each;
  const server = await startFailing(failing);
  try {
    const env = { NOTION_API_URL: server.url, NOTION_TOKEN: token };
    const plain = await machine.at(['--quiet', 'backup'], { env, isHasty: true, isProcess: isTimedOut });
    expect({ title, code: plain.code, stdout: plain.stdout }).toEqual({ title, code, stdout: '' });
    expectOneClearLine(plain);
    expectNoSnapshot();
  } finally {
    await server.close();
  }
});

test('with --json the failure is the one object on stdout', async () => {
  for (const { code, name, ...failing } of cases.slice(1, 3)) {
    const server = await startFailing(failing);
    const env = { NOTION_API_URL: server.url, NOTION_TOKEN: token };
    const json = await machine.at(['--json', 'backup'], { env });
    await server.close();
    expect(json.code).toBe(code);
    expect(objectAt(jsonOf(json), 'error')).toMatchObject({ code: name });
    expect(json.stdout).not.toContain(token);
    expectOneClearLine(json);
  }
  expect(jsonOf(await machine.at(['ls', '--json']))).toEqual({ snapshots: [] });
});

test('nobody at the address: exit 69, one line, no snapshot', async () => {
  const env = { NOTION_API_URL: await deadUrl(), NOTION_TOKEN: token };
  const plain = await machine.at(['--quiet', 'backup'], { env, isHasty: true });
  expect(plain).toMatchObject({ code: 69, stdout: '' });
  expectOneClearLine(plain);
  expectNoSnapshot();
});

test('what is wrong before anything is sent has its code too', async () => {
  const env = { NOTION_API_URL: await deadUrl(), NOTION_TOKEN: token };
  const none = await machine.at(['backup'], { env: { ...env, NOTION_TOKEN: '' } });
  expect(none.code).toBe(77);
  expectOneClearLine(none);
  for (const url of [
    'ftp://example.com',
    'http://example.com',
    'not a url',
    `https://user:${token}@example.com`,
  ]) {
    const refused = await machine.at(['backup'], { env: { ...env, NOTION_API_URL: url } });
    expect({ url, code: refused.code }).toEqual({ url, code: 64 });
    expectOneClearLine(refused);
  }
  const root = await machine.at(['backup', '--root', 'no id'], { env });
  expect(root.code).toBe(64);
  expectOneClearLine(root);
});

test('a wrong key, a missing store and a missing snapshot each have their code', async () => {
  const wrong = await machine.run(['--keyfile', machine.path('absent'), 'at', machine.store, 'ls']);
  expect(wrong.code).toBe(77);
  const passphrase = await machine.run(['at', machine.store, 'ls'], {
    env: { NOTION_KLOSET_PASSPHRASE: 'x' },
  });
  expect(passphrase.code).toBe(77);
  const nowhere = await machine.run(['--keyfile', machine.keyFile, 'at', machine.path('nowhere'), 'ls']);
  expect(nowhere.code).toBe(66);
  const snapshot = await machine.at(['ls', 'deadbeef']);
  expect(snapshot.code).toBe(66);
  for (const each of [wrong, passphrase, nowhere, snapshot]) expectOneClearLine(each);
});

/** A line that says what and where, and at most one with the way out. */
function expectOneClearLine({ stderr }: Finished): void {
  expect(stderr).toMatch(/^notion-kloset: \S.*\n(?: {2}\S.*\n)?$/);
  expect(stderr).not.toMatch(/\n\s+at |node:internal|undefined|\[object|<html/i);
  expect(stderr).not.toContain(token);
}

function expectNoSnapshot(): void {
  const folder = join(machine.store, 'snapshots');
  expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
}
