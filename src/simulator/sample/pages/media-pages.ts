/** Pages with media of every kind, hosted and elsewhere, and with every kind of icon and cover. */
import type { Page, Parent } from '../../workspace/state.ts';
import { externalMedia, hostedMedia, paragraph } from '../parts/blocks.ts';
import { customEmoji, emoji, externalPicture, hostedPicture, nativeIcon } from '../parts/icons.ts';
import type { MediaSketch } from '../parts/media.ts';
import { addMedia } from '../parts/media.ts';
import type { BlockSketch, Sample } from '../parts/sample.ts';
import { draw, inPage, samplePage } from '../parts/sample.ts';
import { rich, text } from '../parts/text.ts';

const kibibyte = 1_024;
const mebibyte = 1_024 * kibibyte;

/** Every media block, hosted and external, sizes from nothing to more than a MiB. */
export function addMediaBlocks(sample: Sample, parent: Parent): Page {
  const page = samplePage(sample, parent, 'Media', { icon: emoji('🎞️') });
  const add = (sketch: MediaSketch) => addMedia(sample.state, sketch);
  const twice = add({ name: 'twice.png', contentType: 'image/png', size: 40 * kibibyte });
  const sameBytes = { contentType: 'image/png', size: 30 * kibibyte, seed: 'the same bytes' };
  draw(sample, inPage(page), [
    hostedMedia('image', add({ name: 'meadow.jpg', contentType: 'image/jpeg', size: 300 * kibibyte }), [
      text('A ', {}),
      text('meadow', { italic: true }),
    ]),
    hostedMedia('image', twice, 'Shown here'),
    hostedMedia('image', twice, 'and here again'),
    hostedMedia('image', add({ ...sameBytes, name: 'one name.png' })),
    hostedMedia('image', add({ ...sameBytes, name: 'another name.png' })),
    hostedMedia('video', add({ name: 'waves.mp4', contentType: 'video/mp4', size: mebibyte + 17 })),
    hostedMedia('audio', add({ name: 'bell.mp3', contentType: 'audio/mpeg', size: 90_001 })),
    hostedMedia(
      'pdf',
      add({ name: 'Report 2025.pdf', contentType: 'application/pdf', size: 128 * kibibyte }),
    ),
    hostedMedia(
      'file',
      add({ name: 'archive.zip', contentType: 'application/zip', size: 65_536 }),
      'An archive',
      'archive.zip',
    ),
    hostedMedia('file', add({ name: 'empty.txt', contentType: 'text/plain', size: 0 }), '', 'empty.txt'),
    hostedMedia(
      'file',
      add({ name: 'one.bin', contentType: 'application/octet-stream', size: 1 }),
      '',
      'one.bin',
    ),
    hostedMedia(
      'file',
      add({ name: '../../evil.sh', contentType: 'text/x-shellscript', size: 64 }),
      '',
      '../../evil.sh',
    ),
    hostedMedia(
      'file',
      add({ name: 'résumé ☕.txt', contentType: 'text/plain', size: 700 }),
      '',
      'résumé ☕.txt',
    ),
    ...externals(),
  ]);
  return page;
}

function externals(): BlockSketch[] {
  return [
    externalMedia('image', 'https://images.example.com/flowers.jpg?w=1200&q=80', 'Flowers'),
    externalMedia('video', 'https://videos.example.com/watch?v=abc'),
    externalMedia('audio', 'https://sounds.example.com/rain.mp3'),
    externalMedia('pdf', 'https://papers.example.com/paper.pdf'),
    externalMedia('file', 'https://files.example.com/data.csv', rich('Data'), 'data.csv'),
  ];
}

/** One hosted file beyond a single part of an upload (more than 20 MiB); its bytes are created as they are read. */
export function addLargeMedia(sample: Sample, parent: Parent): Page {
  const page = samplePage(sample, parent, 'A large film');
  const key = addMedia(sample.state, { name: 'film.mp4', contentType: 'video/mp4', size: 23 * mebibyte + 5 });
  draw(sample, inPage(page), [hostedMedia('video', key)]);
  return page;
}

/** A page for each kind of icon and cover. */
export function addIconsAndCovers(sample: Sample, parent: Parent, emojiId: string): Page {
  const page = samplePage(sample, parent, 'Icons and covers');
  const picture = (name: string, size: number) =>
    hostedPicture(addMedia(sample.state, { name, contentType: 'image/png', size }));
  const web = externalPicture('https://images.example.com/sea.jpg?crop=top');
  const each: readonly [string, Partial<Page>][] = [
    ['Emoji icon', { icon: emoji('🏔️') }],
    [
      'External icon, external cover',
      { icon: externalPicture('https://example.com/icons/sun.svg'), cover: web },
    ],
    ['Hosted icon, hosted cover', { icon: picture('icon.png', 5_000), cover: picture('cover.png', 60_000) }],
    ['Custom emoji icon', { icon: customEmoji(emojiId) }],
    ['Native icon', { icon: nativeIcon('pizza', 'lightgray') }],
    ['Neither icon nor cover', {}],
    ['Locked', { isLocked: true, icon: emoji('🔒') }],
    [
      'Published',
      { publicUrl: 'https://kloset-sample.notion.site/Published-0123456789abcdef0123456789abcdef' },
    ],
    ['Archived', { isArchived: true }],
  ];
  for (const [title, more] of each) {
    draw(sample, inPage(samplePage(sample, inPage(page), title, more)), [paragraph(`${title}.`)]);
  }
  return page;
}
