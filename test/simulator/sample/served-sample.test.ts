import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { counts } from '../../../src/simulator/sample/counts.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import type { Json } from '../../../src/simulator/workspace/json.ts';
import { isJsonObject } from '../../../src/simulator/workspace/json.ts';
import type { Walked } from './walk.ts';
import { walk } from './walk.ts';

const state = sampleWorkspace();
let simulator: Simulator;
let walked: Walked;

beforeAll(async () => {
  simulator = await startSimulator({ state });
  walked = await walk(simulator);
});

afterAll(() => simulator.close());

test('a plain walk finds every page, row, template, database, data source and view that is counted', () => {
  const expected = counts(state);
  expect(walked.pages.size).toBe(expected.pages + expected.rows + expected.templates);
  expect(walked.dataSources.size).toBe(expected.dataSources);
  expect(walked.templates).toHaveLength(expected.templates);
  // The view of the linked database that answers 404 cannot be listed.
  expect([walked.databases.size, walked.views.size]).toEqual([expected.databases - 1, expected.views - 1]);
});

test('a plain walk finds every block and comment that is counted', () => {
  const expected = counts(state);
  const own = [...walked.blocks.values()].filter(
    ({ type }) => type !== 'child_page' && type !== 'child_database',
  );
  expect(own).toHaveLength(expected.blocks);
  expect(walked.comments.size).toBe(expected.comments);
});

test('only what the API is known to refuse is refused', () => {
  const kinds = walked.refusals.map((line) => line.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')).sort();
  expect(kinds).toEqual([
    '400 validation_error GET blocks/ID/children',
    '404 object_not_found GET blocks/ID/children',
    '404 object_not_found GET databases/ID',
  ]);
  expect(simulator.bugs).toEqual([]);
});

test('relations beyond 25 pages are completed by their property items', () => {
  expect(walked.propertyItems.length).toBeGreaterThanOrEqual(30 + 130);
});

test('guests are found by id only, and strangers not at all', async () => {
  const guests = [...state.users.values()].filter(({ isGuest }) => isGuest);
  expect(guests).toHaveLength(1);
  expect(walked.users.has(guests[0]?.id ?? '')).toBe(false);
  expect(walked.users.size).toBe(state.users.size - 1);
});

test('every hosted file that is shown can be fetched without a token, byte for byte', async () => {
  const urls = new Set<string>();
  for (const table of [walked.pages, walked.blocks, walked.databases, walked.comments]) {
    for (const object of table.values()) for (const url of hostedUrls(object)) urls.add(url);
  }
  const digests = new Set<string>();
  for (const url of urls) {
    const response = await fetch(url);
    expect(response.status).toBe(200);
    digests.add(digest(new Uint8Array(await response.arrayBuffer())));
  }
  const stored = [...state.files.values()].filter(({ key }) => !publicKeys().has(key));
  expect(digests).toEqual(new Set(stored.map((file) => digest(file.bytes(0, file.size)))));
  expect(simulator.tokenLeaks).toEqual([]);
});

/** Avatars and emoji have plain URLs, and are shown elsewhere. */
function publicKeys(): Set<string> {
  const avatars = [...state.users.values()].flatMap(({ avatarKey }) => avatarKey ?? []);
  return new Set([...avatars, ...[...state.customEmojis.values()].map(({ fileKey }) => fileKey)]);
}

function* hostedUrls(value: Json): Generator<string> {
  if (Array.isArray(value)) for (const each of value) yield* hostedUrls(each);
  if (!isJsonObject(value)) return;
  if (typeof value.url === 'string' && typeof value.expiry_time === 'string') yield value.url;
  for (const each of Object.values(value)) yield* hostedUrls(each);
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
