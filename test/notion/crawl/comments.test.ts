import { describe, expect, it } from 'vitest';
import { arrayAt, objectAt } from '../../../src/document/json.ts';
import type { ApiRequest, NotionApi } from '../../../src/notion/api/api.ts';
import { capabilitiesWithout } from '../../../src/simulator/server.ts';
import { addUser } from '../../../src/simulator/workspace/state.ts';
import { refusal } from './fake-context.ts';
import type { Outcome, SimulatedCrawl } from './simulated-crawl.ts';
import { withSimulatedCrawl } from './simulated-crawl.ts';
import type { WrittenPage } from './written-workspace.ts';
import { WrittenWorkspace } from './written-workspace.ts';

const dayMs = 86_400_000;

/** The texts of the comments that a snapshot has of a page, in order. */
function commentsIn({ snapshot }: Outcome, { page }: WrittenPage): string[] {
  return arrayAt(snapshot.document(page.id), 'comments').map((comment) =>
    JSON.stringify(comment).replace(/^.*?"plain_text":"([^"]*)".*$/, '$1'),
  );
}

/** The places that `run` asked for comments, in order of asking. */
async function placesAsked(crawls: SimulatedCrawl, run: () => Promise<unknown>): Promise<string[]> {
  const from = crawls.simulator.log.length;
  await run();
  return crawls.simulator.log
    .slice(from)
    .flatMap(({ query }) => new URLSearchParams(query).get('block_id') ?? []);
}

function commentFacts({ crawled }: Outcome) {
  return objectAt(crawled.manifest, 'comments') ?? {};
}

describe('comments of pages that nobody edited', () => {
  it('are read in the very next run where there were some, at the places that had them and nowhere else', async () => {
    const workspace = new WrittenWorkspace();
    const discussed = workspace.page('Discussed', 'one', 'two', 'three');
    const [, second] = discussed.blocks;
    if (second === undefined) throw new Error('no block');
    workspace.page('Quiet', 'text');
    workspace.comment(discussed.page, 'on the page');
    const objection = workspace.comment(second, 'objection');
    await withSimulatedCrawl({ state: workspace.state }, async (crawls) => {
      await crawls.run({ commentShare: 0 });
      crawls.simulator.clock.advance(30 * dayMs);
      workspace.comment(discussed.page, 'again on the page');
      workspace.comment(second, 'second objection');
      let told: Outcome | undefined;
      const asked = await placesAsked(crawls, async () => {
        told = await crawls.run({ commentShare: 0 });
      });
      expect(asked.sort()).toEqual([discussed.page.id, second.id].sort());
      expect(told && commentsIn(told, discussed)).toEqual([
        'on the page',
        'again on the page',
        'objection',
        'second objection',
      ]);
      expect(told?.crawled.summary.comments).toBe(4);
      // All of a block's are resolved: they go, and the block is asked on.
      for (const comment of workspace.state.comments.values())
        if (comment.parent.id === objection.parent.id) comment.isResolved = true;
      expect(commentsIn(await crawls.run({ commentShare: 0 }), discussed)).toEqual([
        'on the page',
        'again on the page',
      ]);
      workspace.comment(second, 'after all');
      expect(commentsIn(await crawls.run({ commentShare: 0 }), discussed)).toContain('after all');
    });
  });

  it('are searched for in rounds within the share, and the manifest says how old the last round is', async () => {
    const workspace = new WrittenWorkspace();
    const quiet = Array.from({ length: 40 }, (_, n) => workspace.page(`Quiet ${n}`, 'one', 'two', 'three'));
    await withSimulatedCrawl({ state: workspace.state }, async (crawls) => {
      const first = await crawls.run();
      for (const each of quiet) workspace.comment(each.page, 'first word');
      const started = [first.crawled.manifest.started];
      const found: number[] = [];
      const swept: unknown[] = [];
      for (let run = 0; run < 2; run += 1) {
        crawls.simulator.clock.advance(30 * dayMs);
        const asked = await placesAsked(crawls, async () => {
          const told = await crawls.run();
          started.push(told.crawled.manifest.started);
          found.push(quiet.filter((each) => commentsIn(told, each).length > 0).length);
          swept.push(commentFacts(told).swept);
        });
        // The least share, one page beyond it, and what is known to have comments.
        expect(asked.length).toBeLessThanOrEqual(100 + 3 + (run === 0 ? 0 : 25));
        expect(asked.length).toBeGreaterThanOrEqual(100);
      }
      expect(found).toEqual([25, 40]);
      expect(swept).toEqual([started[0], started[1]]);
    });
  });

  it('are searched for first on pages edited lately', async () => {
    const workspace = new WrittenWorkspace();
    const pages = Array.from({ length: 40 }, (_, n) => workspace.page(`Quiet ${n}`, 'one', 'two', 'three'));
    // The last one in a round: the share ends before it.
    const last = [...pages].sort((a, b) => (a.page.id < b.page.id ? -1 : 1)).at(-1);
    if (last === undefined) throw new Error('no page');
    await withSimulatedCrawl({ state: workspace.state }, async (crawls) => {
      last.page.editedTime = crawls.simulator.clock.now() - dayMs;
      await crawls.run();
      crawls.simulator.clock.advance(10 * dayMs);
      workspace.comment(last.page, 'first word');
      const told = await crawls.run();
      expect(commentsIn(told, last)).toEqual(['first word']);
      expect(objectAt(commentFacts(told), 'sweeps')?.recent).toBe(told.crawled.manifest.started);
    });
  });

  it('are all asked for with a share of 100, and none that never had any with a share of 0', async () => {
    const workspace = new WrittenWorkspace();
    const quiet = workspace.page('Quiet', 'text');
    await withSimulatedCrawl({ state: workspace.state }, async (crawls) => {
      await crawls.run();
      workspace.comment(quiet.page, 'first word');
      crawls.simulator.clock.advance(30 * dayMs);
      expect(await placesAsked(crawls, () => crawls.run({ commentShare: 0 }))).toEqual([]);
      const all = await crawls.run({ commentShare: 100 });
      expect(commentsIn(all, quiet)).toEqual(['first word']);
      expect(commentFacts(all).swept).toBe(all.crawled.manifest.started);
    });
  });

  it('are kept when they cannot be read, told as an error, and no younger for it; the next run asks again', async () => {
    const workspace = new WrittenWorkspace();
    const discussed = workspace.page('Discussed', 'text');
    workspace.comment(discussed.page, 'first word');
    await withSimulatedCrawl({ state: workspace.state }, async (crawls) => {
      const first = await crawls.run();
      crawls.simulator.clock.advance(30 * dayMs);
      workspace.comment(discussed.page, 'second word');
      const failed = await crawls.run({
        wrap: (api) => ({
          ...api,
          clock: api.clock,
          requestsSpent: 0,
          notionNow: () => api.notionNow?.(),
          sendFilePart: (id, part) => api.sendFilePart(id, part),
          request: (request) =>
            request.path === 'comments' && request.query?.block_id === discussed.page.id
              ? Promise.reject(refusal(400))
              : api.request(request),
        }),
      });
      expect(commentsIn(failed, discussed)).toEqual(['first word']);
      expect(failed.crawled.complete).toBe(false);
      expect(commentFacts(failed).swept).toBe(first.crawled.manifest.started);
      const next = await crawls.run();
      expect(commentsIn(next, discussed)).toEqual(['first word', 'second word']);
      expect(next.crawled.complete).toBe(true);
      expect(commentFacts(next).swept).toBe(next.crawled.manifest.started);
    });
  });

  it('of a block that is gone have its page read again, without an error', async () => {
    const workspace = new WrittenWorkspace();
    const discussed = workspace.page('Discussed', 'one', 'two');
    const [block] = discussed.blocks;
    if (block === undefined) throw new Error('no block');
    workspace.comment(block, 'objection');
    await withSimulatedCrawl({ state: workspace.state }, async (crawls) => {
      await crawls.run();
      crawls.simulator.clock.advance(30 * dayMs);
      workspace.state.blocks.delete(block.id);
      discussed.page.children = discussed.page.children.filter((id) => id !== block.id);
      const told = await crawls.run({ commentShare: 0 });
      expect(arrayAt(told.snapshot.document(discussed.page.id), 'blocks')).toHaveLength(1);
      expect(commentsIn(told, discussed)).toEqual([]);
      expect(told.crawled.complete).toBe(true);
    });
  });
});

describe('a connection that may not read comments', () => {
  it.each([403, 404] as const)(
    'is told so once (%i), and gets all of them once it may',
    async (commentRefusal) => {
      const workspace = new WrittenWorkspace();
      const pages = ['One', 'Two', 'Three'].map((title) => workspace.page(title, 'text'));
      for (const { page } of pages) workspace.comment(page, 'a word');
      const options = { state: workspace.state, commentRefusal };
      let before: SimulatedCrawl | undefined;
      const capabilities = capabilitiesWithout('read_comments', 'insert_comments');
      await withSimulatedCrawl({ ...options, capabilities }, async (crawls) => {
        const refused = await crawls.run();
        expect(refused.crawled.complete).toBe(true);
        expect(objectAt(objectAt(refused.crawled.manifest, 'blind_spots'), 'refused')).toHaveProperty(
          'comments',
        );
        expect(commentFacts(refused).swept).toBeNull();
        before = crawls;
      });
      await withSimulatedCrawl(options, async (crawls) => {
        if (before === undefined) throw new Error('no crawl');
        crawls.sink = before.sink;
        crawls.previous = before.previous;
        crawls.simulator.clock.advance(30 * dayMs);
        const granted = await crawls.run({ commentShare: 1 });
        expect(pages.map((each) => commentsIn(granted, each))).toEqual([['a word'], ['a word'], ['a word']]);
        expect(commentFacts(granted).swept).toBe(granted.crawled.manifest.started);
      });
    },
  );
});

describe('a place whose comments are not found, though it is there', () => {
  /** 404 for the comments of the places for which `isMissing` says so. */
  const hiding = (isMissing: (place: string) => boolean) => (api: NotionApi) => ({
    ...api,
    clock: api.clock,
    requestsSpent: 0,
    notionNow: () => api.notionNow?.(),
    sendFilePart: (id: string, part: Parameters<NotionApi['sendFilePart']>[1]) => api.sendFilePart(id, part),
    request: (request: ApiRequest) =>
      request.path === 'comments' && isMissing(String(request.query?.block_id))
        ? Promise.reject(refusal(404, 'object_not_found'))
        : api.request(request),
  });

  it('is a gap, and the comments of all others are kept, whichever was asked first', async () => {
    const workspace = new WrittenWorkspace();
    const pages = Array.from({ length: 60 }, (_, n) => workspace.page(`Page ${n}`, 'one', 'two'));
    const last = pages.at(-1);
    if (last === undefined) throw new Error('no page');
    workspace.comment(last.page, 'the only word');
    await withSimulatedCrawl({ state: workspace.state }, async (crawls) => {
      const told = await crawls.run({ wrap: hiding((place) => place !== last.page.id) });
      expect(commentsIn(told, last)).toEqual(['the only word']);
      expect(objectAt(objectAt(told.crawled.manifest, 'blind_spots'), 'refused')).not.toHaveProperty(
        'comments',
      );
      expect(told.crawled.complete).toBe(false);
      for (const { page } of pages.slice(0, -1))
        expect(arrayAt(told.snapshot.document(page.id), 'gaps')).toContainEqual(
          expect.objectContaining({ what: 'comments', id: page.id.replaceAll('-', '') }),
        );
      const next = await crawls.run();
      expect(next.crawled.complete).toBe(true);
    });
  });

  it('is no gap where no comments are given at all, and few requests find that out', async () => {
    const workspace = new WrittenWorkspace();
    for (let n = 0; n < 60; n += 1) workspace.page(`Page ${n}`, 'one', 'two', 'three', 'four');
    await withSimulatedCrawl({ state: workspace.state }, async (crawls) => {
      const wrap = hiding(() => true);
      const { crawled, requests } = await crawls.run({ wrap });
      expect(crawled.complete).toBe(true);
      expect(objectAt(objectAt(crawled.manifest, 'blind_spots'), 'refused')).toHaveProperty('comments');
      const without = await crawls.run({ full: true, comments: 'none' });
      expect(requests - without.requests).toBeLessThanOrEqual(0);
      crawls.simulator.clock.advance(30 * dayMs);
      const later = await crawls.run({ wrap });
      expect(objectAt(objectAt(later.crawled.manifest, 'blind_spots'), 'refused')).toHaveProperty('comments');
    });
  });
});

describe('e-mail addresses of people', () => {
  it('are in no file of a snapshot unless they are asked for, those that an earlier one kept included', async () => {
    const workspace = new WrittenWorkspace();
    const ada = addUser(workspace.state, { name: 'Ada', email: 'ada@example.com' });
    const page = workspace.page('Page', 'text');
    workspace.block(page.page, 'paragraph', {
      rich_text: [
        {
          type: 'mention',
          mention: {
            type: 'user',
            user: { object: 'user', id: ada.id, person: { email: 'ada@example.com' } },
          },
          plain_text: '@Ada',
        },
      ],
    });
    await withSimulatedCrawl({ state: workspace.state }, async (crawls) => {
      const texts = ({ snapshot }: Outcome) =>
        [...snapshot.files.values()].map(({ content }) => crawls.sink.text(content)).join('\n');
      expect(texts(await crawls.run())).not.toContain('ada@example.com');
      const asked = texts(await crawls.run({ emails: true }));
      expect(asked.match(/ada@example\.com/g)?.length).toBeGreaterThanOrEqual(2);
      crawls.simulator.clock.advance(30 * dayMs);
      const from = crawls.simulator.log.length;
      const without = await crawls.run({ comments: 'changed', commentShare: 0 });
      expect(texts(without)).toContain('Ada');
      expect(texts(without)).not.toContain('ada@example.com');
      expect(crawls.simulator.log.slice(from).filter(({ path }) => path.includes('/children'))).toEqual([]);
    });
  });
});
