/** Every address of the web view with the page that answers it. */

import { KlosetError } from '../../errors.ts';
import type { JobContext } from '../../operations/job-context.ts';
import type { Store } from '../../operations/stores/open-store.ts';
import { objectAddress, snapshotAddress } from '../addresses.ts';
import { changesJson, searchJson, statusJson } from '../api/answers.ts';
import { htmlText } from '../elements.ts';
import { changesPage } from '../pages/changes-page.ts';
import type { NamedPolicy } from '../pages/health-page.ts';
import { healthPage } from '../pages/health-page.ts';
import { homePage } from '../pages/home.ts';
import { linksPage } from '../pages/links-page.ts';
import { mediaReply } from '../pages/media.ts';
import { missingPage } from '../pages/missing-page.ts';
import { objectPage } from '../pages/object-page.ts';
import { treePiece } from '../pages/parts/sidebar.ts';
import { planPage } from '../pages/plan-page.ts';
import { searchPage } from '../pages/search-page.ts';
import { snapshotPage } from '../pages/snapshot-page.ts';
import { archiveReply, takePage, takeReply } from '../pages/take-page.ts';
import { historyPage } from '../pages/time-pages.ts';
import { Catalog } from '../reading/catalog.ts';
import type { PlacedObject } from '../reading/objects.ts';
import type { Planner } from '../reading/plans.ts';
import { Plans } from '../reading/plans.ts';
import type { OpenSnapshot } from '../reading/snapshot.ts';
import type { Ask, Reply } from '../reply.ts';
import { htmlReply, redirect } from '../reply.ts';
import { readAssets } from './assets.ts';
import type { Answer, Routes } from './routes.ts';

export interface SiteOptions {
  readonly store: Store;
  readonly job: JobContext;
  readonly policies: readonly NamedPolicy[];
  /** Plans restores; undefined where nobody gave a token for it. */
  readonly planner?: Planner | undefined;
}

/** The table of addresses for one open store. */
export function siteRoutes({ store, job, policies, planner }: SiteOptions): Routes {
  const catalog = new Catalog(store, job.clock);
  const assets = readAssets();
  const planning = planner === undefined ? undefined : { planner, plans: new Plans(job.clock) };
  const ofSnapshot =
    (answer: (snapshot: OpenSnapshot, ask: Ask) => Promise<Reply> | Reply): Answer =>
    async (ask) =>
      answer(await catalog.open(ask.params.snapshot ?? ''), ask);
  const ofObject = (
    answer: (snapshot: OpenSnapshot, object: PlacedObject, ask: Ask) => Promise<Reply> | Reply,
  ): Answer =>
    ofSnapshot(async (snapshot, ask) => {
      const id = ask.params.object ?? '';
      const object = await snapshot.objects.find(id);
      return object === undefined ? missingPage(catalog, snapshot, id) : answer(snapshot, object, ask);
    });
  return {
    '/': () => homePage(catalog),
    '/assets/:name': ({ params }) => assets.get(params.name ?? '') ?? notThere(),
    '/at': async ({ query }) => {
      const snapshot = await catalog.open(query.get('s') ?? '');
      const id = query.get('o');
      return redirect(id === null ? snapshotAddress(snapshot.id) : objectAddress(snapshot.id, id));
    },
    '/s/:snapshot/': ofSnapshot((snapshot) => snapshotPage(catalog, snapshot)),
    '/s/:snapshot/tree': ofSnapshot(async (snapshot, { query }) => {
      const id = query.get('below');
      const parent = id === null ? undefined : await snapshot.object(id);
      return htmlReply(htmlText(await treePiece(snapshot, parent, numberIn(query, 'from'))));
    }),
    '/s/:snapshot/o/:object/': ofObject((snapshot, object, ask) =>
      objectPage(catalog, snapshot, object, ask),
    ),
    '/s/:snapshot/o/:object/links': ofObject((snapshot, object, ask) =>
      linksPage(catalog, snapshot, object, ask),
    ),
    '/s/:snapshot/o/:object/take': ofObject((snapshot, object) =>
      takePage(catalog, snapshot, object, { hasPlans: planning !== undefined }),
    ),
    '/s/:snapshot/o/:object/plan': ofObject((snapshot, object, ask) =>
      planning === undefined ? notThere() : planPage(catalog, planning, snapshot, object, ask),
    ),
    '/s/:snapshot/o/:object/get': ofObject(takeReply),
    '/s/:snapshot/o/:object/zip': ofObject(archiveReply),
    '/api/search': (ask) => searchJson(catalog, ask),
    '/api/changes': (ask) => changesJson(catalog, ask),
    '/api/status': () => statusJson(catalog, job),
    '/search': (ask) => searchPage(catalog, ask),
    '/health': () => healthPage(catalog, { job, policies }),
    '/s/:snapshot/changes': ofSnapshot((snapshot, ask) => changesPage(catalog, snapshot, ask)),
    '/s/:snapshot/o/:object/history': ofObject((snapshot, object, ask) =>
      historyPage(catalog, snapshot, object, ask),
    ),
    '/s/:snapshot/o/:object/files/*name': ofObject((snapshot, object, ask) =>
      mediaReply(snapshot, object, ask.params.name ?? '', ask),
    ),
  };
}

function notThere(): never {
  throw new KlosetError('not-found', 'There is no such page.', { hint: 'Begin at the list of snapshots.' });
}

function numberIn(query: URLSearchParams, name: string): number {
  const value = query.get(name) ?? '';
  return /^\d{1,9}$/.test(value) ? Number(value) : 0;
}
