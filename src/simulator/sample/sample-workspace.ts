/** The workspace `demo` and tests run on: everything the API can show, at least once. */
import type { Page, State } from '../workspace/state.ts';
import { createState } from '../workspace/state.ts';
import { addDiscussions } from './comments.ts';
import {
  addInlineDatabases,
  addLinkedDatabases,
  addMultiSource,
  addNumbers,
  addSimple,
  addWiki,
} from './databases/odd-databases.ts';
import { addLedger, addProjects } from './databases/relation-databases.ts';
import { addTaskViews } from './databases/task-views.ts';
import { addMovedRow, addTasks } from './databases/tasks-database.ts';
import { addOrphans, addTrash, addUnshared } from './margins.ts';
import {
  addDeepToggles,
  addLayouts,
  addLongPage,
  addMeetingNotes,
  addSynced,
  addUnsupported,
  addWordBlocks,
} from './pages/block-pages.ts';
import { addIconsAndCovers, addLargeMedia, addMediaBlocks } from './pages/media-pages.ts';
import { addHostileTitles, addLongTexts, addRichText } from './pages/text-pages.ts';
import { callout, hostedMedia, paragraph, toDo } from './parts/blocks.ts';
import { emoji, hostedPicture } from './parts/icons.ts';
import { addMedia } from './parts/media.ts';
import { addPeople } from './parts/people.ts';
import type { Sample } from './parts/sample.ts';
import {
  createSample,
  createTimes,
  draw,
  inPage,
  sampleComment,
  samplePage,
  topLevel,
} from './parts/sample.ts';
import { sampleView } from './parts/tables.ts';
import { rich, text } from './parts/text.ts';

export interface SampleOptions {
  /** About ten pages, one database, one file, a few comments: for tests that repeat themselves thousands of times. */
  readonly small?: boolean;
  /** Adds a film of more than 20 MiB. */
  readonly large?: boolean;
  readonly seed?: number;
}

/** The sample workspace: the same at every call with the same options. All its times lie before June 2026. */
export function sampleWorkspace(options: SampleOptions = {}): State {
  const state = createState({
    seed: options.seed ?? 2024,
    workspaceName: 'Kloset sample',
    botName: 'Kloset bot',
  });
  const sample = createSample(state, addPeople(state), createTimes());
  const home = addHome(sample);
  if (options.small === true) addSmall(sample, home);
  else addAll(sample, home);
  if (options.large === true) addLargeMedia(sample, inPage(home));
  return state;
}

function addHome(sample: Sample): Page {
  const cover = addMedia(sample.state, { name: 'home.png', contentType: 'image/png', size: 10_000 });
  const home = samplePage(sample, topLevel, 'Home', { icon: emoji('🏠'), cover: hostedPicture(cover) });
  sample.state.shared.add(home.id);
  draw(sample, inPage(home), [callout('Everything lies below this page.', emoji('👇'))]);
  return home;
}

function addAll(sample: Sample, home: Page): void {
  const { state } = sample;
  const unshared = addUnshared(sample);
  const emojiId = addCustomEmojis(sample);
  const below = inPage(home);
  const comment = sampleComment(sample, below, 'Welcome, everybody!');
  const tasks = addTasks(sample, below);
  addTaskViews(sample, tasks);
  addProjects(sample, below, tasks);
  addLedger(sample, below);
  addMovedRow(sample, tasks, home);
  const targets = { pageId: home.id, databaseId: tasks.database.id, commentId: comment.id, emojiId };
  addWordBlocks(sample, below, targets);
  addLayouts(sample, below);
  addDeepToggles(sample, below);
  addLongPage(sample, below);
  addUnsupported(sample, below);
  addSynced(sample, below, unshared.syncedOriginalId);
  addMeetingNotes(sample, below);
  addRichText(sample, below, {
    page: home,
    databaseId: tasks.database.id,
    emojiId,
    unsharedPageId: unshared.page.id,
  });
  addLongTexts(sample, below);
  addHostileTitles(sample, below);
  addMediaBlocks(sample, below);
  addIconsAndCovers(sample, below, emojiId);
  addInlineDatabases(sample, below);
  addMultiSource(sample, below);
  addLinkedDatabases(sample, below, tasks, unshared.source);
  addWiki(sample, below);
  addNumbers(sample, below);
  addDiscussions(sample, below);
  addTrash(sample, below);
  addOrphans(sample, unshared);
  const second = samplePage(sample, topLevel, 'A second top page', { icon: emoji('🛖') });
  draw(sample, inPage(second), [paragraph('Shared by itself.')]);
  state.shared.add(second.id);
}

function addCustomEmojis(sample: Sample): string {
  const { state } = sample;
  const ids = ['kloset', 'party-parrot'].map((name) => {
    const id = sample.nextId('emoji');
    const fileKey = addMedia(state, { name: `${name}.png`, contentType: 'image/png', size: 1_500 });
    state.customEmojis.set(id, { id, name, fileKey });
    return id;
  });
  return ids[0] ?? '';
}

/** Little of everything: nested pages, a table with rows, one picture, comments on a page and on a block. */
function addSmall(sample: Sample, home: Page): void {
  const { state } = sample;
  home.cover = null;
  const journal = samplePage(sample, inPage(home), 'Journal', { icon: emoji('📓') });
  for (const [index, day] of ['Monday', 'Tuesday', 'Tuesday'].entries()) {
    const entry = samplePage(sample, inPage(journal), day);
    draw(sample, inPage(entry), [
      paragraph(rich(`Day ${index + 1} was `, text('fine', { bold: true }), '.')),
      toDo('Sleep', index === 0, { children: [paragraph('Eight hours.')] }),
    ]);
  }
  const source = addSimple(sample, inPage(home), 'Shelves', ['Upper', 'Middle', 'Lower']);
  const database = state.databases.get(source.databaseId);
  if (database !== undefined) sampleView(sample, database, source, 'Board', { type: 'list' });
  const key = addMedia(state, { name: 'shelf.png', contentType: 'image/png', size: 3_000 });
  const pictures = samplePage(sample, inPage(home), 'Pictures');
  draw(sample, inPage(pictures), [
    {
      ...hostedMedia('image', key, 'The shelf'),
      after: (block) => sampleComment(sample, { type: 'block_id', id: block.id }, 'Lovely wood.'),
    },
  ]);
  const first = sampleComment(sample, inPage(home), 'Who wrote this?');
  sampleComment(sample, inPage(home), 'I did.', {
    discussionId: first.discussionId,
    createdBy: sample.people.bruno,
  });
  samplePage(sample, inPage(home), 'Old plans', { inTrash: true });
}
