/** Comments of every form: on pages, on blocks, in threads, with attachments, by guests, under other names, resolved. */
import type { Comment, Page, Parent } from '../workspace/state.ts';
import { bullet, paragraph } from './parts/blocks.ts';
import { addMedia } from './parts/media.ts';
import type { Sample } from './parts/sample.ts';
import { draw, inPage, sampleComment, samplePage } from './parts/sample.ts';
import { rich, text, userMention } from './parts/text.ts';

/** Adds a page that is talked about. */
export function addDiscussions(sample: Sample, parent: Parent): Page {
  const { people, state } = sample;
  const page = samplePage(sample, parent, 'Discussions');
  const onPage = (content: string, more: Partial<Comment> = {}) =>
    sampleComment(sample, inPage(page), content, more);
  const question = onPage('Is this finished?');
  onPage('Nearly.', { discussionId: question.discussionId, createdBy: people.bruno });
  onPage('Then let us wait.', { discussionId: question.discussionId, createdBy: people.chloe });
  onPage('A second thread.', { createdBy: people.guest });
  onPage('Settled long ago.', { isResolved: true });
  onPage('Sent by a machine.', {
    createdBy: state.botId,
    displayName: { type: 'integration', resolvedName: state.botName },
  });
  onPage('I was restored.', {
    createdBy: state.botId,
    displayName: { type: 'custom', resolvedName: 'Ada (2019)' },
  });
  onPage('Its author has left.', {
    createdBy: people.gone,
    displayName: { type: 'user', resolvedName: null },
  });
  addAttachments(sample, page);
  draw(sample, inPage(page), [
    { ...paragraph('This sentence is disputed.'), after: (block) => talkAbout(sample, block.id) },
    bullet('Outer', {
      children: [{ ...bullet('Inner, disputed too'), after: (block) => talkAbout(sample, block.id) }],
    }),
  ]);
  return page;
}

function addAttachments(sample: Sample, page: Page): void {
  const attach = (name: string, contentType: string, size: number, category: string) => ({
    category,
    file: { key: addMedia(sample.state, { name, contentType, size }) },
  });
  sampleComment(sample, inPage(page), 'Three files.', {
    attachments: [
      attach('sketch.png', 'image/png', 9_000, 'image'),
      attach('voice.mp3', 'audio/mpeg', 30_000, 'audio'),
      attach('contract.pdf', 'application/pdf', 15_000, 'productivity'),
    ],
  });
  sampleComment(sample, inPage(page), [], {
    attachments: [attach('clip.mp4', 'video/mp4', 50_000, 'video')],
  });
}

function talkAbout(sample: Sample, blockId: string): void {
  const parent: Parent = { type: 'block_id', id: blockId };
  const { people } = sample;
  const first = sampleComment(
    sample,
    parent,
    rich(
      'What does ',
      userMention(people.bruno, 'Bruno Ćosić'),
      ' think of ',
      text('this', { bold: true }),
      '?',
    ),
  );
  sampleComment(sample, parent, 'I do not.', { discussionId: first.discussionId, createdBy: people.bruno });
}
