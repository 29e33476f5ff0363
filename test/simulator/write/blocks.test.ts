import { describe, expect, it } from 'vitest';
import { accepted, append, block, refusal, text } from './block-desk.ts';
import { at, openDesk, paragraph, textAt, words } from './desk.ts';

describe('appending blocks', () => {
  it('answers with the first level only, in the form blocks are read in', async () => {
    const desk = openDesk();
    const [made] = await accepted(desk, [paragraph('one', { children: [paragraph('two')] })]);
    expect(at(made, 'has_children')).toBe(true);
    expect(at(made, 'paragraph')).toEqual({
      rich_text: [
        {
          type: 'text',
          text: { content: 'one', link: null },
          annotations: {
            bold: false,
            italic: false,
            strikethrough: false,
            underline: false,
            code: false,
            color: 'default',
          },
          plain_text: 'one',
          href: null,
        },
      ],
      icon: null,
      color: 'default',
    });
    const below = await desk.get(`blocks/${textAt(made, 'id')}/children`);
    expect(at(below, 'results', 0, 'paragraph', 'rich_text', 0, 'plain_text')).toBe('two');
  });

  it.each([
    text('paragraph'),
    text('heading_1'),
    text('heading_4', { is_toggleable: true, children: [paragraph('in')] }),
    text('bulleted_list_item', { color: 'red_background' }),
    text('numbered_list_item'),
    text('to_do', { checked: true }),
    text('toggle'),
    text('quote'),
    text('callout', { icon: { type: 'emoji', emoji: '👩🏽‍💻' } }),
    text('code', { language: 'plain text', caption: words('c') }),
    block('equation', { expression: 'E=mc^2' }),
    block('divider', {}),
    block('breadcrumb', {}),
    block('table_of_contents', { color: 'gray' }),
    block('synced_block', { synced_from: null, children: [paragraph('in')] }),
    block('column_list', {
      children: [
        block('column', { children: [paragraph('a')], width_ratio: 0.25 }),
        block('column', { children: [paragraph('b')] }),
      ],
    }),
    block('table', {
      table_width: 2,
      has_column_header: true,
      children: [block('table_row', { cells: [words('a'), []] })],
    }),
    block('tab', {
      children: [paragraph('Label', { icon: { emoji: '📋' }, children: [paragraph('content')] })],
    }),
    block('embed', { url: 'https://example.com/x' }),
    block('bookmark', { url: 'https://example.com', caption: words('c') }),
    block('image', { external: { url: 'https://example.com/a.png' } }),
    block('video', { external: { url: 'https://www.youtube.com/watch?v=dQw4w9WgXcQ' } }),
    block('pdf', { type: 'external', external: { url: 'https://example.com/a.pdf' } }),
    block('audio', { external: { url: 'https://example.com/a.mp3' } }),
    block('file', { external: { url: 'https://example.com/a.txt' }, name: 'a.txt' }),
  ])('takes a well-formed $type', async (given) => {
    const desk = openDesk();
    const [made] = await accepted(desk, [given]);
    expect(at(made, 'type')).toBe(given.type);
    expect(at(made, 'parent', 'page_id')).toBe(desk.page.id);
  });

  it.each([
    'https://www.youtube.com/watch?v=dQw4w9WgXcQ',
    'https://www.youtube.com/embed/dQw4w9WgXcQ',
    'https://example.com/a.mp4',
  ])('takes the video %s', async (url) => {
    const [made] = await accepted(openDesk(), [block('video', { external: { url } })]);
    expect(at(made, 'video', 'external', 'url')).toBe(url);
  });

  it.each([
    'https://vimeo.com/76979871',
    'https://player.vimeo.com/video/76979871',
    'https://youtu.be/dQw4w9WgXcQ',
    'https://www.youtube.com/shorts/dQw4w9WgXcQ',
    'https://www.loom.com/share/0281766fa2d04bb788eaf19e65135184',
    'https://example.com/watch',
  ])('refuses the video %s, which an embed takes', async (url) => {
    expect(await refusal([block('video', { external: { url } })])).toContain('Invalid video url.');
    await accepted(openDesk(), [block('embed', { url })]);
  });

  it('takes a block without its type, told by its key', async () => {
    const [made] = await accepted(openDesk(), [{ object: 'block', heading_2: { rich_text: words('x') } }]);
    expect(at(made, 'type')).toBe('heading_2');
  });

  it('names every possible payload when there is none it knows', async () => {
    const message = await refusal([{ type: 'link_preview', link_preview: { url: 'https://example.com' } }]);
    expect(message.split('\n').slice(0, 2)).toEqual([
      'body failed validation. Fix one:',
      'body.children[0].embed should be defined, instead was `undefined`.',
    ]);
    expect(message).toContain('body.children[0].callout should be defined, instead was `undefined`.');
  });

  it.each([
    'child_page',
    'child_database',
    'unsupported',
    'meeting_notes',
    'transcription',
    'link_preview',
    'template',
    'ai_block',
  ])('refuses to make a %s', async (type) => {
    expect(await refusal([block(type, {})])).toContain('should be defined');
  });

  it('refuses a text of 2,001 characters, in the words of the API', async () => {
    expect(await refusal([paragraph('ok'), paragraph('x'.repeat(2001))])).toBe(
      'body failed validation: body.children[1].paragraph.rich_text[0].text.content.length should be ≤ `2000`, instead was `2001`.',
    );
  });

  it('refuses 101 pieces of rich text', async () => {
    const long = Array.from({ length: 101 }, () => ({ text: { content: 'x' } }));
    expect(await refusal([block('quote', { rich_text: long })])).toBe(
      'body failed validation: body.children[0].quote.rich_text.length should be ≤ `100`, instead was `101`.',
    );
  });

  it('refuses 101 blocks in one array', async () => {
    expect(await refusal(Array.from({ length: 101 }, () => paragraph('x')))).toBe(
      'body failed validation: body.children.length should be ≤ `100`, instead was `101`.',
    );
  });

  it('refuses 1,001 blocks in one request', async () => {
    const ten = Array.from({ length: 10 }, () => paragraph('x'));
    const hundred = Array.from({ length: 91 }, () => paragraph('x', { children: ten }));
    expect(await refusal(hundred)).toContain('should be ≤ `1000`, instead was `1001`');
    expect((await append(openDesk(), hundred.slice(1))).status).toBe(200);
  });

  it('refuses a request of more than 500 KB', async () => {
    const big = Array.from({ length: 3 }, () =>
      paragraph('', {
        rich_text: Array.from({ length: 90 }, () => ({ text: { content: 'x'.repeat(2000) } })),
      }),
    );
    const reply = await append(openDesk(), big);
    expect([400, 413]).toContain(reply.status);
  });

  it('refuses an empty list of children, and none', async () => {
    expect(await refusal([])).toContain('body.children.length should be ≥ `1`');
    const reply = await openDesk().ask('PATCH', `blocks/${openDesk().page.id}/children`, {});
    expect(reply.message).toBe(
      'body failed validation: body.children should be defined, instead was `undefined`.',
    );
  });

  it.each(['id', 'parent', 'created_time', 'last_edited_time', 'has_children', 'in_trash', 'archived'])(
    'refuses %s, which is only read',
    async (name) => {
      expect(await refusal([{ ...paragraph('x'), [name]: false }])).toBe(
        `body failed validation: body.children[0].${name} should be not present, instead was \`false\`.`,
      );
    },
  );

  it('refuses unknown fields inside a payload', async () => {
    expect(await refusal([text('numbered_list_item', { list_format: 'roman' })])).toBe(
      'body failed validation: body.children[0].numbered_list_item.list_format should be not present, instead was `"roman"`.',
    );
  });

  it('refuses the null icon a callout or paragraph reads with', async () => {
    expect(await refusal([text('callout', { icon: null })])).toBe(
      'body failed validation: body.children[0].callout.icon should be an object or `undefined`, instead was `null`.',
    );
    expect(await refusal([text('paragraph', { icon: null })])).toContain(
      'icon should be an object or `undefined`, instead was `null`',
    );
  });

  it('takes the icon of a paragraph inside a tab only', async () => {
    const icon = { type: 'emoji', emoji: '📋' };
    expect(await refusal([text('paragraph', { icon })])).toContain('paragraph.icon should be not present');
    const desk = openDesk();
    const [tab] = await accepted(desk, [block('tab', { children: [paragraph('A')] })]);
    const [item] = await accepted(desk, [text('paragraph', { icon })], textAt(tab, 'id'));
    expect(at(item, 'paragraph', 'icon')).toEqual(icon);
  });

  it('refuses a language that is not on the list', async () => {
    expect(await refusal([text('code', { language: 'klingon' })])).toContain(
      'code.language should be `"abap"`, `"abc"`',
    );
    expect(await refusal([text('code')])).toContain('code.language should be defined');
  });

  it('refuses colours that do not exist', async () => {
    expect(await refusal([text('paragraph', { color: 'teal' })])).toContain(
      'paragraph.color should be `"default"`',
    );
  });

  it('refuses an equation of more than 1,000 characters', async () => {
    expect(await refusal([block('equation', { expression: 'x'.repeat(1001) })])).toContain(
      'expression.length should be ≤ `1000`',
    );
  });
});
