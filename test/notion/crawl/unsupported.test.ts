/** What Notion says that its API does not support: no error of any run, told in the manifest as long as it is so. */
import { describe, expect, it } from 'vitest';
import { arrayAt, objectAt, stringAt } from '../../../src/document/json.ts';
import { notSupported } from '../../../src/simulator/conditions/scripted-faults.ts';
import { oddWorkspace } from '../../../src/simulator/sample/odd/odd-workspace.ts';
import { compact } from './expected-workspace.ts';
import type { Outcome } from './simulated-crawl.ts';
import { withSimulatedCrawl } from './simulated-crawl.ts';

/** The blind spots of a manifest that stand under `unsupported`, as `what id`. */
function unsupportedIn({ crawled }: Outcome): string[] {
  const told = objectAt(objectAt(crawled.manifest, 'blind_spots'), 'unsupported');
  const list = arrayAt(told, 'list').map((part) => `${stringAt(part, 'what')} ${stringAt(part, 'id')}`);
  expect(told?.count).toBe(list.length);
  return list.sort();
}

describe('what is not supported via the API', () => {
  it('is a gap of its document and a blind spot, also of a page taken over, until it can be read', async () => {
    const { state, contents, dashboard } = oddWorkspace();
    const toggle = contents.children[1] ?? '';
    const lacking = [`blocks ${compact(toggle)}`, `view ${compact(dashboard.dashboard.id)}`].sort();
    await withSimulatedCrawl({ state }, async (crawls) => {
      const { script } = crawls.simulator.faults;
      script.push({
        path: new RegExp(`blocks/${toggle}/children`),
        answer: notSupported('Block type toggle'),
      });
      const view = new RegExp(`views/${dashboard.dashboard.id}`);
      script.push({ path: view, answer: notSupported('View type dashboard') });
      const first = await crawls.run();
      crawls.simulator.clock.advance(3_600_000);
      const second = await crawls.run();
      const third = await crawls.run({ full: true });
      for (const outcome of [first, second, third]) {
        expect([outcome.crawled.complete, outcome.crawled.summary.errors]).toEqual([true, 0]);
        expect(unsupportedIn(outcome)).toEqual(lacking);
        expect(arrayAt(outcome.snapshot.document(contents.id), 'gaps')).toMatchObject([
          { what: 'blocks', id: compact(toggle), reason: /is not supported via the API/ },
        ]);
      }
      expect(second.crawled.summary.reused).toBeGreaterThan(0);
      expect(arrayAt(objectAt(second.crawled.manifest, 'reread'), 'gaps')).toEqual([]);
      script.length = 0;
      const last = await crawls.run({ full: true });
      expect(unsupportedIn(last)).toEqual([]);
      expect(last.snapshot.document(contents.id)).not.toHaveProperty('gaps');
    });
  });

  it('may be the list of a page itself: the page is kept with what can be read of it', async () => {
    const { state, contents } = oddWorkspace();
    await withSimulatedCrawl({ state }, async (crawls) => {
      const { script } = crawls.simulator.faults;
      script.push({ path: new RegExp(`blocks/${contents.id}/children`), answer: notSupported('This page') });
      for (const full of [false, true]) {
        const outcome = await crawls.run({ full });
        expect([outcome.crawled.complete, outcome.crawled.summary.errors]).toEqual([true, 0]);
        expect(unsupportedIn(outcome)).toEqual([`blocks ${compact(contents.id)}`]);
      }
    });
  });

  it('of one database says nothing of the views, templates and archived rows of others', async () => {
    const { state, dashboard, appOptions } = oddWorkspace();
    await withSimulatedCrawl({ state }, async (crawls) => {
      const { databaseId } = dashboard.dashboard;
      const source = state.databases.get(databaseId)?.dataSources[0] ?? '';
      crawls.simulator.faults.script.push(
        { path: new RegExp(`views\\?.*${databaseId}`), answer: notSupported('This listing') },
        { path: new RegExp(`data_sources/${source}/templates`), answer: notSupported('This listing') },
      );
      const outcome = await crawls.run();
      expect(unsupportedIn(outcome)).toEqual([
        `templates ${compact(source)}`,
        `views ${compact(databaseId)}`,
      ]);
      expect(objectAt(objectAt(outcome.crawled.manifest, 'blind_spots'), 'refused')).toEqual({});
      expect(outcome.crawled.complete).toBe(true);
      expect(arrayAt(outcome.snapshot.document(appOptions.databaseId), 'views').length).toBeGreaterThan(0);
    });
  });
});
