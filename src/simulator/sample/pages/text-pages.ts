/** Pages of rich text: every annotation, colour and mention, texts beyond one request, and titles meant to hurt. */
import type { JsonObject } from '../../workspace/json.ts';
import type { Page, Parent } from '../../workspace/state.ts';
import { paragraph, quote } from '../parts/blocks.ts';
import { emoji } from '../parts/icons.ts';
import type { Sample } from '../parts/sample.ts';
import { draw, inPage, samplePage } from '../parts/sample.ts';
import {
  colours,
  customEmojiMention,
  databaseMention,
  dateMention,
  inlineEquation,
  linkMention,
  linkPreviewMention,
  pageMention,
  rich,
  templateDateMention,
  templateUserMention,
  text,
  userMention,
} from '../parts/text.ts';

/** Targets of the mentions. */
export interface Mentioned {
  readonly page: Page;
  readonly databaseId: string;
  readonly emojiId: string;
  /** A page the bot cannot see. */
  readonly unsharedPageId: string;
}

/** Every annotation, alone and together, every colour, every mention. */
export function addRichText(sample: Sample, parent: Parent, mentioned: Mentioned): Page {
  const page = samplePage(sample, parent, [...rich('Rich '), text('text', { italic: true })], {
    icon: emoji('🖋️'),
  });
  const { people } = sample;
  draw(sample, inPage(page), [
    paragraph(
      rich(
        text('bold', { bold: true }),
        ' ',
        text('italic', { italic: true }),
        ' ',
        text('struck', { strikethrough: true }),
        ' ',
        text('underlined', { underline: true }),
        ' ',
        text('code', { code: true }),
        ' ',
        text('all', {
          bold: true,
          italic: true,
          strikethrough: true,
          underline: true,
          code: true,
          color: 'red',
        }),
      ),
    ),
    paragraph(colours.map((color) => text(`${color} `, { color }))),
    paragraph(
      rich(
        'A ',
        text('link', { link: 'https://example.com/a?b=c&d=%20#e' }),
        ', a ',
        text('link to a page', { link: `/${mentioned.page.id.replaceAll('-', '')}` }),
        ', mass and energy: ',
        inlineEquation('E = mc^2'),
        '.\nA second line.\tA tab.',
      ),
    ),
    paragraph(
      rich(
        'People: ',
        userMention(people.ada, 'Ada Okonkwo'),
        userMention(people.guest, 'Gus Guest'),
        userMention(people.gone, 'Anonymous'),
        userMention(people.otherBot, 'Calendar sync'),
      ),
    ),
    paragraph(
      rich(
        'Dates: ',
        dateMention('2026-02-28'),
        dateMention('2026-03-01T10:00:00.000+02:00', '2026-03-02T11:30:00.000+02:00'),
      ),
    ),
    paragraph(
      rich(
        'Places: ',
        pageMention(mentioned.page.id, 'Home'),
        databaseMention(mentioned.databaseId, 'Tasks'),
        pageMention(mentioned.unsharedPageId, 'Untitled'),
      ),
    ),
    paragraph(
      rich(
        'Others: ',
        linkPreviewMention('https://git.example.com/kloset/pull/12'),
        linkMention('https://example.com/article', 'An article'),
        customEmojiMention(mentioned.emojiId, 'kloset'),
        templateDateMention('today'),
        templateDateMention('now'),
        templateUserMention(),
      ),
    ),
    quote(
      rich(
        'مرحبا بالعالم ',
        '👩‍👩‍👧‍👦🏳️‍🌈 ',
        'Z̴a̸l̷g̶o̵ ',
        '日本語 ',
        '\u202eright to left override',
        ' \u0007bell',
      ),
    ),
  ]);
  return page;
}

/** Texts longer than one request may carry: one run beyond 2,000 characters, and many runs. */
export function addLongTexts(sample: Sample, parent: Parent): Page {
  const page = samplePage(sample, parent, 'Long texts');
  const words = (count: number, from: number) =>
    Array.from({ length: count }, (_, index) => `word${from + index}`).join(' ');
  const manyRuns: JsonObject[] = Array.from({ length: 130 }, (_, index) =>
    text(`run ${index} `, index % 2 === 0 ? { bold: true } : {}),
  );
  const threeLongRuns = [text(words(220, 0)), text(words(220, 220), { italic: true }), text(words(220, 440))];
  draw(sample, inPage(page), [
    paragraph(threeLongRuns),
    paragraph([text(words(600, 0))]),
    paragraph(manyRuns),
    paragraph('𝄞'.repeat(1_500)),
  ]);
  return page;
}

/** Titles that cannot be file names, and some that try to be worse. */
export const hostileTitles: readonly string[] = [
  '../../etc/passwd',
  '..',
  '.',
  '/',
  'C:\\Windows\\System32\\con',
  'nul\u0000byte',
  'escape \u001b[31mred\u001b[0m \u0007 and \r\n a new line',
  '~root/.ssh',
  '-rf *',
  '$(reboot) `reboot` $HOME',
  'x'.repeat(300),
  'é'.repeat(150),
  '漢'.repeat(100),
  '',
  '   ',
  '👩‍👩‍👧‍👦',
  'עברית و العربية',
  '\u202egnp.exe',
  'Ångström',
  'A\u030angstro\u0308m',
  'page.json',
  'files',
  '_orphans',
  'a~1a2b3c4d',
  'trailing dot.',
  'trailing space ',
  '<script>alert(1)</script>',
  '=HYPERLINK("https://example.com")',
  'SNAP:/path',
  '"quoted" \'twice\'',
];

/** A page for each hostile title, two with the same, and one whose only difference is the case. */
export function addHostileTitles(sample: Sample, parent: Parent): Page {
  const page = samplePage(sample, parent, 'Hostile titles', { icon: emoji('👹') });
  for (const title of [...hostileTitles, 'Duplicate', 'Duplicate', 'duplicate']) {
    const hostile = samplePage(sample, inPage(page), title);
    draw(sample, inPage(hostile), [paragraph(`Its title has ${title.length} characters.`)]);
  }
  return page;
}
