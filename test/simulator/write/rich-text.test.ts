import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/simulator/workspace/json.ts';
import { at, listAt, openDesk, textAt, words } from './desk.ts';

const nobody = '3f2b1c4d-0000-4000-8000-000000000000';

describe('rich text', () => {
  const write = async (item: JsonObject, desk = openDesk()) =>
    desk.ask('POST', 'pages', { parent: { page_id: desk.page.id }, properties: { title: [item] } });

  it('keeps annotations and links, and fills in what was left out', async () => {
    const reply = await write({
      text: { content: 'x', link: { type: 'url', url: 'https://example.com' } },
      annotations: { bold: true },
      plain_text: 'ignored',
      href: null,
    });
    expect(at(reply.body, 'properties', 'title', 'title', 0)).toMatchObject({
      type: 'text',
      text: { content: 'x', link: { url: 'https://example.com' } },
      annotations: { bold: true, italic: false, color: 'default' },
      plain_text: 'x',
      href: 'https://example.com',
    });
  });

  it('takes mentions of people, pages, databases, dates, templates and custom emoji', async () => {
    const desk = openDesk();
    desk.state.customEmojis.set(nobody, { id: nobody, name: 'party', fileKey: 'none' });
    const database = await desk.post('databases', {
      parent: { page_id: desk.page.id },
      title: words('Rows'),
    });
    const mentions: JsonObject[] = [
      { user: { id: desk.person.id } },
      { page: { id: desk.page.id } },
      { database: { id: textAt(database, 'id') } },
      { date: { start: '2026-01-02', end: '2026-01-03' } },
      { template_mention: { template_mention_date: 'today' } },
      { custom_emoji: { id: nobody, name: 'party', url: 'https://example.com' } },
    ];
    const reply = await desk.ask('POST', 'pages', {
      parent: { page_id: desk.page.id },
      properties: { title: mentions.map((mention) => ({ type: 'mention', mention })) },
    });
    expect(listAt(reply.body, 'properties', 'title', 'title').map((item) => at(item, 'plain_text'))).toEqual([
      '@Ada',
      'Untitled',
      'Rows',
      '2026-01-02 → 2026-01-03',
      '@today',
      ':party:',
    ]);
  });

  it('refuses mentions of bots and of people who are not here', async () => {
    const desk = openDesk();
    for (const id of [desk.state.botId, nobody]) {
      expect((await write({ mention: { user: { id } } }, desk)).status).toBe(400);
    }
  });

  it('answers 404 for mentions of pages and databases out of reach', async () => {
    expect((await write({ mention: { page: { id: nobody } } })).status).toBe(404);
    expect((await write({ mention: { database: { id: nobody } } })).status).toBe(404);
  });

  it.each(['link_preview', 'link_mention'])('refuses a %s, which is only read', async (kind) => {
    const reply = await write({
      type: 'mention',
      mention: { type: kind, [kind]: { url: 'https://example.com' } },
    });
    expect(reply.status).toBe(400);
    expect(reply.message).toContain('mention.user should be defined');
  });

  it('names the three kinds when there is none of them', async () => {
    expect((await write({ tetx: { content: 'x' } })).message).toBe(
      'body failed validation. Fix one:\n' +
        'body.properties.title[0].text should be defined, instead was `undefined`.\n' +
        'body.properties.title[0].mention should be defined, instead was `undefined`.\n' +
        'body.properties.title[0].equation should be defined, instead was `undefined`.',
    );
  });

  it('refuses unknown annotations, colours and users with more than an id', async () => {
    expect((await write({ text: { content: 'x' }, annotations: { blink: true } })).message).toContain(
      'blink should be not present',
    );
    expect((await write({ text: { content: 'x' }, annotations: { color: 'teal' } })).message).toContain(
      'color should be `"default"`',
    );
    const user = { id: openDesk().person.id, name: 'Ada' };
    expect((await write({ mention: { user } })).message).toContain('user.name should be not present');
  });

  it('refuses an inline equation of more than 1,000 characters and a link of more than 2,000', async () => {
    expect((await write({ equation: { expression: 'x'.repeat(1001) } })).message).toContain(
      'expression.length should be ≤ `1000`',
    );
    const url = `https://example.com/${'x'.repeat(1981)}`;
    expect((await write({ text: { content: 'x', link: { url } } })).message).toContain(
      'link.url.length should be ≤ `2000`',
    );
  });
});
