import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { Json, JsonObject } from '../../../src/document/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../../../src/document/json.ts';
import { silentMonitor } from '../../../src/monitor.ts';
import { connectNotion } from '../../../src/notion/api/client.ts';
import type { Crawled } from '../../../src/notion/crawl/crawl.ts';
import { crawl } from '../../../src/notion/crawl/crawl.ts';
import { differences } from '../../replay/holds.ts';
import { recordingsFolder } from '../../replay/recording.ts';
import type { Replay } from '../../replay/replay-server.ts';
import { startReplay } from '../../replay/replay-server.ts';
import { compact, toldMissing } from './expected-workspace.ts';
import { MemorySink, MemorySnapshot } from './memory-snapshot.ts';

interface Replayed {
  readonly replay: Replay;
  readonly crawled: Crawled;
  readonly snapshot: MemorySnapshot;
}

async function crawlReplay(
  workspace: string,
  roots: readonly string[],
  check: (replayed: Replayed) => void,
): Promise<void> {
  const replay = await startReplay(workspace);
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  const api = connectNotion({
    token: 'ntn_000000000000000000000000000000000000000000000',
    apiUrl: replay.url,
    clock: systemClock,
    monitor: silentMonitor,
    requestsPerMinute: 1_000_000,
  });
  try {
    const sink = new MemorySink();
    const crawled = await crawl({
      api,
      sink,
      previous: null,
      monitor: silentMonitor,
      stateFile: join(folder, 'state.sqlite'),
      roots,
      full: false,
      rereadWithin: 0,
      comments: 'pages',
      commentShare: 20,
      emails: true,
      trash: false,
      externalMedia: false,
      media: true,
      sourceKey: workspace,
      // Recorded media addresses died long ago.
      downloadMedia: () => gone(),
    });
    const snapshot = new MemorySnapshot(sink, crawled.steps(), crawled.manifest);
    crawled.discard();
    check({ replay, crawled, snapshot });
  } finally {
    api.close();
    rmSync(folder, { recursive: true, force: true });
    await replay.close();
  }
}

async function* gone(): AsyncGenerator<Uint8Array> {
  yield* [];
  throw new Error('the address is dead');
}

/** What the documents lack of the recorded objects they are made of. */
function lacking({ replay, snapshot }: Replayed, { isWhole = false } = {}): string[] {
  const held = new Map<string, JsonObject>();
  for (const { id } of snapshot.all.values()) collect(snapshot.document(id), held);
  const told = toldMissing(snapshot.manifest);
  return replay.recorded.flatMap(({ path, body }) => {
    // What search shows beside the given roots is none of this snapshot's.
    if (!isWhole && path === '/v1/search') return [];
    // The original of a synced block is asked for only to learn whether it can be read.
    if (/^\/v1\/blocks\/[^/]+$/.test(path)) return [];
    const isList = Array.isArray(body.results);
    const objects = (isList ? arrayAt(body, 'results') : [body]).filter(isObject);
    return objects.flatMap((object) => {
      const id = compact(stringAt(object, 'id') ?? '');
      const kind = String(object.object);
      if (!['page', 'block', 'database', 'data_source', 'comment'].includes(kind) || /properties/.test(path))
        return [];
      // Recorded in the trash later on.
      if (object.in_trash === true || object.archived === true) return [];
      const document = held.get(`${kind} ${id}`);
      if (document === undefined)
        return isExcused(object, told) ? [] : [`${kind} ${id} is missing (${path})`];
      // The same object was recorded at several times: the latest counts.
      if (String(document.last_edited_time) > String(object.last_edited_time)) return [];
      return differences(document, object).map((line) => `${kind} ${id}: ${line}`);
    });
  });
}

/** Trashed objects, and databases told as errors, need not be held; nor blocks asked for one by one, in climbing. */
function isExcused(object: JsonObject, told: ReadonlySet<string>): boolean {
  const id = compact(stringAt(object, 'id') ?? '');
  return object.in_trash === true || object.archived === true || told.has(id);
}

function collect(value: Json, held: Map<string, JsonObject>): void {
  if (Array.isArray(value)) for (const each of value) collect(each, held);
  if (!isObject(value)) return;
  const id = stringAt(value, 'id');
  const key = `${String(value.object)} ${compact(id ?? '')}`;
  // A page is held best by its own document; elsewhere it may be a stub.
  if (id !== undefined && typeof value.object === 'string' && !held.has(key)) held.set(key, value);
  for (const member of Object.values(value)) collect(member, held);
}

describe.skipIf(recordingsFolder() === undefined)('a crawl of recorded real answers', () => {
  it('from search holds every key and value, and tells each hole as an error', async () => {
    await crawlReplay('ultimate-notion-2026', [], (replayed) => {
      const { crawled, snapshot } = replayed;
      expect(lacking(replayed, { isWhole: true })).toEqual([]);
      expect(snapshot.all.size).toBeGreaterThan(35);
      expect(crawled.complete).toBe(false);
      const reasons = arrayAt(objectAt(crawled.manifest, 'errors'), 'list').map((error) =>
        stringAt(error, 'reason'),
      );
      expect(reasons.length).toBeGreaterThan(20);
      for (const reason of reasons) expect(reason).toMatch(/^404|the address is dead/);
    });
  });

  it('from a page with 26 types of blocks meets no shape it does not know', async () => {
    await crawlReplay('ultimate-notion-2026', ['00000000000040008000000000000004'], (replayed) => {
      expect(lacking(replayed)).toEqual([]);
      expect(replayed.crawled.manifest.unknown_types).toEqual({});
      expect(replayed.crawled.summary.blocks).toBeGreaterThan(40);
    });
  });

  it('from all complete roots together', async () => {
    const replay = await startReplay('ultimate-notion-2026');
    const roots = replay.recording.completeRoots.map(({ id }) => id);
    await replay.close();
    await crawlReplay('ultimate-notion-2026', roots, (replayed) => {
      expect(lacking(replayed)).toEqual([]);
      for (const root of roots) expect(isHeld(replayed.snapshot, root), root).toBe(true);
    });
  });

  for (const [workspace, kind] of [
    ['devblog-2022api', 'page'],
    ['notion-rails-2022api', 'page'],
  ] as const) {
    it(`of ${workspace} keeps the shapes of 2022 as they were served`, async () => {
      const replay = await startReplay(workspace);
      const roots = replay.recording.completeRoots.filter((root) => root.kind === kind).map(({ id }) => id);
      await replay.close();
      await crawlReplay(workspace, roots, (replayed) => {
        expect(lacking(replayed)).toEqual([]);
        expect(replayed.snapshot.all.size).toBeGreaterThanOrEqual(roots.length);
      });
    });
  }

  it('takes a database of 2022 by its rows when it does not show itself', async () => {
    await crawlReplay('devblog-2022api', ['e50aba34131048828575afd9b4a9f104'], (replayed) => {
      const { snapshot, crawled } = replayed;
      expect(lacking(replayed)).toEqual([]);
      expect(snapshot.document('e50aba34131048828575afd9b4a9f104').database).toBeNull();
      expect(crawled.summary.rows).toBe(12);
      expect(crawled.complete).toBe(false);
    });
  });
});

/** True when the root, or the database of a data source named as root, is in the snapshot. */
function isHeld(snapshot: MemorySnapshot, root: string): boolean {
  if (snapshot.all.has(root)) return true;
  return [...snapshot.all.keys()].some((id) =>
    arrayAt(snapshot.document(id), 'data_sources').some(
      (source) => compact(stringAt(source, 'id') ?? '') === root,
    ),
  );
}
