import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/simulator/workspace/json.ts';
import { at, openDesk } from './desk.ts';

const nobody = '3f2b1c4d-0000-4000-8000-000000000000';

describe('icons', () => {
  const write = (icon: Json, desk = openDesk()) => desk.ask('PATCH', `pages/${desk.page.id}`, { icon });

  it('may be emoji, external, custom emoji, or one of Notion’s own', async () => {
    const desk = openDesk();
    desk.state.customEmojis.set(nobody, { id: nobody, name: 'party', fileKey: 'none' });
    const icons = [
      { emoji: '🏴󠁧󠁢󠁳󠁣󠁴󠁿' },
      { type: 'external', external: { url: 'https://example.com/i.svg' } },
      { custom_emoji: { id: nobody } },
      { icon: { name: 'pizza', color: 'blue' } },
    ];
    for (const icon of icons) expect((await write(icon, desk)).status).toBe(200);
  });

  it('reads the address of one of Notion’s own icons as that icon', async () => {
    const reply = await write({ external: { url: 'https://www.notion.so/icons/snake_purple.svg' } });
    expect(at(reply.body, 'icon')).toEqual({ type: 'icon', icon: { name: 'snake', color: 'purple' } });
  });

  it('are cleared by null on pages', async () => {
    const desk = openDesk();
    await write({ emoji: '🐍' }, desk);
    expect(at((await write(null, desk)).body, 'icon')).toBeNull();
  });

  it.each([
    [{ type: 'file', file: { url: 'https://example.com' } }, 'icon.file_upload should be defined'],
    [{ emoji: 'ab' }, 'icon.emoji should be an emoji'],
    [{ emoji: '7' }, 'icon.emoji should be an emoji'],
    [{ icon: { name: 'pizza', color: 'teal' } }, 'icon.icon.color should be'],
    [{ external: { url: 'nowhere' } }, 'external.url should be a valid URL'],
    [{ custom_emoji: { id: nobody } }, 'does not exist'],
  ])('refuses %j', async (icon, message) => {
    const reply = await write(icon);
    expect(reply.status).toBe(400);
    expect(reply.message).toContain(message);
  });
});
