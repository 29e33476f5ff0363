/** A workspace of rare things, each by its name: what a careless reader or writer loses. Small, for tests of one thing. */
import type { Comment, Database, DataSource, Page, State } from '../../workspace/state.ts';
import { createState } from '../../workspace/state.ts';
import { addWiki } from '../databases/odd-databases.ts';
import { hostedMedia, paragraph, toggle } from '../parts/blocks.ts';
import { addMedia } from '../parts/media.ts';
import { addPeople } from '../parts/people.ts';
import type { Sample } from '../parts/sample.ts';
import {
  createSample,
  createTimes,
  draw,
  inPage,
  sampleComment,
  samplePage,
  topLevel,
} from '../parts/sample.ts';
import { addAppOptions } from './app-options.ts';
import type { Dashboard } from './dashboard.ts';
import { addDashboard } from './dashboard.ts';
import type { OddPropertyIds } from './odd-property-ids.ts';
import { addOddPropertyIds } from './odd-property-ids.ts';
import type { TrashedBranch } from './trashed-branch.ts';
import { addTrashedBranch } from './trashed-branch.ts';

export interface OddWorkspace {
  readonly state: State;
  /** The one page that is shared. */
  readonly home: Page;
  readonly trashed: TrashedBranch;
  readonly dashboard: Dashboard;
  /** A wiki: its rows are pages and a data source. */
  readonly wiki: Database;
  readonly appOptions: DataSource;
  readonly propertyIds: OddPropertyIds;
  /** A thread whose two comments show names of their own, written by the bot. */
  readonly signedComments: readonly Comment[];
  /** A page with a hosted picture, nested blocks and plain text, for faults of blocks and files. */
  readonly contents: Page;
}

/** The odd workspace: the same at every call with the same seed. */
export function oddWorkspace(seed = 2026): OddWorkspace {
  const state = createState({ seed, workspaceName: 'Odd things' });
  const sample = createSample(state, addPeople(state), createTimes());
  const home = samplePage(sample, topLevel, 'Odd things');
  state.shared.add(home.id);
  const below = inPage(home);
  return {
    state,
    home,
    contents: addContents(sample, home),
    trashed: addTrashedBranch(sample, below),
    dashboard: addDashboard(sample, below),
    wiki: addWiki(sample, below),
    appOptions: addAppOptions(sample, below),
    propertyIds: addOddPropertyIds(sample, below),
    signedComments: addSignedComments(sample, home),
  };
}

function addContents(sample: Sample, home: Page): Page {
  const page = samplePage(sample, inPage(home), 'Contents');
  const key = addMedia(sample.state, { name: 'odd.png', contentType: 'image/png', size: 4_000 });
  draw(sample, inPage(page), [
    paragraph('First.'),
    toggle('Open me', [paragraph('Inside.'), paragraph('Inside too.')]),
    hostedMedia('image', key, 'A picture'),
    paragraph('Last.'),
  ]);
  return page;
}

/** Comments of authors who were not there: the bot wrote them under other names. */
function addSignedComments(sample: Sample, page: Page): Comment[] {
  const signed = (name: string) => ({
    createdBy: sample.state.botId,
    displayName: { type: 'custom', resolvedName: name },
  });
  const first = sampleComment(sample, inPage(page), 'As I said in 2019.', signed('Grace Hopper'));
  const { discussionId } = first;
  const more = { ...signed('Ada Lovelace (1843)'), discussionId };
  return [first, sampleComment(sample, inPage(page), 'And I before you.', more)];
}
