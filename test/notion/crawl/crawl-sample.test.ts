import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PreviousSnapshot } from '../../../src/document/content.ts';
import type { Json, JsonObject } from '../../../src/document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../src/document/json.ts';
import { sampleWorkspace } from '../../../src/simulator/sample/sample-workspace.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import type { Page } from '../../../src/simulator/workspace/state.ts';
import { isTrashed, isVisible } from '../../../src/simulator/workspace/state.ts';
import { compact, untoldLosses } from './expected-workspace.ts';
import type { Outcome } from './simulated-crawl.ts';
import { SimulatedCrawl } from './simulated-crawl.ts';

const state = sampleWorkspace();
let crawls: SimulatedCrawl;
let outcome: Outcome;

beforeAll(async () => {
  crawls = new SimulatedCrawl(await startSimulator({ state }));
  outcome = await crawls.run();
});

afterAll(async () => {
  crawls.remove();
  await crawls.simulator.close();
});

const pathOf = (title: string): string | undefined =>
  [...outcome.snapshot.all.values()].find(({ path }) => path.split('/').at(-1)?.startsWith(`${title}~`))
    ?.path;

const pageNamed = (title: string): JsonObject => outcome.snapshot.document(idOf(title));

function idOf(title: string): string {
  const found = [...outcome.snapshot.all.values()].find(
    ({ path }) => path.split('/').at(-1)?.startsWith(`${title}~`) && !path.includes('/Linked databases~'),
  );
  if (found === undefined) throw new Error(`no object named ${title}`);
  return found.id;
}

function readablePages(): Page[] {
  return [...state.pages.values()].filter((page) => isVisible(state, page) && !isTrashed(state, page));
}

function everyObject(value: Json, see: (object: JsonObject) => void): void {
  if (Array.isArray(value)) for (const each of value) everyObject(each, see);
  if (!isObject(value)) return;
  see(value);
  for (const member of Object.values(value)) everyObject(member, see);
}

describe('a crawl of the sample workspace', () => {
  it('holds every object and block a patient reader is shown', () => {
    expect(untoldLosses(state, outcome.snapshot)).toEqual([]);
    expect(outcome.crawled.complete).toBe(true);
    expect(outcome.crawled.summary.errors).toBe(0);
  });

  it('completes relations, people and long titles the API cuts at 25', () => {
    let longest = 0;
    for (const page of readablePages()) {
      const document = outcome.snapshot.document(compact(page.id));
      const values = Object.values(objectAt(objectAt(document, 'page'), 'properties') ?? {}).filter(isObject);
      for (const value of values) {
        if (value.type !== 'relation') continue;
        const full = page.values[decodeURIComponent(stringAt(value, 'id') ?? '')];
        const visible = arrayAt({ full: full ?? null }, 'full').length;
        expect(arrayAt(value, 'relation').length).toBe(visible);
        expect(value.has_more ?? false).toBe(false);
        longest = Math.max(longest, visible);
      }
    }
    expect(longest).toBeGreaterThan(100);
  });

  it('holds the bytes of every hosted file it refers to, under a path that exists', () => {
    const digests = new Map([...state.files.values()].map((file) => [digestOf(file), file.name]));
    let files = 0;
    for (const object of outcome.snapshot.all.values()) {
      everyObject(outcome.snapshot.document(object.id), (value) => {
        expect(value).not.toHaveProperty('expiry_time');
        expect(value).not.toHaveProperty('request_id');
        if (typeof value.sha256 !== 'string') return;
        files += 1;
        expect(digests.has(value.sha256)).toBe(true);
        const entry = outcome.snapshot.files.get(`${object.path}/${value.path}`);
        expect(entry?.content.size).toBe(value.size);
        expect(entry?.source).toBe(value.url);
        expect(entry?.content.chunks).toEqual([value.sha256]);
      });
    }
    expect(files).toBeGreaterThan(15);
    expect(crawls.simulator.tokenLeaks).toEqual([]);
  });

  it('holds the comments of pages and of blocks, with their attachments, but not resolved ones', () => {
    const found = new Set<string>();
    for (const page of readablePages()) {
      const { comments } = outcome.snapshot.document(compact(page.id));
      everyObject(comments ?? null, (value) => {
        if (value.object === 'comment' && typeof value.id === 'string') found.add(value.id);
      });
    }
    const open = [...state.comments.values()].filter(({ isResolved }) => !isResolved);
    expect([...found].sort()).toEqual(open.map(({ id }) => id).sort());
    expect(JSON.stringify(pageNamed('Discussions').comments)).toContain('"sha256"');
  });

  it('places objects as on the screen, and orphans under /_orphans', () => {
    expect(pathOf('Page in a column')).toMatch(/^\/Home~\w+\/Layouts~\w+\/Page in a column~\w{8}$/);
    expect(pathOf('Weekly chore')).toMatch(/^\/Home~\w+\/Tasks~\w+\/_templates\/Weekly chore~/);
    expect(pathOf('Attic')).toMatch(/\/Handbook~\w+\/Rooms~\w+\/Attic~/);
    expect(pathOf('Orphan of a block')).toMatch(/^\/_orphans\//);
    expect(pathOf('Its row')).toMatch(/^\/_orphans\/Orphaned database~\w+\/Its row~/);
    expect(pathOf('A second top page')).toMatch(/^\/A second top page~/);
  });

  it('marks templates, and keeps views with their configuration, templates and schema in the database', () => {
    const tasks = outcome.snapshot.document(idOf('Tasks'));
    const source = arrayAt(tasks, 'data_sources').find(isObject) ?? {};
    expect(arrayAt(source, 'templates')).toHaveLength(2);
    expect(Object.keys(objectAt(source, 'properties') ?? {}).length).toBeGreaterThan(15);
    expect(new Set(arrayAt(tasks, 'views').map((view) => stringAt(view, 'type'))).size).toBeGreaterThan(7);
    expect(pageNamed('Weekly chore').template_of).toBe(source.id);
  });

  it('reads meetings in three sections and leaves synced copies to their originals', () => {
    const meeting = arrayAt(pageNamed('Meetings'), 'blocks').find(
      (block) => stringAt(block, 'type') === 'meeting_notes',
    );
    const sections = objectAt(meeting, 'sections') ?? {};
    expect(Object.keys(sections).sort()).toEqual(['notes', 'summary', 'transcript']);
    expect(Object.values(sections).flat().length).toBeGreaterThan(2);
    const copy = arrayAt(pageNamed('A copy on another page'), 'blocks').find(
      (block) => objectAt(objectAt(block, 'synced_block'), 'synced_from') !== undefined,
    );
    expect(copy).toBeDefined();
    expect(copy).not.toHaveProperty('children');
  });

  it('tells in the manifest how objects were found, what was linked, and what cannot be seen', () => {
    const { manifest } = outcome.crawled;
    const ways = Object.keys(objectAt(objectAt(manifest, 'discovery'), 'page') ?? {}).join(' ');
    for (const way of ['search', 'walk', 'query', 'relation', 'mention', 'template', 'synced'])
      expect(ways).toContain(way);
    expect(arrayAt(objectAt(manifest, 'skipped'), 'linked_databases').length).toBe(2);
    expect(Object.keys(objectAt(manifest, 'unsupported_blocks') ?? {})).toContain('button');
    expect(arrayAt(objectAt(manifest, 'blind_spots'), 'always')).toContain('resolved comments');
    expect(objectAt(manifest, 'requests')?.total).toBe(outcome.requests);
  });

  it('keeps the bot, members, guests by id, and the images of custom emoji in /workspace.json', () => {
    const workspace = outcome.snapshot.document('/workspace.json');
    const guests = [...state.users.values()].filter(({ isGuest }) => isGuest).map(({ id }) => id);
    const users = arrayAt(workspace, 'users').map((user) => stringAt(user, 'id'));
    expect(users).toEqual(expect.arrayContaining(guests.filter((id) => users.includes(id))));
    expect(guests.some((id) => users.includes(id))).toBe(true);
    const [emoji] = arrayAt(workspace, 'custom_emojis');
    expect(stringAt(emoji, 'path')).toMatch(/^files\//);
    expect(outcome.snapshot.files.has(`/${stringAt(emoji, 'path')}`)).toBe(true);
    expect(objectAt(workspace, 'bot')?.type).toBe('bot');
  });

  it('takes everything over when nothing changed, byte for byte and without a transfer', async () => {
    const { bytesAdded, mediaWritten } = crawls.sink;
    crawls.simulator.clock.advance(86_400_000);
    const second = await crawls.run();
    expect(second.snapshot.listing()).toEqual(outcome.snapshot.listing());
    expect(crawls.sink.mediaWritten).toBe(mediaWritten);
    expect(crawls.sink.bytesAdded - bytesAdded).toBeLessThan(16_384);
    expect(second.crawled.summary).toEqual({ ...outcome.crawled.summary, reused: 258 });
  });

  it('keeps guests also where the store shows it no file of the root', async () => {
    const { id, time, manifest } = outcome.snapshot;
    const previous: PreviousSnapshot = {
      ...{ id, time, manifest },
      object: (each) => outcome.snapshot.object(each),
      objects: () => outcome.snapshot.objects(),
    };
    const again = await crawls.run({ previous });
    const path = '/workspace.json';
    expect(again.snapshot.document(path)).toEqual(outcome.snapshot.document(path));
  });

  it('gives the same bytes when everything is read again', async () => {
    const { mediaWritten } = crawls.sink;
    const again = await crawls.run({ full: true });
    expect(again.snapshot.listing()).toEqual(outcome.snapshot.listing());
    expect(again.crawled.summary.reused).toBe(0);
    expect(crawls.sink.mediaWritten).toBe(mediaWritten);
  });

  it('gives the same bytes whatever order and pieces the answers come in', async () => {
    crawls.simulator.faults.rates.shortPage = 0.5;
    crawls.previous = null;
    const fresh = await crawls.run();
    crawls.simulator.faults.rates.shortPage = 0;
    expect(fresh.snapshot.listing()).toEqual(outcome.snapshot.listing());
  });

  it('keeps the trash apart when it is asked for', async () => {
    const { snapshot } = await crawls.run({ trash: true });
    const trashed = [...state.pages.values()].filter(
      (page) => isVisible(state, page) && isTrashed(state, page),
    );
    expect(trashed.length).toBeGreaterThan(0);
    for (const page of trashed) expect(snapshot.all.get(compact(page.id))?.path).toMatch(/^\/_trash\//);
    expect(untoldLosses(state, snapshot)).toEqual([]);
  });
});

function digestOf(file: { readonly size: number; bytes(from: number, to: number): Uint8Array }): string {
  return createHash('sha256').update(file.bytes(0, file.size)).digest('hex');
}
