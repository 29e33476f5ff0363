/** Pages that show every kind of block, and the shapes blocks are nested in. */
import type { Page, Parent } from '../../workspace/state.ts';
import * as blocks from '../parts/blocks.ts';
import { customEmoji, emoji, externalPicture, hostedPicture, nativeIcon } from '../parts/icons.ts';
import { addMedia } from '../parts/media.ts';
import type { BlockSketch, Sample, Sketch } from '../parts/sample.ts';
import { draw, inPage, samplePage } from '../parts/sample.ts';
import { colours, rich, text } from '../parts/text.ts';

/** Ids the block pages point at. */
export interface Targets {
  readonly pageId: string;
  readonly databaseId: string;
  readonly commentId: string;
  readonly emojiId: string;
}

/** Every block that holds words, in every colour once. */
export function addWordBlocks(sample: Sample, parent: Parent, targets: Targets): Page {
  const page = samplePage(sample, parent, 'Blocks of words', { icon: emoji('🧱') });
  const picture = addMedia(sample.state, { name: 'lamp.png', contentType: 'image/png', size: 3_000 });
  const { paragraph, heading, bullet, numbered, toDo, toggle, quote, callout, code } = blocks;
  draw(sample, inPage(page), [
    blocks.breadcrumb(),
    blocks.tableOfContents('gray'),
    ...([1, 2, 3, 4] as const).map((level) => heading(level, `Heading of level ${level}`)),
    heading(2, 'Heading that folds', { children: [paragraph('Folded away.')], color: 'blue_background' }),
    heading(4, 'Small heading that folds', { children: [bullet('One point.')] }),
    paragraph(''),
    paragraph('A paragraph with another below it.', { children: [paragraph('The one below.')] }),
    ...colours.map((color) => paragraph(`This block is ${color}.`, { color })),
    bullet('Milk', { children: [bullet('Oat', { children: [bullet('Barista')] }), numbered('Cow')] }),
    numbered('First', { list: { list_start_index: 3, list_format: 'letters' } }),
    numbered('Second', { children: [numbered('Second, first', { list: { list_format: 'roman' } })] }),
    toDo('Buy stamps', false),
    toDo('Post the letter', true, { children: [toDo('Find an envelope', true)] }),
    toggle('Open me', [paragraph('Here I am.')], { color: 'red' }),
    toggle('Nothing inside', []),
    quote('Whoever saves one page saves the whole wiki.', { children: [paragraph('A proverb.')] }),
    callout('Plain callout', null),
    callout('With an emoji', emoji('💡'), { color: 'yellow_background' }),
    callout('With a hosted icon', hostedPicture(picture)),
    callout('With an icon from elsewhere', externalPicture('https://example.com/icons/star.svg')),
    callout('With a custom emoji', customEmoji(targets.emojiId), { children: [toDo('Inside', false)] }),
    callout('With a native icon', nativeIcon('rocket', 'blue')),
    code('const answer = 42;\nconsole.log(answer);', 'typescript', 'A small program'),
    code('graph TD; A-->B;', 'mermaid'),
    code(rich(text('bold ', { bold: true }), 'in code'), 'plain text'),
    blocks.equation('\\int_0^1 x^2 \\, dx = \\tfrac13'),
    blocks.divider(),
    blocks.templateButton('Add a shopping list', [toDo('Bread', false), toDo('Salt', false)]),
    blocks.linkToPage('page_id', targets.pageId),
    blocks.linkToPage('database_id', targets.databaseId),
    blocks.linkToPage('comment_id', targets.commentId),
    blocks.embed('https://example.com/map?at=52.5,13.4&zoom=9', 'A map'),
    blocks.bookmark('https://example.com/reading?list=1', 'To read'),
    blocks.linkPreview('https://git.example.com/kloset/issues/7'),
  ]);
  return page;
}

/** Columns, tables, tabs and pages that lie in them. */
export function addLayouts(sample: Sample, parent: Parent): Page {
  const page = samplePage(sample, parent, 'Layouts', { icon: nativeIcon('grid', 'green') });
  const { paragraph, bullet, columns, table, tabs, toggle } = blocks;
  const innerPage =
    (title: string, words: string): Sketch =>
    (place) => {
      const inner = samplePage(sample, place, title);
      draw(sample, inPage(inner), [paragraph(words)]);
    };
  draw(sample, inPage(page), [
    columns(
      { ratio: 0.25, of: [paragraph('Left, a quarter wide.'), innerPage('Page in a column', 'Found me.')] },
      { ratio: 0.75, of: [columns({ of: [paragraph('Columns')] }, { of: [paragraph('in columns.')] })] },
    ),
    columns({ of: [paragraph('One')] }, { of: [paragraph('Two')] }, { of: [] }),
    table(
      [
        ['City', 'River', ''],
        ['Basel', rich(text('Rhine', { bold: true })), 'three countries'],
        ['Linz', 'Danube', rich('see ', text('map', { link: 'https://example.com/linz' }))],
      ],
      { column: true, row: true },
    ),
    table([['alone']]),
    tabs(
      { label: 'Plan', icon: emoji('🗺️'), of: [paragraph('First we pack.'), bullet('Socks')] },
      {
        label: 'Costs',
        of: [
          table([
            ['Train', '40'],
            ['Boat', '25'],
          ]),
        ],
      },
      { label: '', of: [] },
    ),
    toggle('Toggle with a page', [innerPage('Page in a toggle', 'Deeply hidden.')]),
    blocks.callout('Callout with a page', null, {
      children: [innerPage('Page in a callout', 'Called out.')],
    }),
  ]);
  return page;
}

/** Toggles inside each other, `depth` of them. */
export function addDeepToggles(sample: Sample, parent: Parent, depth = 12): Page {
  const page = samplePage(sample, parent, 'Twelve toggles deep');
  let innermost: BlockSketch = blocks.paragraph('The bottom.');
  for (let level = depth; level >= 1; level -= 1) {
    innermost = blocks.toggle(`Level ${level}`, [innermost, blocks.paragraph(`Beside level ${level + 1}`)]);
  }
  draw(sample, inPage(page), [innermost]);
  return page;
}

/** A page whose children take several requests to list, some of them with children of their own. */
export function addLongPage(sample: Sample, parent: Parent, count = 250): Page {
  const page = samplePage(sample, parent, 'Two hundred and fifty blocks');
  const sketches = Array.from({ length: count }, (_, index) =>
    index % 60 === 59
      ? blocks.bullet(`Point ${index}`, { children: [blocks.paragraph(`Below point ${index}`)] })
      : blocks.paragraph(`Line ${index} of the long page.`),
  );
  draw(sample, inPage(page), sketches);
  return page;
}

/** Blocks the API does not show: with and without a name, with and without children. */
export function addUnsupported(sample: Sample, parent: Parent): Page {
  const page = samplePage(sample, parent, 'Things the API does not show');
  draw(sample, inPage(page), [
    blocks.paragraph('Before.'),
    blocks.unsupported(),
    blocks.unsupported('button'),
    blocks.unsupported('form', [blocks.paragraph('A question nobody can read.')]),
    blocks.unsupported('ai_block'),
    blocks.unsupported('drive'),
    blocks.paragraph('After.'),
    { ...blocks.paragraph('Thrown away.'), inTrash: true },
  ]);
  return page;
}

/** Synced blocks: an original, copies on this and another page, and a copy of what nobody shared. */
export function addSynced(sample: Sample, parent: Parent, unsharedOriginalId: string): Page {
  const originalId = sample.nextId('page');
  const page = samplePage(sample, parent, 'Synced blocks', { icon: emoji('🔁') });
  draw(sample, inPage(page), [
    blocks.synced(originalId, [
      blocks.paragraph('Written once.'),
      blocks.bullet('Shown twice', { children: [blocks.paragraph('with all that lies below.')] }),
    ]),
    blocks.paragraph('Between them.'),
    blocks.syncedCopy(originalId),
    blocks.toggle('A copy of what is not shared', [blocks.syncedCopy(unsharedOriginalId)]),
  ]);
  const elsewhere = samplePage(sample, inPage(page), 'A copy on another page');
  draw(sample, inPage(elsewhere), [blocks.syncedCopy(originalId)]);
  return page;
}

/** Meeting notes in several states; the finished one has a summary, notes and a transcript. */
export function addMeetingNotes(sample: Sample, parent: Parent): Page {
  const page = samplePage(sample, parent, 'Meetings', { icon: emoji('🎙️') });
  const [summary, notes, transcript] = [sample.nextId('page'), sample.nextId('page'), sample.nextId('page')];
  const section = (id: string, title: string, children: readonly Sketch[]): BlockSketch => ({
    ...blocks.paragraph(title, { children }),
    id,
  });
  const finished: BlockSketch = {
    type: 'meeting_notes',
    payload: {
      title: rich('Weekly sync'),
      status: 'notes_ready',
      children: { summary_block_id: summary, notes_block_id: notes, transcript_block_id: transcript },
      calendar_event: {
        start_time: '2026-03-02T09:00:00.000Z',
        end_time: '2026-03-02T09:30:00.000Z',
        attendees: [sample.people.ada, sample.people.bruno],
      },
      recording: { start_time: '2026-03-02T09:01:00.000Z', end_time: '2026-03-02T09:28:00.000Z' },
    },
    children: [
      section(summary, 'Summary', [blocks.heading(3, 'Decisions'), blocks.bullet('Ship on Friday')]),
      section(notes, 'Notes', [blocks.toDo('Tell the others', false), blocks.paragraph('Bring cake.')]),
      section(transcript, 'Transcript', [
        blocks.paragraph('Ada: Shall we begin?'),
        blocks.paragraph('Bruno: We have begun.'),
      ]),
    ],
  };
  const unfinished: BlockSketch = {
    type: 'meeting_notes',
    payload: { title: rich('Not yet held'), status: 'transcription_not_started', children: {} },
  };
  draw(sample, inPage(page), [finished, unfinished]);
  return page;
}
